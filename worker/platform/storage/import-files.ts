import { putInParts } from "./put-in-parts.ts";
import type { FillStream } from "./put-in-parts.ts";

/** A stored archive of which any piece can be read. Sizes in bytes. */
export interface KeptArchive {
  size: number;
  /** Throws when the archive is not there any more, or another one is in its place. */
  read: (offset: number, length: number) => Promise<Uint8Array>;
}

/** Where the archive of a workspace waits while it is imported: one for each workspace. */
export interface ImportFiles {
  /** Keeps an archive in the place of the one before. Answers what it is known by. */
  putImport(workspaceId: string, fill: FillStream): Promise<string>;
  /** The archive that is known by this; null when it is gone, or another one is there. */
  openImport(workspaceId: string, knownBy: string): Promise<KeptArchive | null>;
  /** Deletes the archive unless it was put there since `putBefore`, epoch milliseconds. Answers whether there was one. */
  deleteImport(workspaceId: string, putBefore: number): Promise<boolean>;
}

const archiveKey = (workspaceId: string) => `imports/${workspaceId}/archive.zip`;

/** The imports' part of the files; `files.ts` lists the keys. */
export function createImportFiles(bucket: R2Bucket): ImportFiles {
  return {
    async putImport(workspaceId, fill) {
      const key = archiveKey(workspaceId);
      await putInParts({ bucket, key }, fill);
      const kept = await bucket.head(key);
      if (kept === null) throw new Error("An archive that was just stored is not there.");
      return kept.etag;
    },
    async openImport(workspaceId, knownBy) {
      const key = archiveKey(workspaceId);
      const found = await bucket.head(key);
      if (found === null || found.etag !== knownBy) return null;
      return {
        size: found.size,
        async read(offset, length) {
          const range = { offset, length };
          const piece = await bucket.get(key, { range, onlyIf: { etagMatches: knownBy } });
          if (piece === null || !("body" in piece))
            throw new Error("An archive was replaced while it was read.");
          return piece.bytes();
        },
      };
    },
    async deleteImport(workspaceId, putBefore) {
      const found = await bucket.head(archiveKey(workspaceId));
      if (found === null || found.uploaded.getTime() >= putBefore) return false;
      await bucket.delete(found.key);
      return true;
    },
  };
}
