import type { BigIntStats } from "node:fs";

const MAX_FILES = 10_000;
const HEADER_PREFIX = "x-metadata-";

/**
 * The user's metadata of uploaded files. E2B keeps it in extended attributes, which Node cannot write: here a
 * table keyed by inode, so that it follows a file through renames and links and ends with the file.
 */
export class FileMetadata {
  readonly #entries = new Map<string, Record<string, string>>();

  of(stat: BigIntStats): Record<string, string> {
    return this.#entries.get(keyOf(stat)) ?? {};
  }

  /** Replaces the metadata of a file; an empty record removes it. The oldest go when there are too many. */
  set(stat: BigIntStats, metadata: Record<string, string>): void {
    const key = keyOf(stat);
    this.#entries.delete(key);
    if (Object.keys(metadata).length > 0) this.#entries.set(key, metadata);
    const [oldest] = this.#entries.keys();
    if (this.#entries.size > MAX_FILES && oldest !== undefined) this.#entries.delete(oldest);
  }
}

/** The metadata of an upload, from its `X-Metadata-<key>` headers; keys are lower case as HTTP has them. */
export function metadataFromHeaders(headers: NodeJS.Dict<string | string[]>): Record<string, string> {
  const entries = Object.entries(headers).flatMap(([name, value]) =>
    name.startsWith(HEADER_PREFIX) && value !== undefined
      ? [[name.slice(HEADER_PREFIX.length), String(value)] as const]
      : [],
  );
  return Object.fromEntries(entries);
}

/** The birth time tells a file from a later one that got the same inode number. */
function keyOf(stat: BigIntStats): string {
  return `${stat.dev}:${stat.ino}:${stat.birthtimeNs}`;
}
