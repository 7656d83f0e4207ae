import type { AuthoredFilter, AuthoredQuery, filterOperators } from "#contract/queries/query-keys";
import { columnNamePattern } from "#contract/queries/query";
import type { ColumnType, NamedSql, QueryColumn, QueryCondition } from "#contract/queries/query";
import { judgeFragment } from "./judge-sql.ts";

/** A part that was read, or what is wrong with it. */
export type Part<T> = { ok: true; value: T } | { ok: false; message: string };

/** The declared columns with their types, in their order. Pure. */
export function readColumns({ columns }: AuthoredQuery): (QueryColumn & { description?: string })[] {
  return Object.entries(columns).map(([name, said]) => {
    if (typeof said === "string") return { name, type: said, from: name };
    const { type = "string", description, from = name } = said;
    return { name, type, from, ...(description === undefined ? {} : { description }) };
  });
}

/** A condition, with the type of what a caller gives for it. */
export interface TypedCondition extends QueryCondition {
  type: ColumnType;
  description?: string;
}

const COMPARISON = /^\s*"?([A-Za-z_]\w*)"?\s*(=|==|<>|!=|>=|<=|>|<)\s*\?\s*$/;
const operators = {
  equals: "=",
  not: "<>",
  more: ">",
  at_least: ">=",
  less: "<",
  at_most: "<=",
} as const;

/**
 * What an item of filter_fields stands for: a column, a condition such as `amount >= ?`, or both written out. What is given
 * has the column's type; where there is none, that which the older format took it for by its text. Pure.
 */
export function readCondition(
  key: string,
  said: AuthoredFilter,
  columns: readonly QueryColumn[],
): Part<TypedCondition> {
  const written = typeof said === "string" ? { sql: said } : said;
  const described = written.description === undefined ? {} : { description: written.description };
  const isColumn = written.sql === undefined || columnNamePattern.test(written.sql.trim());
  const read = isColumn ? readComparison(key, written, columns) : readSql(key, written, columns);
  return read.ok ? { ok: true, value: { key, ...read.value, ...described } } : read;
}

type Written = Exclude<AuthoredFilter, string>;
type Condition = Pick<TypedCondition, "sql" | "bind" | "marks" | "type">;

function readSql(
  key: string,
  { sql = "", column, op, type }: Written,
  columns: readonly QueryColumn[],
): Part<Condition> {
  if (column !== undefined || op !== undefined)
    return { ok: false, message: "sql stands in place of column and op" };
  const names = columns.map(({ name }) => name);
  const judged = judgeFragment(sql, names);
  if (!judged.ok) return judged;
  const { marks } = judged.value;
  if (marks === 0) return { ok: false, message: "it has no ? for what is given" };
  const compared = columns.find(({ name }) => name === COMPARISON.exec(sql)?.[1]);
  const given = type ?? typeOf(compared) ?? guessType(key, sql);
  return { ok: true, value: { sql: `(${sql})`, bind: "value", marks, type: given } };
}

function readComparison(
  key: string,
  { sql, column, op = "equals" }: Written,
  columns: readonly QueryColumn[],
): Part<Condition> {
  const name = column ?? sql?.trim() ?? key;
  const found = columns.find((one) => one.name === name);
  if (found === undefined) return { ok: false, message: `${name} is no declared column` };
  return { ok: true, value: { ...conditionOf(op, found), type: typeByOp(op, found, key) } };
}

type Operator = (typeof filterOperators)[number];

function conditionOf(op: Operator, { name }: QueryColumn): Pick<QueryCondition, "sql" | "bind" | "marks"> {
  const quoted = `"${name}"`;
  if (op === "contains" || op === "starts_with")
    return { sql: `${quoted} LIKE ? ESCAPE '\\'`, bind: op, marks: 1 };
  if (op === "in") return { sql: `${quoted} IN (?)`, bind: "list", marks: 1 };
  if (op === "is_set") return { sql: `(${quoted} IS NOT NULL) = ?`, bind: "value", marks: 1 };
  return { sql: `${quoted} ${operators[op]} ?`, bind: "value", marks: 1 };
}

function typeByOp(op: Operator, column: QueryColumn, key: string): ColumnType {
  if (op === "is_set") return "boolean";
  if (op === "contains" || op === "starts_with") return "string";
  return typeOf(column) ?? guessType(key, "");
}

/** A type that what is given can have: of what may be anything nothing is known. */
function typeOf(column: QueryColumn | undefined): ColumnType | undefined {
  return column === undefined || column.type === "any" || column.type === "json" ? undefined : column.type;
}

/** What the older format took an input for. */
function guessType(key: string, sql: string): ColumnType {
  if (/boolean/i.test(sql) || key.startsWith("has_")) return "boolean";
  return /[<>]=/.test(sql) ? "integer" : "string";
}

const NAMED = /^([\s\S]*\S)\s+AS\s+"?([A-Za-z_]\w{0,63})"?\s*$/i;

/** Names and SQL of stats: a list of columns or of `SQL AS name`, or a mapping. Pure. */
export function readNamed(
  written: AuthoredQuery["stats_groups"],
  columns: readonly QueryColumn[],
): { name: string; part: Part<NamedSql> }[] {
  const pairs = Array.isArray(written)
    ? written.map((text, index) => {
        const found = NAMED.exec(text);
        const name = found?.[2] ?? (columnNamePattern.test(text.trim()) ? text.trim() : `value_${index + 1}`);
        return [name, found?.[1] ?? text] as const;
      })
    : Object.entries(written ?? {});
  const known = columns.map(({ name }) => name);
  return pairs.map(([name, sql]) => {
    const judged = judgeFragment(sql, known);
    if (!judged.ok) return { name, part: judged };
    if (judged.value.marks > 0) return { name, part: { ok: false, message: "it cannot hold a ?" } };
    return { name, part: { ok: true, value: { name, sql } } };
  });
}

/** Those of the parts that could be read. Pure. */
export function goodParts<T>(parts: readonly Part<T>[]): T[] {
  return parts.flatMap((part) => (part.ok ? [part.value] : []));
}
