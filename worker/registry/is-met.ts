import type { Json } from "#contract/json";
import type { Predicate } from "./context-mounts.ts";

/**
 * Whether a condition on an input holds, e.g. `{input: "order.kind", equals: "full"}`. An input that is not there equals
 * nothing and is in no list. Pure.
 */
export function isMet(predicate: Predicate, inputs: Readonly<Record<string, Json>>): boolean {
  const { input, ...tests } = predicate;
  const value = typeof input === "string" ? findValue(inputs, input) : undefined;
  return Object.entries(tests).every(([operator, operand]) => holds(operator, value, operand));
}

function findValue(inputs: Readonly<Record<string, Json>>, path: string): Json | undefined {
  let value: Json | undefined = inputs;
  for (const step of path.split(".")) {
    if (typeof value !== "object" || value === null || Array.isArray(value)) return undefined;
    value = Object.hasOwn(value, step) ? value[step] : undefined;
  }
  return value;
}

function holds(operator: string, value: Json | undefined, operand: Json): boolean {
  switch (operator) {
    case "equals":
    case "eq":
      return value === operand;
    case "not_equals":
    case "neq":
      return value !== operand;
    case "in":
      return Array.isArray(operand) && value !== undefined && operand.includes(value);
    case "not_in":
      return Array.isArray(operand) && !(value !== undefined && operand.includes(value));
    case "exists":
      return (value !== undefined && value !== null) === (operand === true);
    case "truthy":
      return Boolean(value) === (operand === true);
    default:
      return false;
  }
}
