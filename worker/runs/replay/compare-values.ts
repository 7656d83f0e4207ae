import type { ValueChange } from "#contract/replay/replay";
import { canonicalJson } from "../../platform/canonical-json.ts";

type Values = Readonly<Record<string, ValueChange["a"]>>;

/** Two sets of named values side by side, by name. Pure. */
export function compareValues(a: Values, b: Values): ValueChange[] {
  const names = [...new Set([...Object.keys(a), ...Object.keys(b)])].sort();
  return names.map((name) => ({
    name,
    change: changeOf(name, a, b),
    a: a[name] ?? null,
    b: b[name] ?? null,
  }));
}

function changeOf(name: string, a: Values, b: Values): ValueChange["change"] {
  if (!Object.hasOwn(b, name)) return "only_a";
  if (!Object.hasOwn(a, name)) return "only_b";
  return canonicalJson(a[name]) === canonicalJson(b[name]) ? "same" : "changed";
}
