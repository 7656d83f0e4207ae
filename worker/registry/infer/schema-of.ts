import type { Json } from "#contract/json";
import { annotate } from "./constraints.ts";
import { evaluateDefault } from "./evaluate-default.ts";
import { adviceFor, collectionForm, plainSchema } from "./plain-types.ts";
import type { CollectionForm } from "./plain-types.ts";
import { isHashable } from "./hashable.ts";
import { resolveName } from "../python/python-bundle.ts";
import type { Meaning } from "../python/python-bundle.ts";
import type { PyAssignment } from "../python/python-module.ts";
import { parseHint } from "../python/python-module.ts";
import type { PyExpression } from "../python/python-expression.ts";
import { schemaOfClass } from "./schema-of-class.ts";
import { schemaOfMaker } from "./schema-of-maker.ts";
import { isSchema, placeOf, showHint } from "./typing.ts";
import type { Hint, Schema, Typing } from "./typing.ts";

/** Deeper than any type that a form can show. */
const MOST_DEPTH = 60;

/** The JSON Schema of a hint. What cannot be a form is reported as an error at its place, and anything stands for it. */
export function schemaOf(typing: Typing, hint: Hint, depth = 0): Schema {
  const { file, expression } = hint;
  if (depth > MOST_DEPTH) return refuse(typing, hint, "type_too_deep");
  switch (expression.kind) {
    case "text": {
      const inner = parseHint(expression.value, expression.at);
      return inner === null
        ? refuse(typing, hint, "bad_hint")
        : schemaOf(typing, { file, expression: inner }, depth + 1);
    }
    case "constant":
      return expression.value === null ? { type: "null" } : refuse(typing, hint, "bad_hint");
    case "union":
      if (isQuoted(typing, { file, expression: expression.left }, expression.right))
        return refuse(typing, hint, "half_quoted");
      return unite(typing, flatten(hint), depth);
    case "name":
      return schemaOfMeaning(typing, resolveName(typing.bundle, file, expression.path), { hint, depth });
    case "subscript":
      return schemaOfGeneric(typing, { hint, depth, value: expression.value, items: expression.items });
    case "call":
      return schemaOfMaker(typing, {
        hint,
        callee: expression.callee,
        args: expression.args,
        depth,
        schemaOf,
      });
    default:
      return refuse(typing, hint, "bad_hint");
  }
}

/** Python itself fails on `int | "str"`, and on `None | None`: a text has no `|`. */
function isQuoted(typing: Typing, { file, expression: left }: Hint, right: PyExpression): boolean {
  const isText = (side: PyExpression): boolean => {
    if (side.kind !== "name") return side.kind === "text";
    const meaning = resolveName(typing.bundle, file, side.path);
    return meaning.kind === "value" && meaning.definition.value?.kind === "text";
  };
  const isNone = (side: PyExpression) => side.kind === "constant" && side.value === null;
  return isText(left) || isText(right) || (isNone(left) && isNone(right));
}

type Refusal = "type_too_deep" | "bad_hint" | "type_unknown" | "half_quoted" | "not_hashable";

function refuse(typing: Typing, hint: Hint, code: Refusal): Schema {
  const shown = showHint(hint.expression);
  const said = {
    type_too_deep: [`${shown} lies too deep in other types.`, "Take simpler types, or dict."],
    bad_hint: [`${shown} is no type.`, adviceFor("")],
    type_unknown: [`${shown} cannot be a field of a form.`, adviceFor(shown)],
    half_quoted: [
      `${shown} is an error when Python reads it.`,
      "Put the whole hint into quotes, or none of it.",
    ],
    not_hashable: [
      `No set can hold ${shown}, which can change.`,
      "Take a list; or tuples, or dataclasses with frozen=True.",
    ],
  }[code];
  const [message = "", fix = ""] = said;
  typing.report(placeOf(hint), "error", { code, message, fix });
  return {};
}

interface At {
  hint: Hint;
  depth: number;
}

function schemaOfMeaning(typing: Typing, meaning: Meaning, at: At): Schema {
  if (meaning.kind === "class") return schemaOfClass(typing, meaning, { ...at, schemaOf });
  if (meaning.kind === "value") return schemaOfAlias(typing, meaning, at);
  if (meaning.kind === "member" && meaning.of.kind === "class") {
    const wire = evaluateDefault(typing, at.hint);
    if (wire.known) return literal([wire.value]);
  }
  if (meaning.kind !== "library") return refuse(typing, at.hint, "type_unknown");
  const plain = plainSchema(meaning.path);
  // What is handed back is a file that can be looked at; base64 is for what is sent.
  if (plain?.["contentEncoding"] === "base64" && typing.isOutput) return plainSchema("floom.File") ?? plain;
  if (plain !== null) return plain;
  const form = collectionForm(meaning.path);
  if (form !== null) return collectionOf(typing, { ...at, form, items: [] });
  return refuseLibrary(typing, meaning.path, at);
}

function refuseLibrary(typing: Typing, path: string, { hint }: At): Schema {
  typing.report(placeOf(hint), "error", {
    code: "type_unknown",
    message: `${showHint(hint.expression)} cannot be a field of a form.`,
    fix: adviceFor(path),
  });
  return {};
}

/** A name for a type; one that mentions itself, as JSON's own type does, becomes a named one. */
function schemaOfAlias(
  typing: Typing,
  { file, definition }: { file: string; definition: PyAssignment },
  { hint, depth }: At,
): Schema {
  const { value, name } = definition;
  if (value === null) return refuse(typing, hint, "type_unknown");
  return typing.definitions.inline(`${file}:${name}`, name, () =>
    schemaOf(typing, { file, expression: value }, depth + 1),
  );
}

interface Generic extends At {
  value: PyExpression;
  items: readonly PyExpression[];
}

function schemaOfGeneric(typing: Typing, generic: Generic): Schema {
  const { hint, value, items, depth } = generic;
  const meaning =
    value.kind === "name" ? resolveName(typing.bundle, hint.file, value.path) : ({ kind: "none" } as const);
  if (meaning.kind !== "library") return refuse(typing, hint, "type_unknown");
  const form = collectionForm(meaning.path);
  if (form !== null) return collectionOf(typing, { hint, depth, form, items });
  const [first] = items;
  const inner = (expression: PyExpression) => schemaOf(typing, { file: hint.file, expression }, depth + 1);
  if (first === undefined) return refuse(typing, hint, "type_unknown");
  switch (meaning.path) {
    case "typing.Optional":
      return unite(typing, [...flatten({ file: hint.file, expression: first }), nullHint(hint)], depth);
    case "typing.Union":
      return unite(
        typing,
        items.flatMap((expression) => flatten({ file: hint.file, expression })),
        depth,
      );
    case "typing.Literal":
      return literalOf(typing, hint, items);
    case "typing.Annotated":
      return items
        .slice(1)
        .reduce(
          (schema, expression) => annotate(typing, schema, { file: hint.file, expression }),
          inner(first),
        );
    case "typing.Final":
    case "typing.Required":
    case "typing.NotRequired":
    case "typing.ReadOnly":
    case "dataclasses.InitVar":
    case "pydantic.Json":
    case "typing.Type":
      return meaning.path === "typing.Type" ? refuse(typing, hint, "type_unknown") : inner(first);
    default:
      return refuseLibrary(typing, meaning.path, generic);
  }
}

const nullHint = ({ file, expression }: Hint): Hint => ({
  file,
  expression: { at: expression.at, kind: "constant", value: null },
});

/** The members of a union, unions in it and texts around it opened. */
function flatten({ file, expression }: Hint): Hint[] {
  if (expression.kind === "text") {
    const inner = parseHint(expression.value, expression.at);
    if (inner?.kind === "union") return flatten({ file, expression: inner });
  }
  if (expression.kind !== "union") return [{ file, expression }];
  return [
    ...flatten({ file, expression: expression.left }),
    ...flatten({ file, expression: expression.right }),
  ];
}

/** Any of several types: the same one twice is one, literals become one choice, `null` comes last. */
function unite(typing: Typing, members: readonly Hint[], depth: number): Schema {
  const schemas = members.flatMap((member) => {
    const schema = schemaOf(typing, member, depth + 1);
    const inner = schema["anyOf"];
    return Array.isArray(inner) && Object.keys(schema).length === 1 ? inner.filter(isSchema) : [schema];
  });
  const seen = new Map(schemas.map((schema) => [JSON.stringify(schema), schema]));
  const merged = mergeChoices([...seen.values()]);
  const sorted = merged.toSorted((a, b) => Number(isNull(a)) - Number(isNull(b)));
  const [only] = sorted;
  return sorted.length === 1 && only !== undefined ? only : { anyOf: sorted };
}

const isNull = (schema: Schema) => schema["type"] === "null";

function mergeChoices(schemas: readonly Schema[]): Schema[] {
  const isPlainChoice = (schema: Schema) =>
    Array.isArray(schema["enum"]) && Object.keys(schema).every((key) => key === "enum" || key === "type");
  const choices = schemas.filter(isPlainChoice);
  if (choices.length < 2) return [...schemas];
  const merged = literal(choices.flatMap((schema) => optionsOf(schema)));
  return [merged, ...schemas.filter((schema) => !isPlainChoice(schema))];
}

const optionsOf = ({ enum: options }: Schema): Json[] => (Array.isArray(options) ? options : []);

function literalOf(typing: Typing, hint: Hint, items: readonly PyExpression[]): Schema {
  const values: Json[] = [];
  for (const expression of items) {
    const value = evaluateDefault(typing, { file: hint.file, expression });
    const nested = expression.kind === "subscript" ? schemaOf(typing, { file: hint.file, expression }) : null;
    if (nested !== null && Array.isArray(nested["enum"])) values.push(...nested["enum"]);
    else if (value.known && typeof value.value !== "object") values.push(value.value);
    else if (value.known && value.value === null) values.push(null);
    else return refuse(typing, { file: hint.file, expression }, "bad_hint");
  }
  return literal(values);
}

/** A choice of values; one of null as well is nullable. Pure. */
function literal(values: readonly Json[]): Schema {
  const options = [...new Set(values)];
  const rest = options.filter((option) => option !== null);
  if (rest.length === 0) return { type: "null" };
  const types = new Set(rest.map(typeOfOption));
  const [type = "string"] = types;
  const choice: Schema = types.size === 1 ? { type, enum: rest } : { enum: rest };
  return rest.length === options.length ? choice : { anyOf: [choice, { type: "null" }] };
}

function typeOfOption(option: Json): string {
  if (typeof option === "string" || typeof option === "boolean")
    return typeof option === "string" ? "string" : "boolean";
  return Number.isInteger(option) ? "integer" : "number";
}

interface Collection extends At {
  form: CollectionForm;
  items: readonly PyExpression[];
}

function collectionOf(typing: Typing, { form, hint, items, depth }: Collection): Schema {
  const inner = (expression: PyExpression) => schemaOf(typing, { file: hint.file, expression }, depth + 1);
  const [first, second] = items;
  if (form === "object") return objectOf(typing, { hint, depth, key: first, value: second });
  if (form === "tuple") return tupleOf(items, inner);
  const item = first === undefined ? {} : inner(first);
  const isPlainAny = first?.kind === "name" && Object.keys(item).length === 0;
  const element = first === undefined || isPlainAny ? null : { file: hint.file, expression: first };
  if (form === "set" && element !== null && !isHashable(typing, element))
    return refuse(typing, element, "not_hashable");
  const list: Schema = { type: "array", ...withItems(item) };
  return form === "set" ? { ...list, uniqueItems: true } : list;
}

const withItems = (items: Schema): Schema => (Object.keys(items).length === 0 ? {} : { items });

function tupleOf(items: readonly PyExpression[], inner: (expression: PyExpression) => Schema): Schema {
  const [first, second] = items;
  if (first === undefined) return { type: "array" };
  const isOpen = items.length === 2 && second?.kind === "constant" && second.value === "...";
  if (isOpen) return { type: "array", ...withItems(inner(first)) };
  // `tuple[()]` is the empty one.
  const isEmpty = items.length === 1 && first.kind === "sequence" && first.items.length === 0;
  const prefixItems = isEmpty ? [] : items.map(inner);
  const length = prefixItems.length;
  return {
    type: "array",
    ...(length > 0 && { prefixItems }),
    items: false,
    minItems: length,
    maxItems: length,
  };
}

/** Names of JSON are text: a key of another type is text that can be read as one. */
const KEY_PATTERNS: Readonly<Record<string, Schema>> = {
  integer: { pattern: "^-?\\d+$" },
  number: { pattern: "^-?\\d+(\\.\\d+)?([eE][+-]?\\d+)?$" },
  boolean: { enum: ["true", "false"] },
};

function objectOf(
  typing: Typing,
  { hint, key, value, depth }: At & { key: PyExpression | undefined; value: PyExpression | undefined },
): Schema {
  const open: Schema = { type: "object" };
  if (key === undefined || value === undefined) return open;
  const { file } = hint;
  const values = schemaOf(typing, { file, expression: value }, depth + 1);
  const keys = typing.definitions.follow(schemaOf(typing, { file, expression: key }, depth + 1));
  const additionalProperties = Object.keys(values).length === 0 ? true : values;
  const { type, enum: options, pattern, format } = keys;
  if (Array.isArray(options))
    return { ...open, propertyNames: { enum: options.map(String) }, additionalProperties };
  const isAny = Object.keys(keys).length === 0;
  const names = typeof type === "string" ? KEY_PATTERNS[type] : undefined;
  if (names !== undefined) return { ...open, propertyNames: names, additionalProperties };
  if (type !== "string" && !isAny) return refuse(typing, { file, expression: key }, "type_unknown");
  const rules: Schema = {
    ...(pattern !== undefined && { pattern }),
    ...(format !== undefined && { format }),
  };
  return { ...open, ...(Object.keys(rules).length > 0 && { propertyNames: rules }), additionalProperties };
}
