import * as z from "zod";
import { actionNameSchema } from "../ids.ts";
import { queryLimits } from "./limits.ts";
import { columnNamePattern, columnTypes, sourceFormats } from "./query.ts";

const NAME_RULE = "Begin with a letter or underscore; then at most 63 letters, digits and underscores.";
const text = (description: string, rule = "Write text.") => z.string().optional().meta({ description, rule });
const columnName = z.string().regex(columnNamePattern).meta({ rule: NAME_RULE, code: "bad_column_name" });
const names = (description: string) =>
  z.array(columnName).min(1).optional().meta({ description, rule: "Write a list of columns." });

const TYPES = columnTypes.join(", ");
const type = z.enum(columnTypes);

const sourceSchema = z.strictObject({
  file: text("A file of this folder: csv, tsv, json, ndjson, or a SQLite database.", "Write a path."),
  upload: z.boolean().optional().meta({
    description: "Whether each call brings the file along, as the input file.",
    rule: "Write true.",
  }),
  context: text("The context in which path lies; it need not be declared in contexts.", "Write its name."),
  path: text("The file within the context.", "Write a path."),
  store: z.enum(["worker", "workspace"]).optional().meta({
    description: "Whose store has the table: this worker's, or that of all workers.",
    rule: "Write worker or workspace.",
  }),
  url: z
    .string()
    .regex(/^https?:\/\/[^\s/?#@\\]+(?:[/?#]\S*)?$/)
    .optional()
    .meta({
      description: "Where each run fetches it; the sandbox reaches no other host.",
      rule: "Write an address such as https://data.example.com/sales.csv.",
    }),
  headers: z.record(z.string(), z.string()).optional().meta({
    description: "Headers of that request; {{secret:NAME}} stands for a secret.",
    rule: "Write a mapping of texts.",
    default: {},
  }),
  format: z
    .enum(sourceFormats)
    .optional()
    .meta({
      description: "What the file is, where its name does not say.",
      rule: `Write ${sourceFormats.join(", ")}.`,
    }),
  delimiter: z
    .string()
    .regex(/^[^\s"]$/)
    .optional()
    .meta({ description: "Between the cells of a csv file.", rule: "Write one character.", default: "," }),
  rows: text("Where a JSON document holds its rows, as a dotted path, e.g. data.items.", "Write a path."),
});
export type AuthoredSource = z.infer<typeof sourceSchema>;

const columnSchema = z.union([
  type,
  z.strictObject({
    type: type.optional().meta({ description: "What it holds.", rule: `Write ${TYPES}.`, default: "string" }),
    description: text("What it means; people and models read it."),
    from: text("What the source calls it, where that is another name; a SQLite table has it by its own."),
  }),
]);

export const filterOperators = [
  "equals",
  "not",
  "more",
  "at_least",
  "less",
  "at_most",
  "contains",
  "starts_with",
  "in",
  "is_set",
] as const;

const filterSchema = z.union([
  z.string().min(1),
  z.strictObject({
    column: columnName.optional().meta({ description: "The column it looks at.", rule: "Write a column." }),
    op: z
      .enum(filterOperators)
      .optional()
      .meta({
        description: "How the column is compared with what is given.",
        rule: `Write ${filterOperators.join(", ")}.`,
        default: "equals",
      }),
    sql: text("In place of column and op: a condition over the columns, with a ? for what is given."),
    type: type.optional().meta({ description: "With sql: what is given.", rule: `Write ${TYPES}.` }),
    description: text("What it means; people and models read it."),
  }),
]);
export type AuthoredFilter = z.infer<typeof filterSchema>;

const sqlMap = (description: string) =>
  z
    .union([z.array(z.string().min(1)).min(1), z.record(columnName, z.string().min(1))])
    .optional()
    .meta({ description, rule: "Write a list, or a mapping of names and SQL." });

const parameterSchema = z.union([
  type,
  z.strictObject({
    type: type.optional().meta({ description: "What it holds.", rule: `Write ${TYPES}.`, default: "string" }),
    description: text("What it means; people and models read it."),
    default: z.json().optional().meta({
      description: "The value when none is given; without it a call needs one.",
      rule: "Write a value.",
    }),
    enum: z.array(z.json()).min(1).optional().meta({
      description: "The only values there are.",
      rule: "Write a list of values.",
    }),
  }),
]);
export type AuthoredParameter = z.infer<typeof parameterSchema>;

const statementSchema = z.strictObject({
  title: text("The name people see."),
  description: text("What it answers; people and models read it."),
  sql: z
    .string()
    .min(1)
    .max(queryLimits.query_statement_characters.value)
    .meta({
      description: "One SELECT over the columns of the table, with :name for each parameter.",
      rule: `Write one SELECT of at most ${queryLimits.query_statement_characters.value} characters.`,
    }),
  parameters: z.record(columnName, parameterSchema).optional().meta({
    description: "What a call takes, by name.",
    rule: "Write a mapping of names and types.",
    default: {},
  }),
  returns: z.record(columnName, type).optional().meta({
    description: "Columns of the answer and their types, in their order.",
    rule: "Write a mapping of names and types.",
  }),
});

export const standardActions = ["search", "filter", "stats", "get"] as const;
export type StandardAction = (typeof standardActions)[number];

const authoredQuerySchema = z.strictObject({
  source: sourceSchema.meta({
    description: "Where the data is: exactly one of file, upload, context, store and url.",
    rule: "Write e.g. file: data/sales.csv.",
  }),
  table: columnName.optional().meta({
    description: "What the table is called; of a SQLite file and a store: which one is asked.",
    rule: NAME_RULE,
    default: "records",
  }),
  columns: z
    .record(columnName, columnSchema)
    .refine((map) => Object.keys(map).length > 0)
    .meta({
      description: "What can be seen of the table, by name, each with its type.",
      rule: `Write a mapping of columns and types: ${TYPES}.`,
    }),
  tables: z
    .record(columnName, z.array(columnName).min(1).max(queryLimits.query_columns.value))
    .optional()
    .meta({
      description:
        "Other tables of the same SQLite file that statements may join, each with the columns they may read.",
      rule: "Write a mapping of tables and lists of columns.",
      default: {},
    }),
  actions: z
    .array(z.enum(standardActions))
    .optional()
    .meta({
      description: "Which of the four there are; those for which there is what they need, when left out.",
      rule: `Write a list of ${standardActions.join(", ")}.`,
    }),
  id_column: columnName.optional().meta({
    description: "By what get finds a record.",
    rule: "Write a column.",
    default: "id",
  }),
  result_columns: names("What search and filter give; all but full_text_column when left out."),
  full_text_column: columnName.optional().meta({
    description: "A long text that get alone gives.",
    rule: "Write a column.",
  }),
  fts_fields: names("Columns in which search looks."),
  fts_table: columnName.optional().meta({
    description:
      "An FTS5 table of the SQLite file, over the same rows; without it each text is looked through.",
    rule: "Write the name of a table.",
  }),
  filter_fields: z.record(columnName, filterSchema).optional().meta({
    description:
      "What filter and stats can be narrowed by: an input, and a column, or a condition such as amount >= ?.",
    rule: "Write a mapping of inputs and columns.",
    default: {},
  }),
  default_order_by: text("The order of filter's rows where none is asked for, e.g. sold_on DESC."),
  stats_groups: sqlMap("By what stats can group: columns, or names and SQL over columns."),
  stats_aggregates: sqlMap("What stats computes, e.g. SUM(amount) AS total."),
  statements: z.record(actionNameSchema, statementSchema).optional().meta({
    description: "Actions of its own, by name, each a statement with parameters.",
    rule: "Write a mapping of names, each with sql and parameters.",
    default: {},
  }),
  max_rows: z
    .int()
    .min(1)
    .max(queryLimits.query_rows.value)
    .optional()
    .meta({
      description: "Most rows of one answer.",
      rule: `Write a whole number from 1 to ${queryLimits.query_rows.value}.`,
      default: 1000,
    }),
  timeout_seconds: z
    .int()
    .min(1)
    .max(queryLimits.query_seconds.value)
    .optional()
    .meta({
      description: "How long a query may take, loading its data included.",
      rule: `Write whole seconds from 1 to ${queryLimits.query_seconds.value}.`,
      default: 30,
    }),
});
export type AuthoredQuery = z.infer<typeof authoredQuerySchema>;

/** The key of worker.yml for query workers. */
export const queryKeys = {
  query: authoredQuerySchema.optional().meta({
    description: "What a query worker (exec.mode query) asks, and how: nothing of it can change the data.",
    rule: "Write source, columns and what its actions need.",
  }),
};
