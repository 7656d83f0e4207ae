import { putInParts } from "./put-in-parts.ts";
import type { FillStream } from "./put-in-parts.ts";

/** A stored object. `body` can be read once. */
export interface KeptContent {
  size: number;
  body: ReadableStream;
  bytes(): Promise<Uint8Array>;
  text(): Promise<string>;
}

/** A context of a workspace: what lies there is found through both, and goes with either. */
export interface ContextPlace {
  workspaceId: string;
  contextId: string;
}

/** Where contexts keep what their files hold. By content: nothing there ever becomes something else. */
export interface ContextFiles {
  putContextFile(place: ContextPlace, sha256: string, body: ReadableStream | Uint8Array): Promise<void>;
  getContextFile(place: ContextPlace, sha256: string): Promise<KeptContent | null>;
  /** Those of these contents that nobody has put there for so long go. */
  deleteContextFiles(place: ContextPlace, sha256s: readonly string[], putBefore: number): Promise<void>;
  putContextArchive(place: ContextPlace, digest: string, fill: FillStream): Promise<void>;
  getContextArchive(place: ContextPlace, digest: string): Promise<KeptContent | null>;
  deleteContextArchive(place: ContextPlace, digest: string): Promise<void>;
  /** Deletes archives of a context that were packed before `packedBefore`, epoch milliseconds. Some of them may be left. */
  deleteOldContextArchives(place: ContextPlace, packedBefore: number): Promise<void>;
  /** Deletes all that a context holds. */
  deleteContext(place: ContextPlace): Promise<void>;
  /** Deletes some of what a workspace's contexts hold; answers how many. */
  deleteSomeContextFiles(workspaceId: string): Promise<number>;
}

/** So many objects one call deletes. */
const AT_ONCE = 1000;

const below = ({ workspaceId, contextId }: ContextPlace) => `contexts/${workspaceId}/${contextId}/`;
const fileKey = (place: ContextPlace, sha256: string) => `${below(place)}files/${sha256}`;
const archiveKey = (place: ContextPlace, digest: string) => `${below(place)}archives/${digest}.zip`;

/** The contexts' part of the files; `files.ts` lists the keys. */
export function createContextFiles(bucket: R2Bucket): ContextFiles {
  async function get(key: string): Promise<KeptContent | null> {
    const object = await bucket.get(key);
    if (object === null) return null;
    const { size, body } = object;
    return { size, body, bytes: () => object.bytes(), text: () => object.text() };
  }
  async function deleteSome(prefix: string): Promise<number> {
    const page = await bucket.list({ prefix, limit: AT_ONCE });
    if (page.objects.length > 0) await bucket.delete(page.objects.map(({ key }) => key));
    return page.objects.length;
  }
  return {
    async putContextFile(place, sha256, body) {
      await bucket.put(fileKey(place, sha256), body, { sha256 });
    },
    getContextFile: (place, sha256) => get(fileKey(place, sha256)),
    async deleteContextFiles(place, sha256s, putBefore) {
      for (const sha256 of sha256s) {
        const found = await bucket.head(fileKey(place, sha256));
        if (found !== null && found.uploaded.getTime() < putBefore) await bucket.delete(found.key);
      }
    },
    putContextArchive: (place, digest, fill) => putInParts({ bucket, key: archiveKey(place, digest) }, fill),
    getContextArchive: (place, digest) => get(archiveKey(place, digest)),
    deleteContextArchive: (place, digest) => bucket.delete(archiveKey(place, digest)),
    async deleteOldContextArchives(place, packedBefore) {
      const { objects } = await bucket.list({ prefix: archiveKey(place, "").replace(/\.zip$/, "") });
      const old = objects.filter(({ uploaded }) => uploaded.getTime() < packedBefore).map(({ key }) => key);
      if (old.length > 0) await bucket.delete(old);
    },
    async deleteContext(place) {
      while ((await deleteSome(below(place))) > 0);
    },
    deleteSomeContextFiles: (workspaceId) => deleteSome(`contexts/${workspaceId}/`),
  };
}
