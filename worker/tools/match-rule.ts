import type { EscalationRule } from "#contract/gate/escalation-rule";
import type { Json } from "#contract/json";
import { isObject } from "../registry/actions/compile-schema.ts";
import type { ToolDefinition } from "./gate-api.ts";

/** The first rule by which a call waits for a person; null where there is none. Pure. */
export function findEscalation(
  rules: readonly EscalationRule[],
  tool: Pick<ToolDefinition, "name" | "effect">,
  parameters: Readonly<Record<string, Json>>,
): EscalationRule | null {
  return rules.find((rule) => matches(rule, tool, parameters)) ?? null;
}

function matches(
  rule: EscalationRule,
  { name, effect }: Pick<ToolDefinition, "name" | "effect">,
  parameters: Readonly<Record<string, Json>>,
): boolean {
  if (rule.tool !== undefined && !matchesGlob(rule.tool, name)) return false;
  if (rule.access !== undefined && !isAccess(rule.access, effect)) return false;
  const hits = [
    ...entries(rule.param_gt).map(([key, least]) => isAbove(valueAt(parameters, key), least)),
    ...entries(rule.param_eq).map(([key, wanted]) => isSame(valueAt(parameters, key), wanted)),
    ...entries(rule.param_contains).map(([key, part]) => contains(valueAt(parameters, key), part)),
  ];
  if (hits.length > 0) return hits.some(Boolean);
  return rule.tool !== undefined || rule.access !== undefined;
}

function entries<Value>(group: Record<string, Value> | undefined): [string, Value][] {
  return Object.entries(group ?? {});
}

function isAccess(access: NonNullable<EscalationRule["access"]>, effect: ToolDefinition["effect"]): boolean {
  return access === "write" ? effect !== "read" : access === effect;
}

/** `*` for any characters, `?` for one; all else is itself. */
function matchesGlob(glob: string, name: string): boolean {
  const pattern = glob
    .replaceAll(/[.+^${}()|[\]\\]/g, String.raw`\$&`)
    .replaceAll("*", ".*")
    .replaceAll("?", ".");
  return new RegExp(`^${pattern}$`, "i").test(name);
}

/** A parameter, or what lies in one: `order.total`. */
function valueAt(parameters: Readonly<Record<string, Json>>, key: string): Json | undefined {
  if (Object.hasOwn(parameters, key)) return parameters[key];
  let value: Json | undefined = { ...parameters };
  for (const step of key.split("."))
    value = isObject(value) && Object.hasOwn(value, step) ? value[step] : undefined;
  return value;
}

/** A number, also one that is written as text: whoever calls may choose the spelling. */
function isAbove(value: Json | undefined, least: number): boolean {
  if (typeof value === "number") return value > least;
  if (Array.isArray(value)) return value.some((item) => isAbove(item, least));
  if (typeof value !== "string" || value.trim() === "") return false;
  return Number(value.trim().replaceAll(/[_,\s]/g, "")) > least;
}

function isSame(value: Json | undefined, wanted: string | number | boolean): boolean {
  if (Array.isArray(value)) return value.some((item) => isSame(item, wanted));
  return value !== undefined && plain(value) === plain(wanted);
}

function contains(value: Json | undefined, part: string): boolean {
  return value !== undefined && plain(value).includes(plain(part));
}

/** As it is compared: no case, no difference between spellings of one letter, no space around. */
function plain(value: Json): string {
  const text = typeof value === "string" ? value : JSON.stringify(value);
  return text.normalize("NFKC").toLowerCase().trim();
}
