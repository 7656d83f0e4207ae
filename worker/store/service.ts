// Owns how a store is asked: whose it is, what a key may be, what a value may be, and how an answer is said.
// Never holds a store's content: that is in the object of the worker or the workspace it belongs to.
// Writes nothing itself.
import type { Principal, Scope } from "#contract/access/access";
import { parseJson } from "#contract/json";
import type {
  SqlAnswer,
  SqlRequest,
  StoreCounted,
  StoreEntry,
  StoreKind,
  StorePage,
  StoreWritten,
} from "#contract/store/store";
import { requireWorker } from "../catalog/require-worker.ts";
import { AppError, notFound } from "../platform/app-error.ts";
import { toIso, toIsoOrNull } from "../platform/clock.ts";
import { canonicalJson } from "../platform/canonical-json.ts";
import { sha256Hex } from "../platform/crypto.ts";
import type { Db } from "../platform/db/client.ts";
import { decodeCursor, encodeCursor } from "../platform/page.ts";
import { judgeKey } from "./judge-key.ts";
import type {
  EntryFacts,
  ExportPart,
  ExportRequest,
  KeyWrite,
  Once,
  Refused,
  Reply,
  StoreApi,
  StoreAsker,
  StoredEntry,
  StorePlace,
  WriteResult,
} from "./store-api.ts";

export interface StoreDeps {
  db: Db;
  openStore: (place: StorePlace) => StoreApi;
}

/** A store, and who asks it. */
export interface OpenedStore extends StoreAsker {
  store: StoreApi;
}

/** The store that somebody names: of a worker of the workspace, or of the workspace. Throws `not_found`. */
export async function openStoreOf(
  deps: StoreDeps,
  principal: Principal,
  { worker, scope }: { worker: string | undefined; scope: Scope },
): Promise<OpenedStore> {
  return { store: deps.openStore(await findPlace(deps, principal, { worker, scope })), staged: null };
}

async function findPlace(
  deps: StoreDeps,
  principal: Principal,
  { worker, scope }: { worker: string | undefined; scope: Scope },
): Promise<StorePlace> {
  if (worker === undefined) return { kind: "workspace", workspace_id: principal.workspace_id };
  const found = await requireWorker(deps, principal, { name: worker, scope });
  return { kind: "worker", worker_id: found.worker.id };
}

function take<T>(reply: Reply<T>): T {
  if (reply.kind === "done") return reply.value;
  throw toError(reply);
}

const BUSY_SECONDS = 1;

function toError({ code, detail }: Refused): AppError {
  return new AppError(code, detail, code === "store_busy" ? { retryAfterSeconds: BUSY_SECONDS } : {});
}

function toEntry({ key, kind, size_bytes, version, updated_at, expires_at }: EntryFacts): StoreEntry {
  const times = { updated_at: toIso(updated_at), expires_at: toIsoOrNull(expires_at) };
  return { key, kind, size_bytes, version, ...times };
}

/** A page of keys by their bytes. Throws `invalid_request` for a cursor that is none. */
export async function listKeys(
  { store, staged }: OpenedStore,
  { prefix, cursor, limit }: { prefix: string; cursor: string | undefined; limit: number },
): Promise<StorePage> {
  const after = cursor === undefined ? null : readCursor(cursor);
  const { entries, usage } = await store.list({ prefix, after, limit: limit + 1 }, { staged });
  const items = entries.slice(0, limit).map(toEntry);
  const last = entries.length > limit ? items.at(-1)?.key : undefined;
  return { items, next_cursor: last === undefined ? null : encodeCursor(last), usage };
}

function readCursor(cursor: string): string {
  const key = decodeCursor(cursor);
  if (key !== null) return key;
  throw new AppError("invalid_request", "The cursor is not one this API gave out.", {
    errors: [{ pointer: "cursor", detail: "Take the cursor from next_cursor of the last page." }],
  });
}

/** What stands under a key. Throws `not_found` and `invalid_key`. */
export async function getEntry({ store, staged }: OpenedStore, key: string): Promise<StoredEntry> {
  const entry = await store.read(judgeKey(key), { staged });
  if (entry === null) throw notFound("key");
  return entry;
}

/** A value as it may be kept. Throws `malformed_json` for one that is said to be JSON and is none. */
export function judgeValue(kind: StoreKind, value: Uint8Array): Uint8Array {
  if (kind === "bytes") return value;
  try {
    parseJson(new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(value));
    return value;
  } catch (cause) {
    const why = cause instanceof SyntaxError ? cause.message : "it is not UTF-8 text";
    throw new AppError("malformed_json", `The value is not a JSON document: ${why}.`, { cause });
  }
}

/** What a repeat is known by: the key that it came with, and what it asked for. */
export async function readOnce(key: string | null, asked: unknown[]): Promise<Once | null> {
  return key === null ? null : { key, digest: await sha256Hex(canonicalJson(asked)) };
}

async function digestOf(write: KeyWrite): Promise<unknown[]> {
  if (write.op !== "set") return [write];
  const { value, ...facts } = write;
  return [facts, await sha256Hex(value)];
}

type Written = WriteResult & { usage: StoreWritten["usage"] };

async function writeKey(
  { store, staged }: OpenedStore,
  write: KeyWrite,
  onceKey: string | null,
): Promise<Written> {
  const key = judgeKey(write.key);
  const once = await readOnce(onceKey, await digestOf(write));
  return take(await store.write({ write: { ...write, key }, once, staged }));
}

function describeWritten({ staged }: StoreAsker, { entry, usage }: Written): StoreWritten {
  if (entry === null) throw new Error("A write that sets a key has left none.");
  return { ...toEntry(entry), staged: staged !== null, usage };
}

/** Sets a key. Throws `invalid_key`, `malformed_json`, and what the store refuses. */
export async function setKey(
  opened: OpenedStore,
  write: Omit<Extract<KeyWrite, { op: "set" }>, "op">,
  onceKey: string | null,
): Promise<StoreWritten> {
  const value = judgeValue(write.kind, write.value);
  return describeWritten(opened, await writeKey(opened, { op: "set", ...write, value }, onceKey));
}

/** Deletes a key. Throws `not_found`, `invalid_key`, and what the store refuses. */
export async function deleteKey(
  opened: OpenedStore,
  { key, if_version }: { key: string; if_version: string | null },
  onceKey: string | null,
): Promise<void> {
  // A repeat is told what the first was told, though the key is gone.
  if (onceKey === null) await getEntry(opened, key);
  await writeKey(opened, { op: "delete", key, if_version }, onceKey);
}

/** Counts a key. Throws `invalid_key`, and what the store refuses. */
export async function countKey(
  opened: OpenedStore,
  { key, by, ttl_seconds }: { key: string; by: number | string; ttl_seconds: number | null },
  onceKey: string | null,
): Promise<StoreCounted> {
  const write: KeyWrite = { op: "increment", key, by: String(by), ttl_seconds };
  const written = await writeKey(opened, write, onceKey);
  return { ...describeWritten(opened, written), value: written.value ?? "" };
}

/** Asks the tables. Throws `sql_refused`. */
export async function querySql({ store, staged }: OpenedStore, statement: SqlRequest): Promise<SqlAnswer> {
  return take(await store.query(statement, { staged }));
}

/** Changes the tables. Throws `sql_refused`, and what the store refuses. */
export async function executeSql(
  { store, staged }: OpenedStore,
  statement: SqlRequest,
  onceKey: string | null,
): Promise<SqlAnswer> {
  const once = await readOnce(onceKey, [statement]);
  return take(await store.execute({ statement, once, staged }));
}

/**
 * All that a store holds, a line at a time, as one stream; it is read in parts, so that what is written meanwhile may be in
 * it or not. Throws `sql_refused` for a table that is not there, before anything is sent.
 */
export async function exportStore(
  store: StoreApi,
  of: Omit<ExportRequest, "from">,
): Promise<ReadableStream<Uint8Array>> {
  const encoder = new TextEncoder();
  const ask = async (from: string | null) => take(await store.exportPart({ ...of, from }));
  let part: ExportPart | null = await ask(null);
  return new ReadableStream({
    async pull(controller) {
      // Whoever enqueues nothing is not asked again.
      while (part !== null) {
        const text = part.lines.map((line) => `${line}\n`).join("");
        part = part.next === null ? null : await ask(part.next);
        if (text === "") continue;
        controller.enqueue(encoder.encode(text));
        return;
      }
      controller.close();
    },
  });
}
