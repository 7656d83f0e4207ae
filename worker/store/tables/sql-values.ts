import type { SqlValue } from "#contract/store/store";
import { fromBase64, toBase64 } from "../../platform/bytes.ts";
import { refuseSql } from "../../platform/sql/scan-sql.ts";
import type { SqlToken } from "../../platform/sql/scan-sql.ts";

/** A statement as it is handed to SQLite, with what is bound to it. */
export interface BoundSql {
  sql: string;
  values: SqlStorageValue[];
}

interface Bound {
  value: SqlStorageValue;
  /** A number that JavaScript binds is a double to SQLite: a whole one goes as its digits, and is one again there. */
  isInteger: boolean;
}

function bindValue(value: SqlValue): Bound {
  if (value === null || typeof value === "string") return { value, isInteger: false };
  if (typeof value === "boolean") return { value: value ? "1" : "0", isInteger: true };
  if (typeof value === "number") {
    return Number.isSafeInteger(value)
      ? { value: String(value), isInteger: true }
      : { value, isInteger: false };
  }
  if ("integer" in value) return { value: value.integer, isInteger: true };
  const bytes = fromBase64(value.bytes);
  if (bytes === null) throw refuseSql("a parameter's bytes are no base64");
  return { value: bytes.buffer, isInteger: false };
}

/** Binds parameters to the `?` of a statement. Throws `sql_refused` when there are more or fewer of them. Pure. */
export function bindSql(
  { sql, tokens }: { sql: string; tokens: readonly SqlToken[] },
  params: readonly SqlValue[],
): BoundSql {
  const marks = tokens.filter(({ kind }) => kind === "parameter");
  if (marks.length !== params.length)
    throw refuseSql(`it has ${marks.length} of ? and was given ${params.length} parameters`);
  const bound = params.map(bindValue);
  let text = "";
  let at = 0;
  for (const [index, { from, to }] of marks.entries()) {
    text += sql.slice(at, from) + (bound[index]?.isInteger ? "CAST(? AS INTEGER)" : "?");
    at = to;
  }
  return { sql: text + sql.slice(at), values: bound.map(({ value }) => value) };
}

/** Whether JavaScript may have changed a number on its way out of SQLite. */
export function isInexact(cell: SqlStorageValue): boolean {
  return typeof cell === "number" && Number.isInteger(cell) && !Number.isSafeInteger(cell);
}

/** A cell as it is answered. Throws `sql_refused` for what JSON cannot say. Pure. */
export function toSqlValue(cell: SqlStorageValue): SqlValue {
  if (cell instanceof ArrayBuffer) return { bytes: toBase64(new Uint8Array(cell)) };
  if (typeof cell === "number" && !Number.isFinite(cell))
    throw refuseSql("an endless number is among the answers, which JSON cannot say");
  return cell;
}
