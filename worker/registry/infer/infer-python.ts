import { Validator } from "@cfworker/json-schema";
import type { Json } from "#contract/json";
import { annotate, isConstraint, unwrapNull } from "./constraints.ts";
import { describeParameters, readDocstring } from "./docstring.ts";
import { evaluateDefault } from "./evaluate-default.ts";
import type { TypingFinding } from "./finding.ts";
import { listActions } from "./list-actions.ts";
import type { ChosenAction } from "./list-actions.ts";
import { objectSchema } from "./object-schema.ts";
import type { ObjectField } from "./object-schema.ts";
import { openPythonBundle, resolveName } from "../python/python-bundle.ts";
import type { PythonBundle } from "../python/python-bundle.ts";
import type { PyExpression } from "../python/python-expression.ts";
import type { PyParameter } from "../python/python-module.ts";
import { schemaOf } from "./schema-of.ts";
import { Definitions, isSchema, labelOf } from "./typing.ts";
import type { Schema, Typing } from "./typing.ts";

/** One function as an action: all that a form, an endpoint and a tool need of it. */
export interface InferredAction {
  name: string;
  /** The function's own name in the file. */
  function: string;
  line: number;
  title: string;
  description: string;
  input_schema: Schema;
  /** Empty where the function says nothing of what it returns. */
  output_schema: Schema;
  /** The parameters that are passed by position alone. */
  positional: string[];
}

export interface Inference {
  /** Those without an error, in the file's order. */
  actions: InferredAction[];
  findings: TypingFinding[];
}

const DIALECT = "https://json-schema.org/draft/2020-12/schema";

/**
 * The actions that a Python file's signatures describe. `sources` are the bundle's Python files by path. Reads the source
 * alone; nothing of it is run. Every function that cannot be a form is told with its line and what to write instead.
 */
export function inferPython(sources: ReadonlyMap<string, string>, entry: string): Inference {
  const bundle = openPythonBundle(sources);
  const chosen = listActions(bundle, entry);
  const findings: TypingFinding[] = [...chosen.findings];
  const actions = chosen.actions.flatMap((action) => {
    const { inferred, said } = inferAction(bundle, entry, action);
    findings.push(...said);
    return said.some(({ severity }) => severity === "error") ? [] : [inferred];
  });
  return { actions, findings: findings.toSorted((a, b) => a.line - b.line || a.column - b.column) };
}

interface Scope {
  file: string;
  /** For the schema of what goes in, or of what comes out: each is a document of its own. */
  typing: Typing;
}

function inferAction(bundle: PythonBundle, file: string, action: ChosenAction) {
  const said: TypingFinding[] = [];
  const open = (isOutput: boolean): Scope => ({
    file,
    typing: {
      bundle,
      definitions: new Definitions(),
      isOutput,
      report: (at, severity, rule) => said.push({ ...at, ...rule, severity, action: action.name }),
    },
  });
  const { definition } = action;
  const doc = readDocstring(definition.docstring);
  const inputs = open(false);
  const fields = definition.parameters.flatMap((parameter) => readParameter(inputs, parameter));
  const input = objectSchema(describeParameters(fields, doc.parameters));
  const outputs = open(true);
  const output = definition.returns === null ? {} : readReturn(outputs, definition.returns);
  const described =
    doc.returns === null || definition.returns === null ? output : describe(output, doc.returns);
  const inferred: InferredAction = {
    name: action.name,
    function: definition.name,
    line: definition.at.line,
    title: action.title ?? labelOf(definition.name),
    description:
      action.description ?? [doc.summary, doc.description].filter((part) => part !== "").join("\n\n"),
    input_schema: document(inputs, input),
    output_schema: Object.keys(described).length === 0 ? {} : document(outputs, described),
    positional: definition.parameters.flatMap(({ form, name }) => (form === "positional" ? [name] : [])),
  };
  checkDefaults(inputs, inferred.input_schema, definition.parameters);
  return { inferred, said };
}

const describe = (schema: Schema, description: string): Schema =>
  "description" in schema ? schema : { ...schema, description };

function document({ typing }: Scope, schema: Schema): Schema {
  const definitions = typing.definitions.list();
  const hasAny = Object.keys(definitions).length > 0;
  return { $schema: DIALECT, ...schema, ...(hasAny && { $defs: definitions }) };
}

function readParameter(scope: Scope, parameter: PyParameter): ObjectField[] {
  const { typing, file } = scope;
  const { name, form, at } = parameter;
  if (form === "rest" || form === "keywords") {
    const stars = form === "rest" ? "*" : "**";
    typing.report({ file, ...at }, "error", {
      code: "open_parameters",
      message: `${stars}${name} takes anything, and a form has to know its fields.`,
      fix: form === "rest" ? `Write ${name}: list[str] instead.` : `Write ${name}: dict[str, str] instead.`,
    });
    return [];
  }
  const field = withDefault(scope, parameter, hintSchema(scope, parameter));
  return [{ ...field, schema: { title: labelOf(name), ...suggestWidget(name, field.schema) } }];
}

function hintSchema({ typing, file }: Scope, { annotation, default: value }: PyParameter): Schema {
  if (annotation !== null) return schemaOf(typing, { file, expression: annotation });
  const known = value === null ? null : evaluateDefault(typing, { file, expression: value });
  return known?.known === true ? schemaOfValue(known.value) : { type: "string" };
}

/** What a parameter without a hint takes, by its default. Pure. */
function schemaOfValue(value: Json): Schema {
  if (value === null) return { anyOf: [{ type: "string" }, { type: "null" }] };
  if (Array.isArray(value)) return { type: "array" };
  if (typeof value === "number") return { type: Number.isInteger(value) ? "integer" : "number" };
  return { type: typeof value };
}

function withDefault({ typing, file }: Scope, parameter: PyParameter, schema: Schema): ObjectField {
  const { name, default: expression } = parameter;
  if (expression === null) return { name, schema, isRequired: true };
  const hint = { file, expression };
  if (isConstraint(typing, hint)) return withRules({ typing, file }, { name, schema, expression });
  const value = evaluateDefault(typing, hint);
  if (!value.known) {
    if (value.reason === "too_large") reportTooLarge(typing, { file, name, expression });
    return { name, schema, isRequired: false };
  }
  const isMissing = value.value === null && !takesNull(schema);
  // `count: int = None` means what `int | None` says, and has for long been written so.
  const nullable: Schema = isMissing ? { anyOf: [schema, { type: "null" }] } : schema;
  return { name, schema: nullable, isRequired: false, default: value.value };
}

/** `x: int = Field(3, ge=1)` is a call of its own where the function is called by Python. */
function withRules(
  { typing, file }: Scope,
  { name, schema, expression }: { name: string; schema: Schema; expression: PyExpression },
): ObjectField {
  typing.report({ file, ...expression.at }, "error", {
    code: "rules_as_default",
    message: `${name} has its rules as its default, so that Python would pass the rules themselves.`,
    fix: `Write ${name}: Annotated[..., Field(...)] and the default behind it.`,
  });
  return { name, schema: annotate(typing, schema, { file, expression }), isRequired: false };
}

function reportTooLarge(typing: Typing, of: { file: string; name: string; expression: PyExpression }): void {
  typing.report({ file: of.file, ...of.expression.at }, "error", {
    code: "default_too_large",
    message: `The default of ${of.name} is a number that JSON's readers would change.`,
    fix: "Take it as text: str, or Decimal.",
  });
}

function takesNull(schema: Schema): boolean {
  if (Object.keys(schema).every((key) => key === "title" || key === "description")) return true;
  const branches = schema["anyOf"];
  if (schema["type"] === "null") return true;
  return Array.isArray(branches) && unwrapNull(schema) !== schema
    ? true
    : Array.isArray(branches) && branches.some((branch) => JSON.stringify(branch) === '{"type":"null"}');
}

/** Names that stand for text of several lines. */
const LONG_TEXT =
  /(?:^|_)(?:text|body|message|notes?|content|description|prompt|transcript|article|summary|comment|markdown|html|letter|paste)$/;

function suggestWidget(name: string, schema: Schema): Schema {
  const isPlainText = schema["type"] === "string" && !("enum" in schema) && !("format" in schema);
  if (!isPlainText || "x-floom-widget" in schema || "contentEncoding" in schema) return schema;
  if (/(?:^|_)(?:password|passphrase|api_key|secret|token)$/.test(name))
    return { ...schema, "x-floom-widget": "password" };
  return "contentMediaType" in schema || LONG_TEXT.test(name)
    ? { ...schema, "x-floom-widget": "textarea" }
    : schema;
}

const STREAMS: ReadonlySet<string> = new Set([
  "typing.Iterator",
  "typing.Generator",
  "typing.AsyncIterator",
  "typing.AsyncGenerator",
]);

/** What a function hands back; one that hands back piece by piece is a list that is shown while it grows. */
function readReturn({ typing, file }: Scope, expression: PyExpression): Schema {
  if (expression.kind === "subscript" && expression.value.kind === "name") {
    const meaning = resolveName(typing.bundle, file, expression.value.path);
    const [item] = expression.items;
    if (meaning.kind === "library" && STREAMS.has(meaning.path) && item !== undefined)
      return { type: "array", items: schemaOf(typing, { file, expression: item }), "x-floom-stream": true };
  }
  return schemaOf(typing, { file, expression });
}

/** A default that its own hint refuses would fail every run that leaves the field alone. */
function checkDefaults({ typing, file }: Scope, schema: Schema, parameters: readonly PyParameter[]): void {
  const properties = isSchema(schema["properties"]) ? schema["properties"] : {};
  for (const { name, default: expression } of parameters) {
    const property = properties[name];
    if (!isSchema(property) || expression === null || !("default" in property)) continue;
    const validator = new Validator(withoutFormats({ ...property, $defs: schema["$defs"] ?? {} }), "2020-12");
    if (validator.validate(property["default"]).valid) continue;
    typing.report({ file, ...expression.at }, "error", {
      code: "default_does_not_fit",
      message: `The default of ${name}, ${JSON.stringify(property["default"])}, is not what its hint says.`,
      fix: "Change the default, or the hint.",
    });
  }
}

/** Formats are judged by Python's own types when they are made, which are wider: a time may be without its zone. */
function withoutFormats<T extends Json>(value: T): T;
function withoutFormats(value: Json): Json {
  if (Array.isArray(value)) return value.map((inner) => withoutFormats(inner));
  if (!isSchema(value)) return value;
  const kept = Object.entries(value).filter(([key, inner]) => key !== "format" || typeof inner !== "string");
  return Object.fromEntries(kept.map(([key, inner]) => [key, withoutFormats(inner)]));
}
