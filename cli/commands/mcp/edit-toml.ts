import { isDeepStrictEqual } from "node:util";
import { parse } from "smol-toml";
import type { Entry } from "./client-files.ts";

const GROUP = "mcp_servers";
/** The head of our table, or of one below it, in any of the ways in which TOML writes it. */
const OWN_HEAD =
  /^[ \t]*\[[ \t]*(?:mcp_servers|"mcp_servers"|'mcp_servers')[ \t]*\.[ \t]*(?:floom|"floom"|'floom')[ \t]*(?:\.[^\]]*)?\]/;
const ANY_HEAD = /^[ \t]*\[/;
const NO_CONTENT = /^\s*(?:#.*)?$/;

/**
 * A text of TOML in which `mcp_servers.floom` is the entry, or is not there where `entry` is null. Null where it is not TOML, or
 * is written so that lines cannot be changed without changing what else it says: both texts are read to be sure. Pure.
 */
export function editToml(text: string, entry: Entry | null): string | null {
  const before = readToml(text);
  if (before === null) return null;
  const wanted = entry === null ? undefined : JSON.stringify(entry);
  if (before.own === wanted) return text;
  const eol = text.includes("\r\n") ? "\r\n" : "\n";
  const table = entry === null ? [] : writeTable(entry);
  const after =
    before.own === undefined ? addAtEnd(text, table, eol) : replaceOwn(text.split(eol), table).join(eol);
  const read = readToml(after);
  return read?.own === wanted && isDeepStrictEqual(read?.rest, before.rest) ? after : null;
}

/** What a text says of our server, and all else that it says; null for what is not TOML. */
function readToml(text: string): { own: string | undefined; rest: unknown } | null {
  try {
    const whole = parse(text, { integersAsBigInt: true });
    const { [GROUP]: group = {}, ...others } = whole;
    if (typeof group !== "object" || Array.isArray(group) || group instanceof Date) return null;
    const { floom: own, ...servers } = group;
    const told = own === undefined ? undefined : JSON.stringify(own, (_, value) => plain(value));
    return { own: told, rest: { others, servers } };
  } catch {
    return null;
  }
}

const plain = (value: unknown) => (typeof value === "bigint" ? String(value) : value);

/** A string of JSON is one of TOML. */
function writeTable({ command, args }: Entry): string[] {
  return [`[${GROUP}.floom]`, `command = ${JSON.stringify(command)}`, `args = ${JSON.stringify(args)}`];
}

function addAtEnd(text: string, table: readonly string[], eol: string): string {
  const gap = text === "" || text.endsWith(eol + eol) ? "" : text.endsWith(eol) ? eol : eol + eol;
  return `${text}${gap}${table.join(eol)}${eol}`;
}

/** The lines with our tables replaced by one; a comment above the next table stays with that. */
function replaceOwn(lines: readonly string[], table: readonly string[]): string[] {
  const kept: string[] = [];
  let isWritten = false;
  for (let at = 0; at < lines.length; at += 1) {
    const line = lines[at] ?? "";
    if (!OWN_HEAD.test(line)) {
      kept.push(line);
      continue;
    }
    const next = lines.findIndex((one, index) => index > at && ANY_HEAD.test(one));
    let end = next === -1 ? lines.length : next;
    while (NO_CONTENT.test(lines[end - 1] ?? "")) end -= 1;
    if (!isWritten) kept.push(...table);
    if (isWritten || table.length === 0) end = closeGap(kept, lines, end);
    isWritten = true;
    at = end - 1;
  }
  return kept;
}

/** One of the two gaps around a table that goes away goes with it; answers where the lines go on. */
function closeGap(kept: string[], lines: readonly string[], from: number): number {
  if (!isBlank(kept.at(-1))) return from;
  const next = lines.findIndex((line, index) => index >= from && !isBlank(line));
  if (next !== -1) return next;
  kept.pop();
  return from;
}

const isBlank = (line: string | undefined) => line === undefined || line.trim() === "";
