import { Uint8ArrayReader, ZipWriter } from "@zip.js/zip.js";
import "../platform/configure-zip.ts";
import { sha256Hex } from "../platform/crypto.ts";
import type { BundleFile } from "./bundle/bundle-file.ts";

/** The earliest time a zip can say; one time for all files keeps it the same for the same folder. */
const ZIP_EPOCH = new Date(1980, 0, 1);
const PLAIN_FILE = 0o100_644;
const EXECUTABLE_FILE = 0o100_755;

/**
 * Writes a folder in the one form in which bundles are stored: a plain zip of the files, sorted by path, all of one
 * time. Holds one file at a time.
 */
export async function packBundle(
  files: readonly BundleFile[],
  sink: WritableStream<Uint8Array>,
): Promise<void> {
  const writer = new ZipWriter(sink, { useWebWorkers: false, extendedTimestamp: false });
  for (const file of sortByPath(files)) {
    await writer.add(file.path, new Uint8ArrayReader(await file.read()), {
      lastModDate: ZIP_EPOCH,
      unixMode: file.executable ? EXECUTABLE_FILE : PLAIN_FILE,
    });
  }
  await writer.close();
}

/**
 * Hex SHA-256 over what the files are: path, executable bit, content. Neither order nor times change it. One line per
 * file, `<sha256> <x or -> <path as JSON>`: JSON keeps a path with a line break from passing for two.
 */
export async function digestBundle(files: readonly BundleFile[]): Promise<string> {
  const lines: string[] = [];
  for (const file of sortByPath(files))
    lines.push(`${await file.hash()} ${file.executable ? "x" : "-"} ${JSON.stringify(file.path)}\n`);
  return sha256Hex(lines.join(""));
}

function sortByPath(files: readonly BundleFile[]): BundleFile[] {
  return files.toSorted((a, b) => (a.path < b.path ? -1 : 1));
}
