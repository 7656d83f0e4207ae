import * as z from "zod";
import { pageQuerySchema } from "../page.ts";
import { storeLimits } from "./limits.ts";

/*
 * Values are not part of any JSON document here: a value is the body of the request that sets it and of the answer that
 * gives it, byte for byte, so that no number is read and written again on its way.
 */

/** What a value is: JSON text, kept as it was written, or any bytes. */
export const storeKindSchema = z.enum(["json", "bytes"]);
export type StoreKind = z.infer<typeof storeKindSchema>;

/** The media type of a value of each kind. */
export const storeMediaTypes = {
  json: "application/json",
  bytes: "application/octet-stream",
} as const satisfies Record<StoreKind, string>;

/** Headers of the answer that is a value. */
export const storeHeaders = {
  version: "x-floom-version",
  expires_at: "x-floom-expires-at",
  updated_at: "x-floom-updated-at",
} as const;

const workerQuery = {
  worker: z
    .string()
    .min(1)
    .max(128)
    .optional()
    .describe("The worker whose store is meant; left out, that of the workspace."),
};
const placeQuery = {
  place: z
    .enum(["worker", "workspace"])
    .default("worker")
    .describe("The store of the run's own worker, or that of its workspace."),
};

// Judged by the room, so that what is wrong with a key is said in one way.
const key = z.string().describe("The key; UTF-8, percent-encoded.");
const ttl = z.coerce
  .number()
  .int()
  .min(1)
  .max(storeLimits.store_ttl_seconds.value)
  .optional()
  .describe("After so many seconds the key is gone; left out, it stays.");
const ifVersion = z
  .string()
  .min(1)
  .max(64)
  .optional()
  .describe("Only if the key has this version; `none`: only if there is no such key.");

const listMembers = {
  ...pageQuerySchema.shape,
  prefix: z.string().max(storeLimits.store_key_bytes.value).default("").describe("Only keys that begin so."),
};
const entryMembers = { key };
const removeMembers = { key, if_version: ifVersion };
const setMembers = { key, ttl_seconds: ttl, if_version: ifVersion };

export const storePlaceQuerySchema = z.object(workerQuery);
export const listStoreQuerySchema = z.object({ ...workerQuery, ...listMembers });
export const storeEntryQuerySchema = z.object({ ...workerQuery, ...entryMembers });
export const removeStoreQuerySchema = z.object({ ...workerQuery, ...removeMembers });
export const setStoreQuerySchema = z.object({ ...workerQuery, ...setMembers });
export const exportStoreQuerySchema = z.object({
  ...workerQuery,
  format: z.enum(["json", "csv"]).default("json").describe("JSON is one document a line (NDJSON)."),
  table: z
    .string()
    .min(1)
    .max(128)
    .optional()
    .describe("Only the rows of this table; CSV needs it, or gives the keys."),
});

export const runPlaceQuerySchema = z.object(placeQuery);
export const listRunStoreQuerySchema = z.object({ ...placeQuery, ...listMembers });
export const runEntryQuerySchema = z.object({ ...placeQuery, ...entryMembers });
export const removeRunEntryQuerySchema = z.object({ ...placeQuery, ...removeMembers });
export const setRunEntryQuerySchema = z.object({ ...placeQuery, ...setMembers });

const INT64 = 2n ** 63n;

/** Judged in one step: the second of two would be asked of what the first has refused. */
function isInt64(digits: string): boolean {
  if (!/^-?\d{1,19}$/.test(digits)) return false;
  return BigInt(digits) >= -INT64 && BigInt(digits) < INT64;
}

/** A whole number of 64 bits, as digits: JSON readers that know doubles only would change a large one. */
export const integerTextSchema = z
  .string()
  .refine(isInt64, "must be the digits of a whole number from -2^63 to 2^63-1");

const time = z.iso.datetime();

export const storeUsageSchema = z.object({
  entries: z.int().nonnegative(),
  entries_limit: z.int(),
  bytes: z.int().nonnegative().describe("Keys and values."),
  bytes_limit: z.int(),
  database_bytes: z.int().nonnegative().describe("All that is stored, tables and indexes included."),
  database_bytes_limit: z.int(),
});
export type StoreUsage = z.infer<typeof storeUsageSchema>;

/** What is known of a key, without its value. */
export const storeEntrySchema = z.object({
  key: z.string(),
  kind: storeKindSchema,
  size_bytes: z.int().nonnegative(),
  version: z.string().describe("Another one after each write, and never again one that was."),
  updated_at: time,
  expires_at: time.nullable(),
});
export type StoreEntry = z.infer<typeof storeEntrySchema>;

export const storePageSchema = z.object({
  items: z.array(storeEntrySchema).describe("By the bytes of their keys."),
  next_cursor: z.string().nullable(),
  usage: storeUsageSchema,
});
export type StorePage = z.infer<typeof storePageSchema>;

/** Answer to a write of one key. */
export const storeWrittenSchema = storeEntrySchema.extend({
  staged: z.boolean().describe("Written only if the run succeeds: it is transactional, or dry."),
  usage: storeUsageSchema,
});
export type StoreWritten = z.infer<typeof storeWrittenSchema>;

export const incrementStoreSchema = z.strictObject({
  key,
  by: z.union([z.int(), integerTextSchema]).default(1).describe("A whole number, or its digits."),
  ttl_seconds: ttl.describe("After so many seconds the key is gone; left out, its end stays as it was."),
});

/** Answer to an increment. */
export const storeCountedSchema = storeWrittenSchema.extend({
  value: z.string().describe("The digits of what it is now."),
});
export type StoreCounted = z.infer<typeof storeCountedSchema>;

/** A cell or a parameter of SQL. What JSON readers would change is told apart: large whole numbers, and bytes. */
export const sqlValueSchema = z.union([
  z.string(),
  z.number(),
  z.boolean(),
  z.null(),
  z.strictObject({ integer: integerTextSchema }),
  z.strictObject({ bytes: z.base64() }),
]);
export type SqlValue = z.infer<typeof sqlValueSchema>;

export const sqlRequestSchema = z.strictObject({
  sql: z.string().min(1).describe("One statement, with `?` for each parameter."),
  params: z
    .array(sqlValueSchema)
    .max(storeLimits.sql_parameters.value)
    .default([])
    .describe("Text, numbers, true, false, null, {integer: digits} and {bytes: base64}."),
});
export type SqlRequest = z.infer<typeof sqlRequestSchema>;

/** The tables that scripts and people have made in a store, by name. */
export const storeTablesSchema = z.object({
  tables: z.array(
    z.object({
      name: z.string(),
      sql: z.string().describe("The statement that makes a table like it."),
      indexes: z.array(z.string()).describe("The statements that make its indexes."),
    }),
  ),
});
export type StoreTables = z.infer<typeof storeTablesSchema>;

export const sqlAnswerSchema = z.object({
  columns: z.array(z.string()),
  rows: z.array(z.array(sqlValueSchema)),
  truncated: z.boolean().describe("There are more rows than are answered; ask with LIMIT and OFFSET."),
  rows_written: z.int().nonnegative().describe("Rows of tables and indexes."),
  staged: z.boolean().describe("Written only if the run succeeds: it is transactional, or dry."),
});
export type SqlAnswer = z.infer<typeof sqlAnswerSchema>;
