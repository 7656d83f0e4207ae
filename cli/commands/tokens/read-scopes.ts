import { scopeSchema } from "#contract/access/access";
import type { Scope } from "#contract/access/access";
import { usageError } from "../../cli-error.ts";

/** Scopes as a person lists them, with commas or blanks between. Throws with those there are for one that is none. Pure. */
export function readScopes(text: string): Scope[] {
  const names = text.split(/[\s,]+/).filter((name) => name !== "");
  if (names.length === 0)
    throw usageError("No scope is named.", `There are: ${scopeSchema.options.join(", ")}`);
  return names.map((name) => {
    const scope = scopeSchema.safeParse(name);
    if (scope.success) return scope.data;
    throw usageError(`There is no scope ${name}.`, `There are: ${scopeSchema.options.join(", ")}`);
  });
}
