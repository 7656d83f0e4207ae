import { KIB, MIB } from "../limit.ts";
import type { Limit } from "../limit.ts";

/** The limits of query workers. */
export const queryLimits = {
  query_seconds: { value: 300, unit: "seconds", what: "a query, loading its data included" },
  query_rows: { value: 10_000, unit: "items", what: "rows that one action of a query worker answers" },
  query_answer_bytes: {
    value: 2 * MIB,
    unit: "bytes",
    what: "the rows that a query worker answers, as JSON",
  },
  query_source_bytes: { value: 512 * MIB, unit: "bytes", what: "a source of rows that is no SQLite file" },
  query_source_rows: { value: 5_000_000, unit: "items", what: "rows of a source that is no SQLite file" },
  query_json_bytes: { value: 32 * MIB, unit: "bytes", what: "a source that is one JSON document" },
  query_index_rows: {
    value: 100_000,
    unit: "items",
    what: "rows of a source that are indexed for a search by words; of more, words are looked for in each",
  },
  query_columns: { value: 100, unit: "items", what: "columns of a query worker's table" },
  query_tables: { value: 10, unit: "items", what: "other tables that a query worker's statements may join" },
  query_statements: { value: 40, unit: "items", what: "statements of a query worker" },
  query_statement_characters: { value: 8 * KIB, unit: "characters", what: "a statement of a query worker" },
} as const satisfies Record<string, Limit>;
