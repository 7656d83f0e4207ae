import type { ValueChange } from "#contract/replay/replay";

type Values = Readonly<Record<string, ValueChange["a"]>>;

/** JSON text in which the order of an object's members makes no difference. */
export function canonicalJson(value: unknown): string {
  return JSON.stringify(value, (_key, member: unknown) => {
    if (typeof member !== "object" || member === null || Array.isArray(member)) return member;
    return Object.fromEntries(Object.entries(member).sort(([a], [b]) => (a < b ? -1 : 1)));
  });
}

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
