import { AppError } from "../app-error.ts";

/** A piece of a statement. `name` and `text` are as SQLite reads them, without their quotes. */
export interface SqlToken {
  kind: "word" | "name" | "text" | "number" | "parameter" | "symbol";
  text: string;
  /** Where it begins and ends in the statement. */
  from: number;
  to: number;
}

/** What is wrong with a statement, said to whoever wrote it. */
export function refuseSql(detail: string, cause?: unknown): AppError {
  return new AppError("sql_refused", `The statement was not carried out: ${detail}.`, { cause });
}

const WORD = /[A-Za-z_\u0080-\uffff][\w$\u0080-\uffff]*/y;
const NUMBER = /(?:\d|\.\d)(?:[\w.]|(?<=[eE])[+-])*/y;
const NAMED = /:[A-Za-z_]\w*/y;
const SPACE = /[ \t\r\n\f]+/y;
const LINE_COMMENT = /--[^\n]*/y;
const QUOTES: Readonly<Record<string, string>> = { '"': '"', "`": "`", "'": "'", "[": "]" };
const SYMBOL = /[(),;.+\-*/%<>=!|&~]/;

function matchAt(pattern: RegExp, sql: string, at: number): string | null {
  pattern.lastIndex = at;
  return pattern.exec(sql)?.[0] ?? null;
}

/** Where something in quotes ends, behind the closing one; a doubled one is part of it, but for brackets. */
function endOfQuoted(sql: string, from: number, close: string): number {
  for (let at = from + 1; at < sql.length; at++) {
    if (sql[at] !== close) continue;
    if (close === "]" || sql[at + 1] !== close) return at + 1;
    at++;
  }
  throw refuseSql("a quote is not closed");
}

function readQuoted(sql: string, from: number, open: string): SqlToken {
  const close = QUOTES[open] ?? open;
  const to = endOfQuoted(sql, from, close);
  const inner = sql.slice(from + 1, to - 1);
  const text = close === "]" ? inner : inner.replaceAll(close + close, close);
  return { kind: open === "'" ? "text" : "name", text, from, to };
}

function skipBlank(sql: string, at: number): number {
  const blank = matchAt(SPACE, sql, at) ?? matchAt(LINE_COMMENT, sql, at);
  if (blank !== null) return at + blank.length;
  if (!sql.startsWith("/*", at)) return at;
  const end = sql.indexOf("*/", at + 2);
  if (end < 0) throw refuseSql("a comment is not closed");
  return end + 2;
}

function readParameter(sql: string, at: number, isNamed: boolean): SqlToken | null {
  const name = isNamed ? matchAt(NAMED, sql, at) : null;
  if (name !== null) return { kind: "parameter", text: name.slice(1), from: at, to: at + name.length };
  if (isNamed || sql[at] !== "?") return null;
  if (/\d/.test(sql[at + 1] ?? "")) throw refuseSql("parameters are written as ? without a number");
  return { kind: "parameter", text: "?", from: at, to: at + 1 };
}

function readToken(sql: string, at: number, isNamed: boolean): SqlToken {
  const first = sql[at] ?? "";
  if (first in QUOTES) return readQuoted(sql, at, first);
  const word = matchAt(WORD, sql, at);
  if (word !== null) {
    const to = at + word.length;
    // A literal of bytes.
    if (/^x$/i.test(word) && sql[to] === "'") return { ...readQuoted(sql, to, "'"), from: at };
    return { kind: "word", text: word, from: at, to };
  }
  const number = matchAt(NUMBER, sql, at);
  if (number !== null) return { kind: "number", text: number, from: at, to: at + number.length };
  const parameter = readParameter(sql, at, isNamed);
  if (parameter !== null) return parameter;
  if (SYMBOL.test(first)) return { kind: "symbol", text: first, from: at, to: at + 1 };
  throw refuseSql(
    `${JSON.stringify(first)} at character ${at + 1} is not taken; parameters are written as ${isNamed ? ":name" : "?"}`,
  );
}

/**
 * Takes a statement apart as SQLite does, as far as names, texts, comments and parameters are concerned. Throws
 * `sql_refused` for what it does not know: what is not understood here is not handed on. Parameters are `?`, or with `named`
 * `:name`, whose token has the name alone. Pure.
 */
export function scanSql(sql: string, { named = false } = {}): SqlToken[] {
  const tokens: SqlToken[] = [];
  let at = 0;
  while (at < sql.length) {
    const next = skipBlank(sql, at);
    if (next > at) {
      at = next;
      continue;
    }
    const token = readToken(sql, at, named);
    tokens.push(token);
    at = token.to;
  }
  return tokens;
}
