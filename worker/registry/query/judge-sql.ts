import { columnNamePattern } from "#contract/queries/query";
import { queryFunctions } from "#contract/queries/sql-functions";
import { attemptNow } from "../../platform/attempt.ts";
import { scanSql } from "../../platform/sql/scan-sql.ts";
import type { SqlToken } from "../../platform/sql/scan-sql.ts";
import { didYouMean } from "../suggest.ts";

/** Words of SQL that a condition, an order or an aggregate may hold. */
const FRAGMENT_WORDS = new Set(
  (
    "and or not is null in between like glob escape case when then else end cast as distinct collate nocase " +
    "binary rtrim asc desc nulls first last true false integer int text real numeric boolean filter where"
  ).split(" "),
);

/** Words that a bracket may follow though they call nothing. */
const BEFORE_BRACKET = new Set(
  (
    "and or not in as between case when then else select from where having on by limit offset values union all except " +
    "intersect join exists distinct over filter with order partition like glob is using materialized"
  ).split(" "),
);

/** What nothing of a query has a use for. The sandbox refuses all of it again, whatever it is called. */
const NEVER = new Set(
  (
    "recursive attach detach pragma vacuum reindex analyze insert update delete drop create alter replace_into begin commit " +
    "rollback savepoint release trigger explain returning match regexp"
  ).split(" "),
);

type Judged<T> = { ok: true; value: T } | { ok: false; message: string };

function scan(sql: string, named: boolean): Judged<SqlToken[]> {
  const scanned = attemptNow(() => scanSql(sql, { named }));
  return scanned.ok
    ? { ok: true, value: scanned.value }
    : { ok: false, message: scanned.refusal.message.replace(/^The statement was not carried out: /, "") };
}

const isOpening = (token: SqlToken | undefined) => token?.kind === "symbol" && token.text === "(";

/** How deep brackets are open at the end; null where one closes that was not opened. */
function bracketsLeft(tokens: readonly SqlToken[]): number | null {
  let depth = 0;
  for (const { kind, text } of tokens) {
    if (kind !== "symbol") continue;
    if (text === "(") depth++;
    if (text === ")" && --depth < 0) return null;
  }
  return depth;
}

/**
 * A piece of a statement over the columns of one table: nothing in it but columns, known functions, values and a few words, so
 * that it cannot become another statement wherever it is put. Gives how many `?` it holds. Pure.
 */
export function judgeFragment(sql: string, columns: readonly string[]): Judged<{ marks: number }> {
  const scanned = scan(sql, false);
  if (!scanned.ok) return scanned;
  const tokens = scanned.value;
  if (tokens.length === 0) return { ok: false, message: "it is empty" };
  if (bracketsLeft(tokens) !== 0) return { ok: false, message: "its brackets do not match" };
  for (const [index, token] of tokens.entries()) {
    const why = whyNotInFragment(token, isOpening(tokens[index + 1]), columns);
    if (why !== null) return { ok: false, message: why };
  }
  return { ok: true, value: { marks: tokens.filter(({ kind }) => kind === "parameter").length } };
}

function whyNotInFragment(
  { kind, text }: SqlToken,
  isCall: boolean,
  columns: readonly string[],
): string | null {
  if (kind === "symbol") return text === ";" || text === "." ? `${text} has no place in it` : null;
  if (kind !== "word" && kind !== "name") return null;
  const word = text.toLowerCase();
  const isColumn = columns.some((column) => column.toLowerCase() === word);
  if (isColumn && !isCall) return null;
  if (kind === "word" && isCall && (queryFunctions.includes(word) || BEFORE_BRACKET.has(word))) return null;
  if (kind === "word" && !isCall && FRAGMENT_WORDS.has(word)) return null;
  return isCall
    ? `the function ${text} is not available${didYouMean(text, queryFunctions)}`
    : `${text} is no declared column${didYouMean(text, columns)}`;
}

/** Why a statement cannot be one of a query worker; null where it can, as far as its words tell. Pure. */
export function whyNoStatement(sql: string, parameters: readonly string[]): string | null {
  const scanned = scan(sql, true);
  if (!scanned.ok) return scanned.message.replace(/\.$/, "");
  const last = scanned.value.findLastIndex(({ kind, text }) => kind !== "symbol" || text !== ";");
  const tokens = scanned.value.slice(0, last + 1);
  if (tokens.length === 0) return "it is empty";
  if (tokens.some(({ kind, text }) => kind === "symbol" && text === ";"))
    return "there may be only one at a time";
  const [first] = tokens;
  if (first?.kind !== "word" || !["select", "with", "values"].includes(first.text.toLowerCase()))
    return "it may begin with SELECT or WITH";
  if (bracketsLeft(tokens) !== 0) return "its brackets do not match";
  for (const [index, token] of tokens.entries()) {
    const why = whyNotInStatement(token, isOpening(tokens[index + 1]));
    if (why !== null) return why;
  }
  return whyWrongParameters(tokens, parameters);
}

function whyNotInStatement({ kind, text }: SqlToken, isCall: boolean): string | null {
  if (kind !== "word" && kind !== "name") return null;
  const word = text.toLowerCase();
  if (kind === "word" && NEVER.has(word)) return `a query has no use for ${text.toUpperCase()}`;
  if (/^(?:sqlite_|pragma_)/.test(word)) return `${text} is not among what a worker declares`;
  // A name before a bracket may also be that of a common table with its columns: the sandbox tells them apart.
  const isFunction = isCall && kind === "word" && columnNamePattern.test(text);
  if (!isFunction || BEFORE_BRACKET.has(word) || queryFunctions.includes(word)) return null;
  return REFUSED_CALLS.has(word) ? `the function ${text} is not available` : null;
}

/** Known functions that are not available; other names may be those of common tables. */
const REFUSED_CALLS = new Set(
  (
    "load_extension randomblob zeroblob printf format hex unhex char quote random json_each json_tree generate_series " +
    "fts5vocab dbstat readfile writefile edit fts3_tokenizer sqlite_version changes total_changes last_insert_rowid likelihood " +
    "json_group_array json_group_object regexp unicode soundex"
  ).split(" "),
);

function whyWrongParameters(tokens: readonly SqlToken[], parameters: readonly string[]): string | null {
  const used = new Set(tokens.flatMap(({ kind, text }) => (kind === "parameter" ? [text] : [])));
  const unknown = [...used].find((name) => !parameters.includes(name));
  if (unknown !== undefined) return `:${unknown} is not among parameters${didYouMean(unknown, parameters)}`;
  const unused = parameters.find((name) => !used.has(name));
  return unused === undefined ? null : `the parameter ${unused} does not stand in it: write :${unused}`;
}
