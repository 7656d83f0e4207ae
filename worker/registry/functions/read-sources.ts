import type { BundleFile } from "../bundle/bundle-file.ts";

/** No file that people wrote is larger, and what is larger is not read for its signatures. */
const FILE_BYTES = 512 * 1024;
/** So much source is held at once. */
const TOTAL_BYTES = 4 * 1024 * 1024;
const NOT_OURS = /(?:^|\/)(?:node_modules|site-packages|\.?venv|__pycache__|tests?)\//;

/**
 * The Python and JavaScript files of a folder by path, as far as signatures are read from them; a file that is no UTF-8 is
 * left out.
 */
export async function readSources(files: readonly BundleFile[]): Promise<ReadonlyMap<string, string>> {
  const sources = new Map<string, string>();
  let room = TOTAL_BYTES;
  // What lies at the top first: it is where the entry is, and what it imports.
  for (const file of files.filter(isSource).toSorted((a, b) => depthOf(a.path) - depthOf(b.path))) {
    if (file.size > FILE_BYTES || file.size > room) continue;
    const text = decode(await file.read());
    if (text === null) continue;
    room -= file.size;
    sources.set(file.path, text);
  }
  return sources;
}

function isSource({ path }: BundleFile): boolean {
  return /\.(?:py|m?js)$/.test(path) && !NOT_OURS.test(path);
}

function depthOf(path: string): number {
  return path.split("/").length;
}

function decode(bytes: Uint8Array): string | null {
  try {
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: false }).decode(bytes);
  } catch {
    return null;
  }
}
