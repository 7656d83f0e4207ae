import type { SourceFile } from "#contract/workers/worker";

/** A file that was chosen, and where it stands below what was chosen. */
export interface ChosenFile {
  path: string;
  file: Blob;
}

/** Folders that belong to a machine, not to a worker; the same as a push leaves out. */
const leftOut = new Set([".git", ".venv", "node_modules", "__pycache__", ".DS_Store"]);

/** Paths as the worker has them: below the one folder that was chosen, without what is of the machine alone. Pure. */
export function placeFiles<T extends { name: string; webkitRelativePath: string }>(
  files: readonly T[],
): { folder: string; placed: { path: string; file: T }[] } {
  const whole = files.map((file) => ({ path: file.webkitRelativePath || file.name, file }));
  const folder = files[0]?.webkitRelativePath.split("/")[0] ?? "";
  const placed = whole
    .map(({ path, file }) => ({ path: folder === "" ? path : path.slice(folder.length + 1), file }))
    .filter(({ path }) => !path.split("/").some((part) => leftOut.has(part)));
  return { folder, placed };
}

function asBase64(bytes: Uint8Array): string {
  let text = "";
  for (const byte of bytes) text += String.fromCharCode(byte);
  return btoa(text);
}

/** A file as the API takes it: text as it is, anything else as base64. */
export async function readSourceFile({ path, file }: ChosenFile): Promise<SourceFile> {
  const bytes = new Uint8Array(await file.arrayBuffer());
  try {
    const content = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
    return { path, content, encoding: "utf-8" };
  } catch {
    return { path, content: asBase64(bytes), encoding: "base64" };
  }
}
