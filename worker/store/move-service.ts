// Owns how what a store holds leaves for another workspace, and how it arrives from one: line by line.
// Writes nothing itself: the object of the store judges and keeps.
import * as z from "zod";
import type { ArchivedTable } from "#contract/moves/move";
import { sqlValueSchema, storeKindSchema } from "#contract/store/store";
import { AppError } from "../platform/app-error.ts";
import { attemptNow } from "../platform/attempt.ts";
import { fromBase64 } from "../platform/bytes.ts";
import { defineUnmarked } from "../platform/objects/stored-document.ts";
import type { StoredForm } from "../platform/objects/stored-document.ts";
import { renameCreated } from "./import-store.ts";
import { judgeKey } from "./judge-key.ts";
import { exportStore, judgeValue } from "./service.ts";
import type { ImportedEntry, ImportedKeys, Reply, StoreApi } from "./store-api.ts";

const keyForm = defineUnmarked(
  "key of an export",
  z.object({
    key: z.string(),
    kind: storeKindSchema,
    expires_at: z.iso.datetime().nullable(),
    base64: z.string().optional(),
  }),
);
const rowForm = defineUnmarked("row of an export", z.object({ row: z.record(z.string(), sqlValueSchema) }));

/** So much of what arrives is handed to a store in one go. */
const PART_LINES = 200;
const PART_BYTES = 2 * 1024 * 1024;

function take<T>(reply: Reply<T>): T {
  if (reply.kind === "done") return reply.value;
  throw new AppError(reply.code, reply.detail);
}

/** The keys of a store with their values, a line each. */
export function exportKeys(store: StoreApi): Promise<ReadableStream<Uint8Array>> {
  return exportStore(store, { format: "json", table: null, keysOnly: true });
}

/** Whether two tables are made alike, whatever quotes stand about their names. Pure. */
export function isMadeAlike(one: ArchivedTable, other: ArchivedTable): boolean {
  const shape = ({ sql }: ArchivedTable) => attemptNow(() => renameCreated(sql, "t"));
  const [mine, theirs] = [shape(one), shape(other)];
  return mine.ok && theirs.ok && mine.value === theirs.value;
}

/** The rows of a table, a line each. */
export function exportTable(store: StoreApi, table: string): Promise<ReadableStream<Uint8Array>> {
  return exportStore(store, { format: "json", table });
}

function readLine<Value>(form: StoredForm<Value>, line: string): Value {
  try {
    return form.readText(line);
  } catch (cause) {
    throw new AppError("malformed_json", "A line is not what a store's export holds.", { cause });
  }
}

const VALUE_MARK = ',"value":';

/** A line of an export of keys, as it is kept; null for one that has expired since. Throws `invalid_key`, `malformed_json`. */
export function readKeyLine(line: string, now: number): ImportedEntry | null {
  const { key, kind, expires_at, base64 } = readLine(keyForm, line);
  const ttl = expires_at === null ? null : Math.ceil((Date.parse(expires_at) - now) / 1000);
  if (ttl !== null && ttl <= 0) return null;
  // A value of JSON is not read and written again: no number in it changes. No text of JSON has these signs in it.
  const from = line.indexOf(VALUE_MARK) + VALUE_MARK.length;
  const value = kind === "json" ? new TextEncoder().encode(line.slice(from, -1)) : fromBase64(base64 ?? "");
  if (value === null) throw new AppError("malformed_json", "The bytes of a key are no base64.");
  return { key: judgeKey(key), kind, value: judgeValue(kind, value), ttl_seconds: ttl };
}

/** Lines, as many at a time as one go takes. */
async function* inParts(lines: AsyncIterable<string>): AsyncGenerator<string[]> {
  let part: string[] = [];
  let size = 0;
  for await (const line of lines) {
    if (part.length >= PART_LINES || size + line.length > PART_BYTES) {
      yield part;
      part = [];
      size = 0;
    }
    part.push(line);
    size += line.length;
  }
  if (part.length > 0) yield part;
}

/** Sets every key that is not there. Throws what the store refuses; the keys before stay, and are found the next time. */
export async function importKeyLines(
  store: StoreApi,
  lines: AsyncIterable<string>,
  { now, dryRun }: { now: number; dryRun: boolean },
): Promise<ImportedKeys> {
  const sum: ImportedKeys = { made: 0, there: 0, refused: [] };
  for await (const part of inParts(lines)) {
    const entries = part.map((line) => readKeyLine(line, now)).filter((entry) => entry !== null);
    const { made, there, refused } = take(await store.importKeys(entries, { dryRun }));
    sum.made += made;
    sum.there += there;
    sum.refused.push(...refused);
  }
  return sum;
}

/** Makes a table that is not there, with its rows; nobody sees it before all of it is there. Throws what the store refuses. */
export async function importTableLines(
  store: StoreApi,
  table: ArchivedTable,
  lines: AsyncIterable<string>,
): Promise<void> {
  take(await store.importTable(table.name, { step: "begin", sql: table.sql }));
  for await (const part of inParts(lines)) {
    const rows = part.map((line) => readLine(rowForm, line).row);
    take(await store.importTable(table.name, { step: "rows", rows }));
  }
  take(await store.importTable(table.name, { step: "end", indexes: table.indexes }));
}
