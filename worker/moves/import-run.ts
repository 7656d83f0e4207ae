import type { Principal } from "#contract/access/access";
import type { ImportItem, ImportOptions } from "#contract/moves/move";
import type { Archive } from "./archive-document.ts";
import type { ArchiveReader } from "./archive-reader.ts";
import type { MoveDeps } from "./move-deps.ts";

/** One request of an import: whose it is, what lies in the archive, and how it is to be taken over. */
export interface ImportRun {
  deps: MoveDeps;
  principal: Principal;
  options: ImportOptions;
  archive: Archive;
  reader: ArchiveReader;
}

/** What became of a thing. Pure. */
export function item(
  kind: ImportItem["kind"],
  name: string,
  came: Pick<ImportItem, "outcome"> & Partial<ImportItem>,
): ImportItem {
  return { detail: null, secret: null, ...came, kind, name };
}
