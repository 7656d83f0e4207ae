import { formatLimit, limits } from "#contract/limits";
import { OWN_PREFIX } from "../own-tables.ts";
import { refuseSql, scanSql } from "../../platform/sql/scan-sql.ts";
import type { SqlToken } from "../../platform/sql/scan-sql.ts";

/** Names that begin so are the store's own, SQLite's or the runtime's. */
const RESERVED = [OWN_PREFIX, "sqlite_", "_cf_", "pragma_"];

/** What makes rows of nothing, whose cost cannot be told from the tables, or reaches beyond them. */
const REFUSED_NAMES = new Set([
  "json_each",
  "json_tree",
  "jsonb_each",
  "jsonb_tree",
  "generate_series",
  "fts5vocab",
  "dbstat",
  "load_extension",
  "fts3_tokenizer",
]);

/** How a statement may begin: its first words, as SQLite knows them. */
const BEGINNINGS: readonly (readonly string[])[] = [
  ["SELECT"],
  ["VALUES"],
  ["INSERT"],
  ["REPLACE"],
  ["UPDATE"],
  ["DELETE"],
  ["CREATE", "TABLE"],
  ["CREATE", "INDEX"],
  ["CREATE", "UNIQUE", "INDEX"],
  ["DROP", "TABLE"],
  ["DROP", "INDEX"],
  ["ALTER", "TABLE"],
];

const ALLOWED = BEGINNINGS.map((words) => words.join(" ")).join(", ");

/** A statement that may be handed to SQLite. */
export interface JudgedSql {
  sql: string;
  tokens: readonly SqlToken[];
  reads: boolean;
}

const isWord = (token: SqlToken | undefined, word: string) =>
  token?.kind === "word" && token.text.toUpperCase() === word;
const isSymbol = (token: SqlToken | undefined, symbol: string) =>
  token?.kind === "symbol" && token.text === symbol;
/** SQLite takes a text in quotes for a name where it needs one. */
const isName = ({ kind }: SqlToken) => kind === "word" || kind === "name" || kind === "text";

/**
 * A statement as it may be carried out: one, of a kind that is known, that names nothing but people's own tables. There is
 * no authorizer to be set in this runtime, so it is judged by its words, and what is not known is refused. Throws
 * `sql_refused`. Pure.
 */
export function judgeSql(text: string): JudgedSql {
  if (new TextEncoder().encode(text).byteLength > limits.sql_statement_bytes.value)
    throw refuseSql(`it is longer than ${formatLimit("sql_statement_bytes")}`);
  const all = scanSql(text);
  const last = all.findLastIndex((token) => !isSymbol(token, ";"));
  const tokens = all.slice(0, last + 1);
  if (tokens.length === 0) throw refuseSql("it is empty");
  if (tokens.some((token) => isSymbol(token, ";"))) throw refuseSql("there may be only one at a time");
  if (!BEGINNINGS.some((words) => words.every((word, index) => isWord(tokens[index], word))))
    throw refuseSql(`it may begin with ${ALLOWED}`);
  for (const [index, token] of tokens.entries()) judgeToken(tokens, index, token);
  const sql = text.slice(0, tokens.at(-1)?.to);
  return { sql, tokens, reads: isWord(tokens[0], "SELECT") || isWord(tokens[0], "VALUES") };
}

function judgeToken(tokens: readonly SqlToken[], index: number, token: SqlToken): void {
  if (!isName(token)) return;
  const name = token.text.trim().toLowerCase();
  if (RESERVED.some((prefix) => name.startsWith(prefix)))
    throw refuseSql(`${JSON.stringify(token.text)} is not yours to name; bind texts as parameters`);
  if (token.kind !== "text" && REFUSED_NAMES.has(name)) throw refuseSql(`${name} is not available here`);
  if (token.kind === "text" && REFUSED_NAMES.has(name) && !isValue(tokens, index))
    throw refuseSql(`${name} is not available here`);
  // Reserved in SQLite: nobody has a column of this name without quotes.
  if (isWord(token, "WITH")) throw refuseSql("WITH is not available here; write a subquery");
  if (isWord(token, "TEMP") && isSymbol(tokens[index + 1], ".")) throw refuseSql("there is no schema temp");
  if (isWord(token, "ROLLBACK") && isWord(tokens[index - 1], "OR"))
    throw refuseSql("OR ROLLBACK is not available here; write OR ABORT");
}

/** Whether a text stands where only a value can: behind an operator, or in a list of values. */
function isValue(tokens: readonly SqlToken[], index: number): boolean {
  const before = tokens[index - 1];
  return before?.kind === "symbol" && /[=<>(|]/.test(before.text) && !isSymbol(tokens[index + 1], "(");
}

/**
 * How many rows a statement may have to look at when every table that it names is multiplied with every other, which is
 * what the worst plan does. `rowsOf` tells how many a table has, undefined for a name that is none. Pure.
 */
export function countVisits(
  tokens: readonly SqlToken[],
  rowsOf: (name: string) => number | undefined,
): number {
  const named = tokens.filter((token, index) => isSource(tokens, index, token));
  const rows = named.map(({ text }) => rowsOf(text.toLowerCase()) ?? 1);
  const selects = tokens.filter((token) => isWord(token, "SELECT")).length;
  const inside = tokens.filter(
    (token, index) =>
      isSymbol(token, "(") && (isWord(tokens[index + 1], "SELECT") || isWord(tokens[index + 1], "VALUES")),
  );
  const lists = tokens.some((token, index) => isWord(token, "VALUES") && isSymbol(tokens[index - 1], "("));
  const made = selects + (lists ? tokens.filter((token) => isSymbol(token, "(")).length : 0);
  return [...rows, ...inside.map(() => Math.max(1, made))].reduce((all, one) => all * Math.max(1, one), 1);
}

/** A name that may be a table's which is read: no column of one, and not the one that an INSERT fills. */
function isSource(tokens: readonly SqlToken[], index: number, token: SqlToken): boolean {
  if (!isName(token) || isSymbol(tokens[index + 1], ".")) return false;
  return !isWord(tokens[index - 1], "INTO");
}
