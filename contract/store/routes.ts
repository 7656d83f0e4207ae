import { defineRoute } from "../route.ts";
import {
  exportStoreQuerySchema,
  incrementStoreSchema,
  listRunStoreQuerySchema,
  listStoreQuerySchema,
  removeRunEntryQuerySchema,
  removeStoreQuerySchema,
  runEntryQuerySchema,
  runPlaceQuerySchema,
  setRunEntryQuerySchema,
  setStoreQuerySchema,
  sqlAnswerSchema,
  sqlRequestSchema,
  storeCountedSchema,
  storeEntryQuerySchema,
  storeMediaTypes,
  storePageSchema,
  storePlaceQuerySchema,
  storeTablesSchema,
  storeWrittenSchema,
} from "./store.ts";

const tag = "Store";
const ok = { kind: "json", status: 200 } as const;
const valueTypes = [storeMediaTypes.json, storeMediaTypes.bytes] as const;

const page = {
  ...ok,
  schema: storePageSchema,
  description: "The keys, and how much the store holds.",
} as const;
const written = { ...ok, schema: storeWrittenSchema, description: "The key as it is now." } as const;
const counted = { ...ok, schema: storeCountedSchema, description: "What it is now." } as const;
const told = { ...ok, schema: sqlAnswerSchema, description: "Columns and rows." } as const;
const gone = { kind: "empty", status: 204, description: "It is gone." } as const;
const value = {
  kind: "stream",
  status: 200,
  media_type: "*/*",
  description:
    "The value, byte for byte: application/json or application/octet-stream. Headers say its version, and when it ends.",
} as const;
const valueBody = { kind: "bytes", media_types: valueTypes, limit: "store_value_bytes" } as const;
const countBody = { kind: "json", schema: incrementStoreSchema, limit: "json_body_bytes" } as const;
const sqlBody = { kind: "json", schema: sqlRequestSchema, limit: "json_body_bytes" } as const;

const refusals = {
  list: ["not_found", "invalid_key"],
  get: ["not_found", "invalid_key"],
  set: [
    "not_found",
    "invalid_key",
    "malformed_json",
    "store_conflict",
    "store_full",
    "store_busy",
    "idempotency_conflict",
  ],
  remove: ["not_found", "invalid_key", "store_conflict", "store_busy", "idempotency_conflict"],
  count: ["not_found", "invalid_key", "not_an_integer", "store_full", "store_busy", "idempotency_conflict"],
  query: ["not_found", "sql_refused"],
  execute: ["not_found", "sql_refused", "store_full", "store_busy", "idempotency_conflict"],
} as const;

const KEYED =
  "With an `Idempotency-Key` a repeat within a day changes nothing and is answered as the first request was.";

/** The store as people and their programs reach it: of a worker by `?worker=`, else of the workspace. */
export const storeRoutes = {
  listStore: defineRoute({
    id: "listStore",
    method: "GET",
    path: "/api/store",
    tag,
    summary: "List the keys of a store, and how much it holds",
    access: "store:read",
    query: listStoreQuerySchema,
    answer: page,
    problems: refusals.list,
  }),
  getStoreValue: defineRoute({
    id: "getStoreValue",
    method: "GET",
    path: "/api/store/entry",
    tag,
    summary: "Get a value",
    access: "store:read",
    query: storeEntryQuerySchema,
    answer: value,
    problems: refusals.get,
  }),
  setStoreValue: defineRoute({
    id: "setStoreValue",
    method: "PUT",
    path: "/api/store/entry",
    tag,
    summary: "Set a value",
    description: `The body is the value: JSON, which is kept as it is written, or any bytes. ${KEYED}`,
    access: "store:write",
    query: setStoreQuerySchema,
    body: valueBody,
    answer: written,
    problems: refusals.set,
  }),
  deleteStoreValue: defineRoute({
    id: "deleteStoreValue",
    method: "DELETE",
    path: "/api/store/entry",
    tag,
    summary: "Delete a key",
    access: "store:write",
    query: removeStoreQuerySchema,
    answer: gone,
    problems: refusals.remove,
  }),
  incrementStoreValue: defineRoute({
    id: "incrementStoreValue",
    method: "POST",
    path: "/api/store/increment",
    tag,
    summary: "Count a key up or down",
    description: `A key that is not there counts from 0. ${KEYED}`,
    access: "store:write",
    query: storePlaceQuerySchema,
    body: countBody,
    answer: counted,
    problems: refusals.count,
  }),
  listStoreTables: defineRoute({
    id: "listStoreTables",
    method: "GET",
    path: "/api/store/tables",
    tag,
    summary: "List the tables of a store",
    access: "store:read",
    query: storePlaceQuerySchema,
    answer: { ...ok, schema: storeTablesSchema, description: "The tables, by name." },
    problems: ["not_found"],
  }),
  queryStore: defineRoute({
    id: "queryStore",
    method: "POST",
    path: "/api/store/query",
    tag,
    summary: "Ask the tables of a store in SQL",
    description: "A statement that writes is refused.",
    access: "store:read",
    query: storePlaceQuerySchema,
    body: sqlBody,
    answer: told,
    problems: refusals.query,
  }),
  executeStore: defineRoute({
    id: "executeStore",
    method: "POST",
    path: "/api/store/execute",
    tag,
    summary: "Change the tables of a store in SQL",
    description: KEYED,
    access: "store:write",
    query: storePlaceQuerySchema,
    body: sqlBody,
    answer: told,
    problems: refusals.execute,
  }),
  exportStore: defineRoute({
    id: "exportStore",
    method: "GET",
    path: "/api/store/export",
    tag,
    summary: "Export a store's keys, values and tables",
    access: "store:read",
    query: exportStoreQuerySchema,
    answer: {
      kind: "stream",
      status: 200,
      media_type: "application/x-ndjson",
      description: "One JSON document a line, or CSV.",
    },
    problems: ["not_found", "sql_refused"],
  }),
} as const;

const ofRun = ["run_finished", "stale_attempt"] as const;

/** The store as a running script reaches it. These take the run's own token and nothing else. */
export const runStoreRoutes = {
  listRunStore: defineRoute({
    id: "listRunStore",
    method: "GET",
    path: "/api/runs/{run}/store",
    tag,
    summary: "List keys from within a run",
    access: "run_token",
    query: listRunStoreQuerySchema,
    answer: page,
    problems: [...refusals.list, ...ofRun],
  }),
  getRunStoreValue: defineRoute({
    id: "getRunStoreValue",
    method: "GET",
    path: "/api/runs/{run}/store/entry",
    tag,
    summary: "Get a value from within a run",
    access: "run_token",
    query: runEntryQuerySchema,
    answer: value,
    problems: [...refusals.get, ...ofRun],
  }),
  setRunStoreValue: defineRoute({
    id: "setRunStoreValue",
    method: "PUT",
    path: "/api/runs/{run}/store/entry",
    tag,
    summary: "Set a value from within a run",
    access: "run_token",
    query: setRunEntryQuerySchema,
    body: valueBody,
    answer: written,
    problems: [...refusals.set, ...ofRun],
  }),
  deleteRunStoreValue: defineRoute({
    id: "deleteRunStoreValue",
    method: "DELETE",
    path: "/api/runs/{run}/store/entry",
    tag,
    summary: "Delete a key from within a run",
    access: "run_token",
    query: removeRunEntryQuerySchema,
    answer: gone,
    problems: [...refusals.remove, ...ofRun],
  }),
  incrementRunStoreValue: defineRoute({
    id: "incrementRunStoreValue",
    method: "POST",
    path: "/api/runs/{run}/store/increment",
    tag,
    summary: "Count a key up or down from within a run",
    access: "run_token",
    query: runPlaceQuerySchema,
    body: countBody,
    answer: counted,
    problems: [...refusals.count, ...ofRun],
  }),
  queryRunStore: defineRoute({
    id: "queryRunStore",
    method: "POST",
    path: "/api/runs/{run}/store/query",
    tag,
    summary: "Ask tables in SQL from within a run",
    access: "run_token",
    query: runPlaceQuerySchema,
    body: sqlBody,
    answer: told,
    problems: [...refusals.query, ...ofRun],
  }),
  executeRunStore: defineRoute({
    id: "executeRunStore",
    method: "POST",
    path: "/api/runs/{run}/store/execute",
    tag,
    summary: "Change tables in SQL from within a run",
    access: "run_token",
    query: runPlaceQuerySchema,
    body: sqlBody,
    answer: told,
    problems: [...refusals.execute, ...ofRun],
  }),
} as const;
