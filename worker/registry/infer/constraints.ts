import type { Json } from "#contract/json";
import { evaluateDefault } from "./evaluate-default.ts";
import { resolveName } from "../python/python-bundle.ts";
import type { PyArgument, PyExpression } from "../python/python-expression.ts";
import { isSchema, placeOf } from "./typing.ts";
import type { Hint, Schema, Typing } from "./typing.ts";

/** What a rule fits: its word in JSON Schema differs by what it limits. */
type Target = "number" | "text" | "array" | "object" | "any";

interface Rule {
  /** The keyword of JSON Schema, by what the rule is put on. */
  keyword: Partial<Record<Target, string>>;
}

const rules: Readonly<Record<string, Rule>> = {
  ge: { keyword: { number: "minimum" } },
  gt: { keyword: { number: "exclusiveMinimum" } },
  le: { keyword: { number: "maximum" } },
  lt: { keyword: { number: "exclusiveMaximum" } },
  multiple_of: { keyword: { number: "multipleOf" } },
  step: { keyword: { number: "x-floom-step" } },
  min_length: { keyword: { text: "minLength", array: "minItems", object: "minProperties" } },
  max_length: { keyword: { text: "maxLength", array: "maxItems", object: "maxProperties" } },
  pattern: { keyword: { text: "pattern" } },
  regex: { keyword: { text: "pattern" } },
  description: { keyword: { any: "description" } },
  title: { keyword: { any: "title" } },
  label: { keyword: { any: "title" } },
  examples: { keyword: { any: "examples" } },
  placeholder: { keyword: { any: "x-floom-placeholder" } },
  widget: { keyword: { any: "x-floom-widget" } },
  language: { keyword: { text: "x-floom-language" } },
  accept: { keyword: { text: "x-floom-accept" } },
};

/** Widgets a hint may name, and what they show. */
const widgets: Readonly<Record<string, readonly Target[]>> = {
  textarea: ["text"],
  password: ["text"],
  color: ["text"],
  code: ["text"],
  markdown: ["text"],
  html: ["text"],
  radio: ["text", "number"],
  select: ["text", "number"],
  slider: ["number"],
  tags: ["array"],
  json: ["array", "object"],
};

/** The rules that stand for a call in an `Annotated`, by the whole name of what is called. */
const positions: Readonly<Record<string, readonly string[]>> = {
  "annotated_types.Ge": ["ge"],
  "annotated_types.Gt": ["gt"],
  "annotated_types.Le": ["le"],
  "annotated_types.Lt": ["lt"],
  "annotated_types.MultipleOf": ["multiple_of"],
  "annotated_types.MinLen": ["min_length"],
  "annotated_types.MaxLen": ["max_length"],
  "annotated_types.Len": ["min_length", "max_length"],
  "annotated_types.Interval": [],
  "typing.Doc": ["description"],
  "pydantic.Field": ["default"],
  "pydantic.StringConstraints": [],
  "floom.Field": [],
};

/** Whether a call is one whose arguments are rules. */
export function isConstraint(typing: Typing, { file, expression }: Hint): boolean {
  const callee = expression.kind === "call" ? expression.callee : null;
  if (callee?.kind !== "name") return false;
  const meaning = resolveName(typing.bundle, file, callee.path);
  return meaning.kind === "library" && Object.hasOwn(positions, meaning.path);
}

/**
 * A schema with what one member of an `Annotated` says: a text describes, a known call limits, anything else is
 * somebody else's and passed over (PEP 593).
 */
export function annotate(typing: Typing, schema: Schema, note: Hint): Schema {
  const { expression, file } = note;
  if (expression.kind === "text") return withKeyword(schema, "description", expression.value);
  if (expression.kind !== "call" || !isConstraint(typing, note)) return schema;
  const path = expression.callee.kind === "name" ? expression.callee.path : [];
  const meaning = resolveName(typing.bundle, file, path);
  const names = meaning.kind === "library" ? (positions[meaning.path] ?? []) : [];
  return applyArguments(typing, schema, { file, args: expression.args, names });
}

/** A schema with the rules that a call's arguments are; `names` are those by position. */
export function applyArguments(
  typing: Typing,
  schema: Schema,
  call: { file: string; args: readonly PyArgument[]; names: readonly string[] },
): Schema {
  let limited = schema;
  for (const [index, { name, value }] of call.args.entries()) {
    const rule = name ?? call.names[index];
    if (rule === undefined || !Object.hasOwn(rules, rule)) continue;
    limited = applyRule(typing, limited, { rule, value: { file: call.file, expression: value } });
  }
  return limited;
}

function applyRule(typing: Typing, schema: Schema, { rule, value }: { rule: string; value: Hint }): Schema {
  const limit = evaluateDefault(typing, value);
  if (!limit.known) {
    typing.report(placeOf(value), "error", {
      code: "rule_not_constant",
      message: `${rule} is not a plain value, so that nobody can read it without running the code.`,
      fix: `Write the value of ${rule} itself, or a constant of the module.`,
    });
    return schema;
  }
  if (limit.value === null) return schema;
  return putRule(typing, schema, { rule, limit: limit.value, value });
}

/** Of a nullable type the rule is meant for what is not null. */
function putRule(typing: Typing, schema: Schema, said: { rule: string; limit: Json; value: Hint }): Schema {
  const keywords = rules[said.rule]?.keyword ?? {};
  if (keywords.any !== undefined) {
    return said.rule === "widget"
      ? putWidget(typing, schema, said)
      : withKeyword(schema, keywords.any, said.limit);
  }
  const branches = schema["anyOf"];
  if (Array.isArray(branches)) {
    const isNull = (branch: Json) => isSchema(branch) && branch["type"] === "null";
    const inner = branches.filter((branch) => !isNull(branch));
    const [only] = inner;
    if (inner.length === 1 && isSchema(only)) {
      const limited = putRule(typing, only, said);
      return { ...schema, anyOf: branches.map((branch) => (isNull(branch) ? branch : limited)) };
    }
  }
  const target = targetOf(typing.definitions.follow(schema));
  const keyword = keywords[target];
  if (keyword !== undefined && "$ref" in schema === false) return { ...schema, [keyword]: said.limit };
  typing.report(placeOf(said.value), "error", {
    code: "rule_does_not_fit",
    message: `${said.rule} says nothing of ${NAMES[target]}.`,
    fix: `Remove ${said.rule}, or change the type.`,
  });
  return schema;
}

function putWidget(typing: Typing, schema: Schema, { limit, value }: { limit: Json; value: Hint }): Schema {
  const shown = typeof limit === "string" && Object.hasOwn(widgets, limit) ? widgets[limit] : undefined;
  const target = targetOf(typing.definitions.follow(unwrapNull(schema)));
  if (shown?.includes(target) === true) return { ...schema, "x-floom-widget": limit };
  const names = Object.keys(widgets).filter((name) => widgets[name]?.includes(target));
  typing.report(placeOf(value), "error", {
    code: "unknown_widget",
    message: `There is no widget ${JSON.stringify(limit)} for ${NAMES[target]}.`,
    fix: names.length === 0 ? "Remove widget." : `Write one of ${names.join(", ")}.`,
  });
  return schema;
}

/** The branch that is not null of a nullable type; any other schema as it is. Pure. */
export function unwrapNull(schema: Schema): Schema {
  const branches = schema["anyOf"];
  if (!Array.isArray(branches)) return schema;
  const inner = branches.filter((branch) => isSchema(branch) && branch["type"] !== "null");
  const [only] = inner;
  return inner.length === 1 && isSchema(only) ? only : schema;
}

const NAMES: Readonly<Record<Target, string>> = {
  number: "a number",
  text: "text",
  array: "a list",
  object: "an object",
  any: "this type",
};

function targetOf(schema: Schema): Target {
  const options = schema["enum"];
  const first = Array.isArray(options) ? options[0] : undefined;
  if (first !== undefined) return typeof first === "number" ? "number" : "text";
  switch (schema["type"]) {
    case "integer":
    case "number":
      return "number";
    case "string":
      return schema["format"] === "decimal" ? "number" : "text";
    case "array":
      return "array";
    case "object":
      return "object";
    default:
      return "any";
  }
}

/** A reference may carry words of its own beside it (2020-12). */
function withKeyword(schema: Schema, keyword: string, value: Json): Schema {
  return { ...schema, [keyword]: value };
}

/** The text behind `description=` of a call, and the value behind `default=`, as they are written. */
export function argumentNamed(args: readonly PyArgument[], name: string): PyExpression | undefined {
  return args.find((argument) => argument.name === name)?.value;
}
