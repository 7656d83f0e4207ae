import type { ActionDefinition, JsonSchema } from "#contract/actions/action";
import type { Json } from "#contract/json";
import type { AuthoredManifest } from "#contract/manifest/keys";
import type { AuthoredParameter, AuthoredQuery } from "#contract/queries/query-keys";
import type { ColumnType, NamedSql, QueryAction, StoredQuery } from "#contract/queries/query";
import { beginSentence } from "#contract/words";
import { conditionsOf, resultColumns } from "./build-query.ts";
import { readColumns } from "./read-parts.ts";
import type { TypedCondition } from "./read-parts.ts";

const DIALECT = "https://json-schema.org/draft/2020-12/schema";
const USUAL_ROWS = 20;
const MOST_OF_LIST = 100;
const LONGEST_SEARCH = 200;
/** JSON's numbers are exact so far. */
const EXACT = 2 ** 53 - 1;

const shapes: Readonly<Record<ColumnType, JsonSchema>> = {
  string: { type: "string" },
  integer: { type: "integer" },
  number: { type: "number" },
  boolean: { type: "boolean" },
  date: { type: "string", format: "date" },
  datetime: { type: "string", format: "date-time" },
  json: { type: ["string", "number", "boolean"] },
  any: { type: ["string", "number", "boolean"] },
};

/** A value of a column, which may have none. */
function cell(type: ColumnType): JsonSchema {
  if (type === "any" || type === "json") return {};
  const plain = type === "date" || type === "datetime" ? "string" : type;
  return { type: [plain, "null"] };
}

const object = (properties: Record<string, JsonSchema>, required: readonly string[]): JsonSchema => ({
  $schema: DIALECT,
  type: "object",
  properties,
  ...(required.length > 0 && { required: [...required] }),
  additionalProperties: false,
});

interface Parts {
  authored: AuthoredQuery;
  query: StoredQuery;
}

/** The actions of a query worker with their schemas: each a form, an endpoint and a tool that only reads. Pure. */
export function actionsOfQuery(
  { query: authored }: AuthoredManifest,
  query: StoredQuery,
): ActionDefinition[] {
  if (authored === undefined) return [];
  return query.actions.map((action) => describe(action, { authored, query }));
}

function describe(action: QueryAction, parts: Parts): ActionDefinition {
  const { table } = parts.query;
  const { name } = action;
  const inputs = withUpload(inputsOf(action, parts), parts.query);
  const outputs = outputsOf(action, parts);
  if (action.kind === "statement") {
    const said = parts.authored.statements?.[name];
    const title = said?.title ?? beginSentence(name.replaceAll(/[-_]+/g, " "));
    return { name, title, description: said?.description ?? title, ...inputs, ...outputs };
  }
  const told = {
    search: {
      title: `Search ${table}`,
      description: `Full-text search across ${table}: all words have to be there.`,
    },
    filter: {
      title: `Filter ${table}`,
      description: `Filter ${table} by attributes; what is given has to hold at once.`,
    },
    stats: { title: `Count ${table}`, description: `Aggregate statistics for ${table}.` },
    get: { title: `Get one of ${table}`, description: `Get a single record from ${table} by ID.` },
  };
  return { name, ...told[action.kind], ...inputs, ...outputs };
}

type Inputs = Pick<ActionDefinition, "input_schema">;
type Outputs = Pick<ActionDefinition, "output_schema">;

function inputsOf(action: QueryAction, { authored, query }: Parts): Inputs {
  const limit: JsonSchema = {
    type: "integer",
    description: "Most rows to give.",
    minimum: 1,
    maximum: query.max_rows,
    default: Math.min(USUAL_ROWS, query.max_rows),
  };
  if (action.kind === "search") {
    const words = {
      type: "string",
      maxLength: LONGEST_SEARCH,
      description: `Words to look for in ${action.fields.join(", ")}.`,
    };
    return { input_schema: object({ query: words, limit }, ["query"]) };
  }
  if (action.kind === "filter") {
    const sorted = action.columns.flatMap((name) => [name, `-${name}`]);
    const order_by = {
      enum: sorted,
      description: "The column to sort by; with - before it from the largest.",
    };
    const offset = {
      type: "integer",
      minimum: 0,
      maximum: EXACT,
      default: 0,
      description: "Rows to leave out before.",
    };
    return { input_schema: object({ ...conditionInputs(authored), order_by, limit, offset }, []) };
  }
  if (action.kind === "stats") return { input_schema: statsInputs(action.groups, authored, limit) };
  if (action.kind === "get") {
    const column = readColumns(authored).find(({ name }) => name === action.id);
    const schema = {
      ...shapes[column?.type ?? "string"],
      description: column?.description ?? "Which record.",
    };
    return { input_schema: object({ [action.id]: schema }, [action.id]) };
  }
  return { input_schema: parameterInputs(authored.statements?.[action.name]?.parameters ?? {}) };
}

function statsInputs(groups: readonly NamedSql[], authored: AuthoredQuery, limit: JsonSchema): JsonSchema {
  const narrowed = { ...conditionInputs(authored), limit };
  const names = groups.map(({ name }) => name);
  const [first] = names;
  if (first === undefined) return object(narrowed, []);
  const group_by = {
    enum: names,
    default: first,
    description: `By what to group: ${names.toSorted().join(", ")}.`,
  };
  const chart = { type: "boolean", default: false, description: "Whether the groups are drawn, too." };
  return object({ group_by, ...narrowed, chart }, []);
}

function conditionInputs(authored: AuthoredQuery): Record<string, JsonSchema> {
  return Object.fromEntries(conditionsOf(authored).map((one) => [one.key, conditionInput(one, authored)]));
}

function conditionInput(
  { key, type, bind, description }: TypedCondition,
  authored: AuthoredQuery,
): JsonSchema {
  const said = authored.filter_fields?.[key];
  const column = typeof said === "string" ? said.trim() : (said?.column ?? key);
  const help = description ?? readColumns(authored).find(({ name }) => name === column)?.description;
  const one = { ...shapes[type], ...(type === "string" && { maxLength: LONGEST_SEARCH }) };
  const shape = bind === "list" ? { type: "array", items: one, minItems: 1, maxItems: MOST_OF_LIST } : one;
  return { ...shape, ...(help !== undefined && { description: help }) };
}

function parameterInputs(parameters: Readonly<Record<string, AuthoredParameter>>): JsonSchema {
  const entries = Object.entries(parameters);
  const required = entries.filter(([, said]) => typeof said === "string" || said.default === undefined);
  return object(
    Object.fromEntries(entries.map(([name, said]) => [name, parameterInput(said)])),
    required.map(([name]) => name),
  );
}

function parameterInput(said: AuthoredParameter): JsonSchema {
  if (typeof said === "string") return shapes[said];
  const { type = "string", description, default: value, enum: choices } = said;
  return {
    ...shapes[type],
    ...(description !== undefined && { description }),
    ...(value !== undefined && { default: value }),
    ...(choices !== undefined && { enum: choices }),
  };
}

const ACCEPTED = [".csv", ".tsv", ".tab", ".json", ".ndjson", ".jsonl", ".sqlite", ".db"];

/** Where each call brings the data along, it is one of its inputs. */
function withUpload({ input_schema: schema }: Inputs, { source }: StoredQuery): Inputs {
  if (source.kind !== "upload") return { input_schema: schema };
  const accept = source.format === null ? ACCEPTED : [`.${source.format}`];
  const file = { type: "string", format: "floom-file", title: "Data", "x-floom-accept": accept };
  const { properties, required } = schema;
  const others: Record<string, Json> =
    typeof properties === "object" && !Array.isArray(properties) ? { ...properties } : {};
  const names: Json[] = Array.isArray(required) ? required : [];
  return { input_schema: { ...schema, properties: { file, ...others }, required: ["file", ...names] } };
}

function outputsOf(action: QueryAction, { authored, query }: Parts): Outputs {
  const rowOf = (
    columns: readonly { name: string; type: ColumnType; description?: string }[],
  ): JsonSchema => ({
    type: "object",
    properties: Object.fromEntries(
      columns.map(({ name, type, description }) => [
        name,
        { ...cell(type), ...(description !== undefined && { description }) },
      ]),
    ),
    required: columns.map(({ name }) => name),
  });
  const known = readColumns(authored);
  const picked = (names: readonly string[]) => known.filter(({ name }) => names.includes(name));
  if (action.kind === "get")
    return { output_schema: object({ document: rowOf(picked(action.columns)) }, ["document"]) };
  const results = (items: JsonSchema) => ({
    type: "array",
    items,
    maxItems: query.max_rows,
    "x-floom-widget": "table",
  });
  const truncated = { type: "boolean", description: "Whether there were more rows than may be given." };
  if (action.kind === "statement") {
    const items = action.returns === null ? { type: "object" } : rowOf(action.returns);
    return { output_schema: object({ results: results(items), truncated }, ["results", "truncated"]) };
  }
  const total = {
    type: "integer",
    description: action.kind === "stats" ? "Groups in all." : "Rows in all that fit.",
  };
  const score = { name: "score", type: "number" as const, description: "How well it fits; more is better." };
  const items =
    action.kind === "stats"
      ? { type: "object" }
      : rowOf([...picked(resultColumns(authored)), ...(action.kind === "search" ? [score] : [])]);
  const told = { results: results(items), total, truncated };
  const isDrawn = action.kind === "stats" && action.groups.length > 0;
  const chart = { type: ["object", "null"], "x-floom-widget": "chart" };
  return { output_schema: object({ ...told, ...(isDrawn && { chart }) }, Object.keys(told)) };
}
