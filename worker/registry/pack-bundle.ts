import { Uint8ArrayReader, Uint8ArrayWriter, ZipWriter } from "@zip.js/zip.js";
import "../platform/configure-zip.ts";
import { sha256Hex } from "../platform/crypto.ts";
import type { BundleFile } from "./bundle/bundle-file.ts";

export interface PackedBundle {
  /** Hex SHA-256 over what the files are: path, executable bit, content. Neither order nor times change it. */
  digest: string;
  /** A plain zip of the files, sorted by path, all of one time. */
  zip: Uint8Array;
  sizeBytes: number;
}

/** The earliest time a zip can say; one time for all files keeps it the same for the same folder. */
const ZIP_EPOCH = new Date(1980, 0, 1);
const PLAIN_FILE = 0o100_644;
const EXECUTABLE_FILE = 0o100_755;

/** Packs a folder into the one form in which bundles are stored. */
export async function packBundle(files: readonly BundleFile[]): Promise<PackedBundle> {
  const sorted = files.toSorted((a, b) => (a.path < b.path ? -1 : 1));
  const writer = new ZipWriter(new Uint8ArrayWriter(), { useWebWorkers: false, extendedTimestamp: false });
  for (const file of sorted) {
    await writer.add(file.path, new Uint8ArrayReader(file.bytes), {
      lastModDate: ZIP_EPOCH,
      unixMode: file.executable ? EXECUTABLE_FILE : PLAIN_FILE,
    });
  }
  const zip = await writer.close();
  const sizeBytes = sorted.reduce((sum, file) => sum + file.bytes.byteLength, 0);
  return { digest: await digestBundle(sorted), zip, sizeBytes };
}

/** One line per file, `<sha256> <x or -> <path as JSON>`: JSON keeps a path with a line break from passing for two. */
async function digestBundle(sorted: readonly BundleFile[]): Promise<string> {
  const lines = await Promise.all(
    sorted.map(async ({ path, bytes, executable }) => {
      return `${await sha256Hex(bytes)} ${executable ? "x" : "-"} ${JSON.stringify(path)}\n`;
    }),
  );
  return sha256Hex(lines.join(""));
}
