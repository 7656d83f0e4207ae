/** One `NAME=value` of a .env file, and the line on which it begins. */
export interface EnvEntry {
  name: string;
  value: string;
  line: number;
}

const start = /^[ \t]*(?:export[ \t]+)?([A-Za-z_][A-Za-z0-9_]*)[ \t]*=[ \t]*/;
const escapes: Readonly<Record<string, string>> = { n: "\n", r: "\r", t: "\t" };

/**
 * Reads a .env file: plain values end before ` #` or at the line's end, single quotes keep all as it is, double quotes may
 * hold lines and `\n`, `\t`, `\"` and `\\`. Of a name that comes twice the last counts. Faults name the lines that are none
 * of this. Pure.
 */
export function parseEnv(source: string): { entries: EnvEntry[]; faults: { line: number }[] } {
  const entries = new Map<string, EnvEntry>();
  const faults: { line: number }[] = [];
  const lines = source.replace(/^\uFEFF/, "").split(/\r?\n/);
  for (let index = 0; index < lines.length; index += 1) {
    const line = lines[index] ?? "";
    if (/^\s*(?:#|$)/.test(line)) continue;
    const found = start.exec(line);
    const rest = found === null ? undefined : readValue(lines, index, found[0].length);
    if (found === null || rest === undefined) {
      faults.push({ line: index + 1 });
      continue;
    }
    const name = found[1] ?? "";
    entries.set(name, { name, value: rest.value, line: index + 1 });
    index = rest.lastIndex;
  }
  return { entries: [...entries.values()], faults };
}

function readValue(
  lines: readonly string[],
  index: number,
  from: number,
): { value: string; lastIndex: number } | undefined {
  const rest = (lines[index] ?? "").slice(from);
  const quote = rest[0];
  if (quote !== '"' && quote !== "'") {
    const value = rest.replace(/(?:^|[ \t]+)#.*$/, "").trimEnd();
    return { value, lastIndex: index };
  }
  const quoted = quote === "'" ? /^'([^']*)'[ \t]*(?:#.*)?$/ : /^"((?:[^"\\]|\\.)*)"[ \t]*(?:#.*)?$/s;
  for (let last = index, text = rest; last < lines.length; last += 1, text += `\n${lines[last] ?? ""}`) {
    const inner = quoted.exec(text)?.[1];
    if (inner === undefined) continue;
    const value =
      quote === "'" ? inner : inner.replace(/\\(.)/gs, (_, sign: string) => escapes[sign] ?? sign);
    return { value, lastIndex: last };
  }
  return undefined;
}
