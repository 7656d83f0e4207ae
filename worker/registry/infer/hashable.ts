import { argumentNamed } from "./constraints.ts";
import { enumKind } from "./enum-members.ts";
import { collectionForm } from "./plain-types.ts";
import { resolveName } from "../python/python-bundle.ts";
import type { Meaning } from "../python/python-bundle.ts";
import type { PyExpression } from "../python/python-expression.ts";
import { parseHint } from "../python/python-module.ts";
import type { Hint, Typing } from "./typing.ts";

/** So deep a hint is followed; whatever lies deeper is taken to be fine. */
const MOST_DEPTH = 20;

const IN_A_SET: ReadonlySet<string> = new Set(["tuple", "frozenset"]);
const OF_ITS_ITEMS: ReadonlySet<string> = new Set([
  ...IN_A_SET,
  "typing.Optional",
  "typing.Union",
  "typing.Literal",
]);
const NEVER: ReadonlySet<string> = new Set(["bytearray", "object", "typing.Any", "pydantic.JsonValue"]);

/** Whether Python can put what a hint says into a set: lists, dicts and records that can change have no hash. */
export function isHashable(typing: Typing, hint: Hint, depth = 0): boolean {
  const { file, expression } = hint;
  const inner = (one: PyExpression, from = file) =>
    isHashable(typing, { file: from, expression: one }, depth + 1);
  if (depth > MOST_DEPTH) return true;
  switch (expression.kind) {
    case "text": {
      const parsed = parseHint(expression.value, expression.at);
      return parsed === null || inner(parsed);
    }
    case "union":
      return inner(expression.left) && inner(expression.right);
    case "name": {
      const meaning = resolveName(typing.bundle, file, expression.path);
      if (meaning.kind === "library") return isPathHashable(meaning.path);
      if (meaning.kind === "value")
        return meaning.definition.value === null || inner(meaning.definition.value, meaning.file);
      return meaning.kind !== "class" || isClassHashable(typing, meaning, depth);
    }
    case "subscript": {
      const { value, items } = expression;
      const meaning = value.kind === "name" ? resolveName(typing.bundle, file, value.path) : null;
      if (meaning?.kind !== "library") return true;
      if (OF_ITS_ITEMS.has(meaning.path)) return items.every((item) => inner(item));
      const [first] = items;
      return collectionForm(meaning.path) === null && (first === undefined || inner(first));
    }
    case "call":
      return expression.args.every((one) => one.name !== null || inner(one.value));
    default:
      return true;
  }
}

const isPathHashable = (path: string) =>
  (collectionForm(path) === null || IN_A_SET.has(path)) && !NEVER.has(path);

type ClassMeaning = Extract<Meaning, { kind: "class" }>;

/** Enumerations, named tuples, and dataclasses that say they do not change. */
function isClassHashable(typing: Typing, type: ClassMeaning, depth: number): boolean {
  if (enumKind(typing, type) !== null) return true;
  const bases = (type.definition.bases ?? []).flatMap(({ value }) =>
    value.kind === "name" ? [resolveName(typing.bundle, type.file, value.path)] : [],
  );
  const isNamedTuple = bases.some((base) => base.kind === "library" && base.path === "typing.NamedTuple");
  const isFrozen = type.definition.decorators.some(
    (decorator) =>
      (decorator.kind === "call" &&
        ["frozen", "unsafe_hash"].some((name) => isTrue(argumentNamed(decorator.args, name)))) ||
      (decorator.kind === "name" && decorator.path.at(-1) === "frozen"),
  );
  if (!isNamedTuple && !isFrozen) return false;
  return type.definition.fields.every(
    ({ annotation }) =>
      annotation === null || isHashable(typing, { file: type.file, expression: annotation }, depth + 1),
  );
}

const isTrue = (value: PyExpression | undefined) => value?.kind === "constant" && value.value === true;
