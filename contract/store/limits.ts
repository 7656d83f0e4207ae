import { KIB, MIB } from "../limit.ts";
import type { Limit } from "../limit.ts";

/** The limits of the store. "A store" is that of one worker, or that of the workspace. */
export const storeLimits = {
  store_key_bytes: { value: 512, unit: "bytes", what: "a key of the store, in UTF-8" },
  store_value_bytes: { value: MIB, unit: "bytes", what: "a value of the store" },
  store_entries: { value: 50_000, unit: "items", what: "keys of one store" },
  store_bytes: { value: 64 * MIB, unit: "bytes", what: "keys and values of one store" },
  store_ttl_seconds: { value: 31_536_000, unit: "seconds", what: "how long a key with an end may be kept" },
  store_remembered: {
    value: 50_000,
    unit: "items",
    what: "idempotency keys that one store remembers at a time",
  },
  store_staged_writes: { value: 500, unit: "items", what: "writes of a transactional run to one store" },
  store_staged_bytes: {
    value: 8 * MIB,
    unit: "bytes",
    what: "all that a transactional run writes to one store",
  },
  sql_statement_bytes: { value: 16 * KIB, unit: "bytes", what: "an SQL statement" },
  sql_parameters: { value: 100, unit: "items", what: "parameters of an SQL statement" },
  sql_answer_rows: { value: 1000, unit: "items", what: "rows that an SQL statement answers" },
  sql_answer_bytes: { value: MIB, unit: "bytes", what: "the answer to an SQL statement" },
  sql_tables: { value: 50, unit: "items", what: "tables of one store" },
  sql_bytes: { value: 128 * MIB, unit: "bytes", what: "the database of one store, with its keys and values" },
  sql_visits: {
    value: 20_000_000,
    unit: "items",
    what: "rows that an SQL statement may have to look at, joined tables multiplied",
  },
} as const satisfies Record<string, Limit>;
