import type { Json } from "#contract/json";
import { resolveName } from "../python/python-bundle.ts";
import type { Meaning } from "../python/python-bundle.ts";
import type { PyExpression } from "../python/python-expression.ts";
import type { Typing } from "./typing.ts";

export interface EnumMember {
  name: string;
  /** What stands on the wire: the member's value where JSON can say it, else its name. */
  wire: Json;
}

type ClassMeaning = Extract<Meaning, { kind: "class" }>;

const ENUMS: ReadonlySet<string> = new Set(["enum.Enum", "enum.IntEnum", "enum.StrEnum"]);
const FLAGS: ReadonlySet<string> = new Set(["enum.Flag", "enum.IntFlag"]);

/** Which kind of enumeration a class is; null for none. */
export function enumKind(typing: Typing, type: ClassMeaning, depth = 0): "plain" | "text" | "flag" | null {
  const paths = (type.definition.bases ?? []).flatMap(({ name, value }) => {
    if (name !== null || value.kind !== "name") return [];
    const meaning = resolveName(typing.bundle, type.file, value.path);
    if (meaning.kind === "library") return [meaning.path];
    // An enumeration of one's own without members is a base like Enum itself.
    const inherited = meaning.kind === "class" && depth < 10 ? enumKind(typing, meaning, depth + 1) : null;
    return inherited === null ? [] : [inherited === "text" ? "enum.StrEnum" : "enum.Enum"];
  });
  if (paths.some((path) => FLAGS.has(path))) return "flag";
  if (paths.includes("enum.StrEnum")) return "text";
  return paths.some((path) => ENUMS.has(path)) ? "plain" : null;
}

/** The members in their order, aliases apart. `auto()` counts as Python does: from 1, or the name in lower case. */
export function listMembers(typing: Typing, type: ClassMeaning): EnumMember[] {
  const kind = enumKind(typing, type);
  const members: EnumMember[] = [];
  let last = 0;
  for (const { name, value } of type.definition.fields) {
    if (value === null || /^_.*_$/.test(name)) continue;
    const wire = wireOf(value, { name, isText: kind === "text", next: last + 1, file: type.file, typing });
    if (typeof wire === "number") last = wire;
    if (!members.some((member) => member.wire === wire)) members.push({ name, wire });
  }
  return members;
}

/** What a member is on the wire; undefined where there is none of that name. */
export function enumWireValue(typing: Typing, type: ClassMeaning, name: string): Json | undefined {
  if (enumKind(typing, type) === null) return undefined;
  return listMembers(typing, type).find((member) => member.name === name)?.wire;
}

function wireOf(
  value: PyExpression,
  of: { name: string; isText: boolean; next: number; file: string; typing: Typing },
): Json {
  if (value.kind === "text") return value.value;
  if (value.kind === "constant" && typeof value.value === "boolean") return value.value;
  if (value.kind === "number" && /^-?[\d.]+$/.test(value.digits)) return Number(value.digits);
  if (value.kind === "call" && value.callee.kind === "name") {
    const callee = resolveName(of.typing.bundle, of.file, value.callee.path);
    if (callee.kind === "library" && callee.path === "enum.auto")
      return of.isText ? of.name.toLowerCase() : of.next;
  }
  return of.name;
}
