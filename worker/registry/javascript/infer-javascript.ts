import type { Json } from "#contract/json";
import type { Said, TypingFinding } from "../infer/finding.ts";
import type { InferredAction, Inference } from "../infer/infer-python.ts";
import { readJavaScript } from "./javascript-module.ts";
import type { JsFunction, JsModule, JsParameter } from "./javascript-module.ts";
import { readJsDoc } from "./jsdoc.ts";
import type { JsDoc, JsDocTag } from "./jsdoc.ts";
import { readJsType, recordOf, TypeRefused } from "./jsdoc-type.ts";
import { objectSchema } from "../infer/object-schema.ts";
import type { ObjectField } from "../infer/object-schema.ts";
import { Definitions, isSchema, labelOf } from "../infer/typing.ts";
import type { Schema } from "../infer/typing.ts";

const DIALECT = "https://json-schema.org/draft/2020-12/schema";
const ACTION_NAME = /^[A-Za-z0-9_-]{1,48}$/;

/**
 * The actions that a JavaScript file's exported functions are, by their JSDoc. Reads the source alone; nothing of it is
 * run. Every function that cannot be a form is told with its line and what to write instead.
 */
export function inferJavaScript(sources: ReadonlyMap<string, string>, entry: string): Inference {
  const module = readJavaScript(sources.get(entry) ?? "");
  const findings: TypingFinding[] = [];
  const named = new Set(
    module.functions.flatMap(({ exported, at }) => (exported === "default" ? [] : [placeOf(at)])),
  );
  // What is exported by its name and as the default too is one action.
  const once = module.functions.filter(
    ({ exported, at }) => exported !== "default" || !named.has(placeOf(at)),
  );
  const names = new Set<string>();
  const actions = once.flatMap((one) => {
    const reader = new FunctionReader(entry, module, one);
    const inferred = reader.read();
    if (names.has(inferred.name)) reader.refuse(sameName(inferred.name));
    names.add(inferred.name);
    findings.push(...reader.findings);
    return reader.findings.some(({ severity }) => severity === "error") ? [] : [inferred];
  });
  return { actions, findings };
}

class FunctionReader {
  readonly findings: TypingFinding[] = [];
  readonly #file: string;
  readonly #function: JsFunction;
  readonly #typedefs: ReadonlyMap<string, JsDoc>;
  readonly #doc: JsDoc;
  #definitions = new Definitions();

  constructor(file: string, module: JsModule, one: JsFunction) {
    this.#file = file;
    this.#function = one;
    const docs = module.comments.map(({ text, place }) => readJsDoc(text, place));
    this.#typedefs = new Map(
      docs.flatMap((doc) => doc.tags.filter(({ tag }) => tag === "typedef").map(({ name }) => [name, doc])),
    );
    const { comment } = one;
    this.#doc =
      comment === null ? { summary: "", description: "", tags: [] } : readJsDoc(comment.text, comment.place);
  }

  read(): InferredAction {
    const { exported, name, at, parameters, broken } = this.#function;
    const stem = this.#file.replace(/^.*\//, "").replace(/\.[^.]*$/, "");
    const action = exported === "default" ? name || stem.replaceAll(/[^\w-]/g, "-") : exported;
    if (broken !== null) this.#report(broken, BROKEN);
    if (!ACTION_NAME.test(action)) this.#report(at, badName(action));
    const input = this.#readInputs(parameters);
    const input_schema = this.#document(input);
    this.#definitions = new Definitions();
    const output = this.#readOutput();
    return {
      name: action,
      function: exported,
      line: at.line,
      title: labelOf(action),
      description: [this.#doc.summary, this.#doc.description].filter((part) => part !== "").join("\n\n"),
      input_schema,
      output_schema: Object.keys(output).length === 0 ? {} : this.#document(output),
      positional: [],
    };
  }

  /** Tells of a fault of the whole function. */
  refuse(said: Said): void {
    this.#report(this.#function.at, said);
  }

  #report(at: { line: number; column: number }, said: Said): void {
    const { exported, name } = this.#function;
    const action = exported === "default" ? name || exported : exported;
    this.findings.push({ ...at, ...said, severity: "error", file: this.#file, action });
  }

  #document(schema: Schema): Schema {
    const definitions = this.#definitions.list();
    const hasAny = Object.keys(definitions).length > 0;
    return { $schema: DIALECT, ...schema, ...(hasAny && { $defs: definitions }) };
  }

  /** The parameters in their order; of one object that is taken apart at once, its fields. */
  #readInputs(parameters: readonly JsParameter[]): Schema {
    const tags = this.#doc.tags.filter(({ tag }) => tag === "param");
    const roots = tags.filter(({ name }) => !name.includes("."));
    const [only] = parameters;
    if (parameters.length === 1 && only?.form === "object") {
      const fields = this.#readFields(only, roots[0], tags);
      return { ...objectSchema(fields), "x-floom-argument": "object" };
    }
    return objectSchema(
      parameters.flatMap((parameter, index) => {
        const tag = roots.find(({ name }) => name === parameter.name) ?? roots[index];
        return this.#readParameter(parameter, tag, tags);
      }),
    );
  }

  #readParameter(
    parameter: JsParameter,
    tag: JsDocTag | undefined,
    tags: readonly JsDocTag[],
  ): ObjectField[] {
    if (parameter.form === "rest") this.#report(parameter.at, openParameters(parameter.name));
    if (parameter.form === "array") this.#report(parameter.at, NO_NAMES);
    if (parameter.form === "rest" || parameter.form === "array") return [];
    const isObject = parameter.form === "object";
    const name = isObject ? (tag?.name ?? "options") : parameter.name;
    const told =
      isObject && tag?.type === undefined ? recordFrom(this.#readFields(parameter, tag, tags)) : null;
    return [this.#field({ name, default: parameter.default }, tag, told ?? this.#nested(tag, tags))];
  }

  /** `options.width` and its like, as one object; null where there are none. */
  #nested(tag: JsDocTag | undefined, tags: readonly JsDocTag[]): Schema | null {
    if (tag === undefined || !/^(?:object|Object)?$/.test(tag.type ?? "")) return null;
    const inner = tags.filter(({ name }) => isBelow(name, tag.name));
    if (inner.length === 0) return null;
    return recordFrom(
      inner.map((one) => {
        const name = one.name.slice(tag.name.length + 1);
        return this.#field({ name, default: undefined }, one, this.#nested(one, tags));
      }),
    );
  }

  #readFields({ fields }: JsParameter, root: JsDocTag | undefined, tags: readonly JsDocTag[]): ObjectField[] {
    const whole =
      root === undefined || root.type === null || /^(?:object|Object)$/.test(root.type)
        ? null
        : this.#typeOf(root).schema;
    const known = whole === null ? {} : this.#definitions.follow(whole);
    const properties = isSchema(known["properties"]) ? known["properties"] : {};
    const required = Array.isArray(known["required"]) ? known["required"] : [];
    return fields.map((field) => {
      const tag = tags.find(({ name }) => root !== undefined && name === `${root.name}.${field.name}`);
      const schema = properties[field.name];
      if (tag !== undefined || !isSchema(schema)) return this.#field(field, tag, this.#nested(tag, tags));
      const isRequired = required.includes(field.name) && field.default === undefined;
      return { ...this.#field(field, undefined, schema), isRequired };
    });
  }

  #field(
    { name, default: given }: Pick<JsParameter, "name" | "default">,
    tag: JsDocTag | undefined,
    known: Schema | null,
  ): ObjectField {
    const value = given === undefined ? readDefault(tag?.default ?? null) : given.known?.value;
    const read = known === null && tag !== undefined && tag.type !== null ? this.#typeOf(tag) : null;
    const base = known ?? read?.schema ?? schemaOfValue(value);
    const schema = value === null && !takesNull(base) ? { anyOf: [base, { type: "null" }] } : base;
    const isOptional = given !== undefined || tag?.isOptional === true || read?.isOptional === true;
    const description = tag === undefined || tag.description === "" ? {} : { description: tag.description };
    return {
      name,
      schema: { title: labelOf(name), ...schema, ...description },
      isRequired: !isOptional,
      default: value,
    };
  }

  #typeOf(tag: JsDocTag): { schema: Schema; isOptional: boolean } {
    try {
      return readJsType(tag.type ?? "*", (name) => this.#typedef(name));
    } catch (error) {
      if (!(error instanceof TypeRefused)) throw error;
      this.#report(tag.at, { code: "type_unknown", message: error.message, fix: error.fix });
      return { schema: {}, isOptional: false };
    }
  }

  #typedef(name: string): Schema | null {
    const doc = this.#typedefs.get(name);
    const tag = doc?.tags.find((one) => one.tag === "typedef" && one.name === name);
    if (doc === undefined || tag === undefined) return null;
    const isRecord = /^(?:object|Object)?$/.test(tag.type ?? "");
    if (!isRecord) return this.#definitions.inline(name, name, () => this.#typeOf(tag).schema);
    return this.#definitions.refer(name, name, () => {
      const properties = doc.tags.filter((one) => one.tag === "property");
      const fields = properties.map((one) => this.#field({ name: one.name, default: undefined }, one, null));
      return { title: labelOf(name), ...recordFrom(fields) };
    });
  }

  #readOutput(): Schema {
    const tag = this.#doc.tags.find((one) => one.tag === "returns" || one.tag === "yields");
    if (tag === undefined || tag.type === null) return {};
    const stream = /^(?:Async)?(?:Generator|Iterator|Iterable|IterableIterator)\s*\.?<([\s\S]*)>$/.exec(
      tag.type,
    );
    const isPiece = tag.tag === "yields" || stream !== null;
    const { schema } = this.#typeOf(stream === null ? tag : { ...tag, type: `Array<${stream[1] ?? "*"}>` });
    const items = stream !== null && isSchema(schema["items"]) ? schema["items"] : schema;
    const whole: Schema = isPiece ? { type: "array", items, "x-floom-stream": true } : schema;
    const shown = asOutput(whole);
    return tag.description === "" ? shown : { ...shown, description: tag.description };
  }
}

const placeOf = ({ line, column }: JsFunction["at"]) => `${line}:${column}`;
const sameName = (name: string): Said => ({
  code: "same_action_name",
  message: `Two actions are called ${name}.`,
  fix: "Export one of them under another name.",
});
const isBelow = (name: string, of: string) =>
  name.startsWith(`${of}.`) && !name.slice(of.length + 1).includes(".");

function recordFrom(fields: readonly ObjectField[]): Schema {
  const properties = Object.fromEntries(
    fields.map(({ name, schema, default: value }) => [
      name,
      value === undefined ? schema : { ...schema, default: value },
    ]),
  );
  return recordOf(
    properties,
    fields.flatMap(({ name, isRequired }) => (isRequired ? [name] : [])),
  );
}

/** `[count=3]`: a number, a word of JavaScript's, an empty list or object, else text. */
function readDefault(text: string | null): Json | undefined {
  if (text === null || text === "undefined") return undefined;
  const words: Readonly<Record<string, Json>> = { true: true, false: false, null: null, "[]": [], "{}": {} };
  if (Object.hasOwn(words, text)) return words[text];
  if (/^-?\d+(?:\.\d+)?$/.test(text)) return Number(text);
  if (/^[[{]/.test(text)) return undefined;
  return text.replace(/^(["'])(.*)\1$/, "$2");
}

const takesNull = (schema: Schema) =>
  Object.keys(schema).length === 0 || JSON.stringify(schema).includes('"null"');

function schemaOfValue(value: Json | undefined): Schema {
  if (value === undefined || value === null) return { type: "string" };
  if (Array.isArray(value)) return { type: "array" };
  return { type: typeof value };
}

/** Bytes that are handed back are a file that can be looked at. */
function asOutput(schema: Schema): Schema {
  if (schema["contentEncoding"] === "base64") return { type: "string", format: "floom-file" };
  const entries = Object.entries(schema).map(([key, value]): [string, Json] => {
    if (isSchema(value)) return [key, asOutput(value)];
    return [key, Array.isArray(value) ? value.map((one) => (isSchema(one) ? asOutput(one) : one)) : value];
  });
  return Object.fromEntries(entries);
}

const BROKEN: Said = {
  code: "bad_signature",
  message: "The parameters are no JavaScript.",
  fix: "Correct them; `node --check` names the place.",
};
const NO_NAMES: Said = {
  code: "open_parameters",
  message: "A parameter that is an array taken apart has no name for its field.",
  fix: "Give it a name, and take it apart within the function.",
};
const openParameters = (name: string): Said => ({
  code: "open_parameters",
  message: `...${name} takes anything, and a form has to know its fields.`,
  fix: `Write @param {string[]} ${name} and ${name} without the dots.`,
});
const badName = (name: string): Said => ({
  code: "bad_action_name",
  message: `${name} cannot be an action's name: 1 to 48 letters, digits, _ and -.`,
  fix: "Export it under another name.",
});
