import { createAuditFiles } from "./storage/audit-files.ts";
import type { AuditFiles } from "./storage/audit-files.ts";
import { createContextFiles } from "./storage/context-files.ts";
import type { ContextFiles } from "./storage/context-files.ts";
import { createImportFiles } from "./storage/import-files.ts";
import { createPinFiles } from "./pin-files.ts";
import type { PinFiles } from "./pin-files.ts";
import type { ImportFiles } from "./storage/import-files.ts";
import { putInParts } from "./storage/put-in-parts.ts";
import type { FillStream } from "./storage/put-in-parts.ts";

/**
 * The only file that knows R2 keys. Prefixes:
 *   bundles/<digest>.zip                         a version's folder, by content
 *   uploads/<workspace>/<sha256>                 a file somebody uploaded as an input
 *   runs/<run>/events.ndjson                     the archived record of a run
 *   runs/<run>/outputs.json                      outputs too large for the run record
 *   runs/<run>/files/<sha256>                    an output or artifact file, by content
 *   runs/<run>/files/<attempt>/<path digest>     the same of a run of earlier days; nothing is written there any more
 *   deliveries/<delivery>                        the body of a webhook, too large for the inbox
 *   templates/<name>                             a template that the provider has built; when it was found lost, if it was
 *   dependencies/<worker>/<bundle>/built.tar.gz  a version's dependencies as they were built apart, written once
 *   dependencies/<worker>/<bundle>/pins.json     what the first build of them installed, by version
 *   audit/<workspace>/<event>.json               what was changed while their object was away, until it is brought in
 *   checkpoints/<workspace>/<number>.json        where the record of changes had come to, signed; the newest has the lowest number
 *   contexts/<workspace>/<context>/files/<sha256>        what a file of a context holds or held, by content
 *   contexts/<workspace>/<context>/archives/<digest>.zip files of one version packed for sandboxes; made anew when lost
 *   outbox/<workspace>/<delivery>.json           a mail that a local Floom keeps instead of sending it
 *   imports/<workspace>/archive.zip              the archive of a workspace while it is imported; at most one
 */
export interface Files extends AuditFiles, ContextFiles, ImportFiles, PinFiles {
  /** Stores what `fill` writes, a part at a time. */
  putBundle(digest: string, fill: FillStream, facts: BundleFacts): Promise<void>;
  getBundle(digest: string): Promise<StoredBundle | null>;
  deleteBundle(digest: string): Promise<void>;
  /** When it was last put there, epoch milliseconds; null for none. */
  bundlePutAt(digest: string): Promise<number | null>;
  putUpload(place: UploadPlace, body: ReadableStream | Uint8Array): Promise<void>;
  getUpload(place: UploadPlace): Promise<StoredFile | null>;
  deleteUpload(place: UploadPlace): Promise<void>;
  /** Deletes some of what lies among a workspace's uploads; answers how many. */
  deleteSomeUploads(workspaceId: string): Promise<number>;
  /** When it was last put there, epoch milliseconds; null for none. */
  uploadPutAt(place: UploadPlace): Promise<number | null>;
  /** Whole, or as it is written piece by piece; nothing is stored when that throws. */
  putRunEvents(runId: string, fill: FillStream): Promise<void>;
  getRunEvents(runId: string): Promise<StoredFile | null>;
  putRunOutputs(runId: string, json: string): Promise<void>;
  getRunOutputs(runId: string): Promise<StoredFile | null>;
  putRunFile(place: RunFilePlace, body: ReadableStream | Uint8Array): Promise<void>;
  getRunFile(place: RunFilePlace): Promise<StoredFile | null>;
  /** What is known of a file of a run; null when it is not there. */
  findRunFile(place: RunFilePlace): Promise<RunFileFacts | null>;
  /** Notes that a file is not kept because of what it holds: nothing of it is stored. */
  refuseRunFile(place: RunFilePlace): Promise<void>;
  /** Deletes the files of a run whose content (its hex SHA-256) is none of those named. */
  deleteRunFilesBut(runId: string, named: ReadonlySet<string>): Promise<void>;
  /** Deletes all that is stored of a run. */
  deleteRun(runId: string): Promise<void>;
  /** A file of a run that ended before files were kept by their content. */
  getEarlierRunFile(place: EarlierRunFilePlace): Promise<StoredFile | null>;
  putDelivery(deliveryId: string, body: Uint8Array): Promise<void>;
  getDelivery(deliveryId: string): Promise<StoredFile | null>;
  deleteDelivery(deliveryId: string): Promise<void>;
  /**
   * Keeps an archive unless one is there already, also when that came while this was being sent. Throws, and keeps
   * nothing, when the bytes are not those that the facts name.
   */
  putDependencies(
    place: DependencyPlace,
    body: ReadableStream | Uint8Array,
    facts: DependencyFacts,
  ): Promise<void>;
  /** What is kept for the version, without its bytes. */
  findDependencies(place: DependencyPlace): Promise<DependencyFacts | null>;
  getDependencies(place: DependencyPlace): Promise<StoredFile | null>;
  /** Notes that a template was built, or with `lostAt` (epoch milliseconds) that the provider has it no more. */
  noteTemplate(name: string, state: TemplateState): Promise<void>;
  /** What is noted of a template; null when it was never built. */
  findTemplate(name: string): Promise<TemplateState | null>;
  /** Deletes what is kept for one version of a worker, or without a digest for all of them. */
  deleteDependencies(of: { workerId: string; bundleDigest?: string }): Promise<void>;
  /** `workerId`: of whom it tells. */
  putMail(place: MailPlace & { workerId: string }, json: string): Promise<void>;
  /** The texts of the newest mails by id, newest first. */
  listMails(workspaceId: string, limit: number): Promise<string[]>;
  /** Deletes the oldest mails whose id sorts before `firstKept`, `limit` of them at most; answers how many there were. */
  deleteMails(of: { workspaceId: string; firstKept: string; limit: number }): Promise<number>;
  /** Deletes the mails that tell of one worker, but those from before it was written down of which worker they tell. */
  deleteMailsAbout(of: { workspaceId: string; workerId: string }): Promise<void>;
  /** Deletes some of a workspace's mails; answers how many. */
  deleteSomeMails(workspaceId: string): Promise<number>;
}

export interface UploadPlace {
  workspaceId: string;
  sha256: string;
}

/** By content: what lies in a place never becomes something else, whoever writes there and whenever. */
export interface RunFilePlace {
  runId: string;
  /** Hex, of the content. */
  sha256: string;
}

export interface RunFileFacts {
  /** In bytes. */
  size: number;
  /** It held a secret, and is not kept. */
  refused: boolean;
}

export interface EarlierRunFilePlace {
  runId: string;
  attempt: number;
  /** Hex SHA-256 of the path relative to the work directory: any path makes a safe key. */
  pathDigest: string;
}

export interface DependencyPlace {
  workerId: string;
  /** The version's: nothing that is built for one version is found by another one. */
  bundleDigest: string;
}

/** What is known of a bundle from the time it was pushed. */
export interface BundleFacts {
  /** It names packages that have to be installed. */
  installs: boolean;
}

export interface DependencyFacts {
  /** Hex SHA-256 of the archive. */
  sha256: string;
  /** There is nothing to hand over: what has to be installed, each run installs itself. */
  empty: boolean;
}

/** `lostAt`: when the provider was found to have it no more, epoch milliseconds; null while it has it. */
export interface TemplateState {
  lostAt: number | null;
}

export interface MailPlace {
  workspaceId: string;
  deliveryId: string;
}

/** `installs` is false as well for a bundle of the time before it was written down. */
export type StoredBundle = StoredFile & BundleFacts;

/** A stored object. `body` can be read once. */
export interface StoredFile {
  size: number;
  body: ReadableStream;
  bytes(): Promise<Uint8Array>;
  text(): Promise<string>;
}

/** So many objects one call deletes. */
const AT_ONCE = 1000;

const keys = {
  bundle: (digest: string) => `bundles/${digest}.zip`,
  uploads: (workspaceId: string) => `uploads/${workspaceId}/`,
  upload: (p: UploadPlace) => `uploads/${p.workspaceId}/${p.sha256}`,
  run: (runId: string) => `runs/${runId}/`,
  runEvents: (runId: string) => `runs/${runId}/events.ndjson`,
  runOutputs: (runId: string) => `runs/${runId}/outputs.json`,
  runFile: (p: RunFilePlace) => `runs/${p.runId}/files/${p.sha256}`,
  earlierRunFile: (p: EarlierRunFilePlace) => `runs/${p.runId}/files/${p.attempt}/${p.pathDigest}`,
  delivery: (deliveryId: string) => `deliveries/${deliveryId}`,
  mails: (workspaceId: string) => `outbox/${workspaceId}/`,
  template: (name: string) => `templates/${name}`,
  dependencies: (p: DependencyPlace) => `dependencies/${p.workerId}/${p.bundleDigest}/built.tar.gz`,
};

function toStoredFile(object: R2ObjectBody): StoredFile {
  return { size: object.size, body: object.body, bytes: () => object.bytes(), text: () => object.text() };
}

const isRefused = ({ customMetadata }: R2Object) => customMetadata?.["refused"] !== undefined;

/** Files over an R2 bucket. A stream given to a `put` must have a known length (FixedLengthStream). */
export function createFiles(bucket: R2Bucket): Files {
  async function get(key: string): Promise<StoredFile | null> {
    const object = await bucket.get(key);
    return object && toStoredFile(object);
  }
  async function put(key: string, body: ReadableStream | Uint8Array | string): Promise<void> {
    await bucket.put(key, body);
  }
  return {
    ...createDeletions(bucket),
    ...createContextFiles(bucket),
    ...createImportFiles(bucket),
    ...createPinFiles(bucket),
    ...createRunFiles(bucket),
    ...createAuditFiles(bucket),
    putBundle: (digest, fill, { installs }) =>
      putInParts(
        {
          bucket,
          key: keys.bundle(digest),
          options: { customMetadata: { installs: installs ? "yes" : "no" } },
        },
        fill,
      ),
    async getBundle(digest) {
      const object = await bucket.get(keys.bundle(digest));
      return object && { ...toStoredFile(object), installs: object.customMetadata?.["installs"] === "yes" };
    },
    putUpload: (place, body) => put(keys.upload(place), body),
    getUpload: (place) => get(keys.upload(place)),
    putRunEvents: (runId, fill) => putInParts({ bucket, key: keys.runEvents(runId) }, fill),
    getRunEvents: (runId) => get(keys.runEvents(runId)),
    putRunOutputs: (runId, json) => put(keys.runOutputs(runId), json),
    getRunOutputs: (runId) => get(keys.runOutputs(runId)),
    putDelivery: (deliveryId, body) => put(keys.delivery(deliveryId), body),
    getDelivery: (deliveryId) => get(keys.delivery(deliveryId)),
    async putDependencies(place, body, { sha256, empty }) {
      const onlyIf = { etagDoesNotMatch: "*" };
      const customMetadata = { sha256, empty: empty ? "yes" : "no" };
      await bucket.put(keys.dependencies(place), body, { onlyIf, sha256, customMetadata });
    },
    async findDependencies(place) {
      const found = await bucket.head(keys.dependencies(place));
      const { sha256, empty } = found?.customMetadata ?? {};
      return sha256 === undefined ? null : { sha256, empty: empty === "yes" };
    },
    async noteTemplate(name, { lostAt }) {
      const customMetadata = lostAt === null ? {} : { lost_at: String(lostAt) };
      await bucket.put(keys.template(name), "", { customMetadata });
    },
    async findTemplate(name) {
      const found = await bucket.head(keys.template(name));
      const lostAt = found?.customMetadata?.["lost_at"];
      return found && { lostAt: lostAt === undefined ? null : Number(lostAt) };
    },
    getDependencies: (place) => get(keys.dependencies(place)),
    async putMail({ workspaceId, deliveryId, workerId }, json) {
      const customMetadata = { worker: workerId };
      await bucket.put(`${keys.mails(workspaceId)}${deliveryId}.json`, json, { customMetadata });
    },
    async listMails(workspaceId, limit) {
      const prefix = keys.mails(workspaceId);
      let newest: R2Object[] = [];
      // Listings go upwards by id, a thousand at a time.
      for (
        let page = await bucket.list({ prefix });
        ;
        page = await bucket.list({ prefix, cursor: page.cursor })
      ) {
        newest = [...newest, ...page.objects].slice(-limit);
        if (!page.truncated) break;
      }
      newest.reverse();
      const mails = await Promise.all(newest.map(({ key }) => get(key)));
      return Promise.all(mails.flatMap((mail) => (mail === null ? [] : mail.text())));
    },
  };
}

type RunFiles = Pick<
  Files,
  "putRunFile" | "getRunFile" | "getEarlierRunFile" | "findRunFile" | "refuseRunFile"
>;

/** What runs leave. */
function createRunFiles(bucket: R2Bucket): RunFiles {
  return {
    async putRunFile(place, body) {
      await bucket.put(keys.runFile(place), body);
    },
    async getRunFile(place) {
      const object = await bucket.get(keys.runFile(place));
      return object === null || isRefused(object) ? null : toStoredFile(object);
    },
    async findRunFile(place) {
      const found = await bucket.head(keys.runFile(place));
      return found && { size: found.size, refused: isRefused(found) };
    },
    async refuseRunFile(place) {
      await bucket.put(keys.runFile(place), "", { customMetadata: { refused: "secret" } });
    },
    async getEarlierRunFile(place) {
      const object = await bucket.get(keys.earlierRunFile(place));
      return object && toStoredFile(object);
    },
  };
}

type Deletions = Pick<
  Files,
  | "deleteBundle"
  | "bundlePutAt"
  | "deleteUpload"
  | "uploadPutAt"
  | "deleteRun"
  | "deleteRunFilesBut"
  | "deleteDelivery"
  | "deleteDependencies"
  | "deleteMails"
  | "deleteMailsAbout"
  | "deleteSomeMails"
  | "deleteSomeUploads"
>;

/** How things go again, and what is asked of them before. */
function createDeletions(bucket: R2Bucket): Deletions {
  async function putAt(key: string): Promise<number | null> {
    return (await bucket.head(key))?.uploaded.getTime() ?? null;
  }
  /** From the start each time: what was listed is gone by then. */
  async function deleteBelow(prefix: string): Promise<void> {
    while ((await deleteSome(prefix)).more);
  }
  async function deleteSome(prefix: string): Promise<{ gone: number; more: boolean }> {
    const page = await bucket.list({ prefix, limit: AT_ONCE });
    if (page.objects.length > 0) await bucket.delete(page.objects.map(({ key }) => key));
    return { gone: page.objects.length, more: page.truncated };
  }
  async function* pagesBelow(options: R2ListOptions): AsyncGenerator<R2Object[]> {
    let cursor: string | undefined;
    do {
      const page = await bucket.list(cursor === undefined ? options : { ...options, cursor });
      yield page.objects;
      cursor = page.truncated ? page.cursor : undefined;
    } while (cursor !== undefined);
  }
  return {
    deleteBundle: (digest) => bucket.delete(keys.bundle(digest)),
    bundlePutAt: (digest) => putAt(keys.bundle(digest)),
    deleteUpload: (place) => bucket.delete(keys.upload(place)),
    uploadPutAt: (place) => putAt(keys.upload(place)),
    deleteRun: (runId) => deleteBelow(keys.run(runId)),
    async deleteRunFilesBut(runId, named) {
      const prefix = keys.runFile({ runId, sha256: "" });
      for await (const page of pagesBelow({ prefix })) {
        // Files from before they were kept by their content lie one level deeper; nobody knows them by it.
        const isScrap = (name: string) => !name.includes("/") && !named.has(name);
        const scraps = page.filter(({ key }) => isScrap(key.slice(prefix.length)));
        if (scraps.length > 0) await bucket.delete(scraps.map(({ key }) => key));
      }
    },
    deleteDelivery: (deliveryId) => bucket.delete(keys.delivery(deliveryId)),
    async deleteMails({ workspaceId, firstKept, limit }) {
      const prefix = keys.mails(workspaceId);
      const page = await bucket.list({ prefix, limit });
      const old = page.objects.map(({ key }) => key).filter((key) => key < `${prefix}${firstKept}`);
      if (old.length > 0) await bucket.delete(old);
      return old.length;
    },
    async deleteMailsAbout({ workspaceId, workerId }) {
      const mails = { prefix: keys.mails(workspaceId), include: ["customMetadata" as const] };
      for await (const page of pagesBelow(mails)) {
        const about = page.filter((mail) => mail.customMetadata?.["worker"] === workerId);
        if (about.length > 0) await bucket.delete(about.map(({ key }) => key));
      }
    },
    deleteSomeMails: async (workspaceId) => (await deleteSome(keys.mails(workspaceId))).gone,
    deleteSomeUploads: async (workspaceId) => (await deleteSome(keys.uploads(workspaceId))).gone,
    deleteDependencies: ({ workerId, bundleDigest }) =>
      deleteBelow(
        bundleDigest === undefined
          ? `dependencies/${workerId}/`
          : `dependencies/${workerId}/${bundleDigest}/`,
      ),
  };
}
