import * as z from "zod";
import { actionNameSchema } from "../ids.ts";

/** What a column or parameter holds; any: whatever the data says. */
export const columnTypes = [
  "string",
  "integer",
  "number",
  "boolean",
  "date",
  "datetime",
  "json",
  "any",
] as const;
export const columnTypeSchema = z.enum(columnTypes);
export type ColumnType = z.infer<typeof columnTypeSchema>;

/** Kinds of files that are read. */
export const sourceFormats = ["csv", "tsv", "json", "ndjson", "sqlite"] as const;
const sourceFormatSchema = z.enum(sourceFormats);

/** A plain identifier: it needs no care in a statement. */
export const columnNamePattern = /^[A-Za-z_][A-Za-z0-9_]{0,63}$/;
const columnNameSchema = z.string().regex(columnNamePattern);

const readAs = {
  /** Null: by the file's ending. */
  format: sourceFormatSchema.nullable(),
  /** Between the cells of a csv file, where that is no comma. */
  delimiter: z.string().nullable(),
  /** Keys that lead to the rows of a JSON document. */
  rows: z.array(z.string()),
};

/** Where the data is. */
export const querySourceSchema = z.discriminatedUnion("kind", [
  z.strictObject({ kind: z.literal("file"), path: z.string(), ...readAs }),
  z.strictObject({ kind: z.literal("upload"), ...readAs }),
  z.strictObject({ kind: z.literal("context"), context: z.string(), path: z.string(), ...readAs }),
  z.strictObject({ kind: z.literal("store"), place: z.enum(["worker", "workspace"]) }),
  z.strictObject({
    kind: z.literal("http"),
    url: z.string(),
    /** Names and templates, in which {{secret:NAME}} stands for a secret. */
    headers: z.array(z.tuple([z.string(), z.string()])),
    ...readAs,
  }),
]);
export type QuerySource = z.infer<typeof querySourceSchema>;

const queryColumnSchema = z.strictObject({
  name: columnNameSchema,
  type: columnTypeSchema,
  /** What the source calls it. */
  from: z.string(),
});
export type QueryColumn = z.infer<typeof queryColumnSchema>;

/** One condition that a caller may set: SQL with a `?` for each time that the value is bound. */
const queryConditionSchema = z.strictObject({
  key: columnNameSchema,
  sql: z.string(),
  bind: z.enum(["value", "contains", "starts_with", "list"]),
  marks: z.int().min(1),
});
export type QueryCondition = z.infer<typeof queryConditionSchema>;

const namedSqlSchema = z.strictObject({ name: columnNameSchema, sql: z.string() });
export type NamedSql = z.infer<typeof namedSqlSchema>;

const returnedSchema = z.strictObject({ name: columnNameSchema, type: columnTypeSchema });

/** One action of a query worker. Names in it are declared columns, SQL is its author's and was looked at at push. */
export const queryActionSchema = z.discriminatedUnion("kind", [
  z.strictObject({
    kind: z.literal("search"),
    name: actionNameSchema,
    columns: z.array(columnNameSchema),
    fields: z.array(columnNameSchema),
  }),
  z.strictObject({
    kind: z.literal("filter"),
    name: actionNameSchema,
    columns: z.array(columnNameSchema),
    conditions: z.array(queryConditionSchema),
    order: z.string(),
  }),
  z.strictObject({
    kind: z.literal("stats"),
    name: actionNameSchema,
    groups: z.array(namedSqlSchema),
    aggregates: z.array(namedSqlSchema).min(1),
    conditions: z.array(queryConditionSchema),
  }),
  z.strictObject({
    kind: z.literal("get"),
    name: actionNameSchema,
    columns: z.array(columnNameSchema),
    id: columnNameSchema,
  }),
  z.strictObject({
    kind: z.literal("statement"),
    name: actionNameSchema,
    sql: z.string(),
    parameters: z.array(
      z.strictObject({ name: columnNameSchema, type: columnTypeSchema, default: z.json().optional() }),
    ),
    returns: z.array(returnedSchema).nullable(),
  }),
]);
export type QueryAction = z.infer<typeof queryActionSchema>;

const queryShape = {
  source: querySourceSchema,
  table: columnNameSchema,
  columns: z.array(queryColumnSchema).min(1),
  /** Other tables of the same SQLite file, for statements. */
  tables: z
    .array(z.strictObject({ name: columnNameSchema, columns: z.array(columnNameSchema).min(1) }))
    .default([]),
  /** A full-text index that a SQLite file brings along. */
  fts_table: columnNameSchema.nullable(),
  timeout_seconds: z.int().min(1),
  /** Most rows of one answer. */
  max_rows: z.int().min(1),
};

/** A query worker as it is stored with a version: every default filled in. */
export const storedQuerySchema = z.strictObject({
  ...queryShape,
  actions: z.array(queryActionSchema).min(1),
});
export type StoredQuery = z.infer<typeof storedQuerySchema>;

/** What one run asks. */
export const querySpecSchema = z.strictObject({ ...queryShape, action: queryActionSchema });
export type QuerySpec = z.infer<typeof querySpecSchema>;

/** What the program in the sandbox is told: a run's query with the limits that hold, as the variable FLOOM_QUERY. */
export const queryPlanSchema = querySpecSchema.extend({
  functions: z.array(z.string()),
  answer_bytes: z.int(),
  source_bytes: z.int(),
  source_rows: z.int(),
  json_bytes: z.int(),
  index_rows: z.int(),
});
export type QueryPlan = z.infer<typeof queryPlanSchema>;
