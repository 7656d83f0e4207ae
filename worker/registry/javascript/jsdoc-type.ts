import type { Json } from "#contract/json";
import { plainSchema } from "../infer/plain-types.ts";
import type { Schema } from "../infer/typing.ts";

/** Why a type of JSDoc cannot be a field, and what to write instead. */
export class TypeRefused extends Error {
  readonly fix: string;

  constructor(message: string, fix: string) {
    super(message);
    this.fix = fix;
  }
}

/** A type as it was read. `isOptional` is what a closing `=`, or `undefined` in a union, says. */
export interface JsType {
  schema: Schema;
  isOptional: boolean;
}

const ADVICE = "Take string, number, boolean, Date, File, an array, or an object of these.";
const FUNCTION_ADVICE = 'Take the name of what to do, as "this" | "that", and call it yourself.';

const fileSchema = (kind: string): Schema => plainSchema(`floom.${kind}`) ?? {};
const NAMES: Readonly<Record<string, Schema>> = {
  string: { type: "string" },
  String: { type: "string" },
  number: { type: "number" },
  Number: { type: "number" },
  integer: { type: "integer" },
  int: { type: "integer" },
  bigint: { type: "string", format: "integer", pattern: String.raw`^-?\d+$` },
  boolean: { type: "boolean" },
  Boolean: { type: "boolean" },
  null: { type: "null" },
  any: {},
  unknown: {},
  "*": {},
  object: { type: "object" },
  Object: { type: "object" },
  Array: { type: "array" },
  array: { type: "array" },
  Date: { type: "string", format: "date-time" },
  URL: { type: "string", format: "uri" },
  Uint8Array: { type: "string", contentEncoding: "base64" },
  Buffer: { type: "string", contentEncoding: "base64" },
  File: fileSchema("File"),
  Image: fileSchema("Image"),
  Table: fileSchema("Table"),
  void: { type: "null" },
  undefined: { type: "null" },
};

const TOKEN =
  /\s*(=>|\.\.\.|\[\]|"(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*'|-?\d+(?:\.\d+)?|import\s*\(\s*["'][^"']*["']\s*\)|[\p{L}_$*][\p{L}\w$]*(?:\.(?!<)[\p{L}_$][\p{L}\w$]*)*|[<>{}()[\],:;|&?!=.])/uy;
/** Deeper than any type that a form can show. */
const MOST_DEPTH = 60;

/** The schema of a type as JSDoc and TypeScript write it. `find` answers what the file's own typedefs mean. Throws TypeRefused. */
export function readJsType(text: string, find: (name: string) => Schema | null): JsType {
  const tokens = tokenize(text);
  if (tokens.includes("=>"))
    throw new TypeRefused("A function cannot be a field of a form.", FUNCTION_ADVICE);
  const reader = new Reader(tokens, find);
  const read = reader.union(0);
  const isOptional = reader.take("=") || read.isOptional;
  if (!reader.isDone) throw new TypeRefused(`${text} is no type.`, ADVICE);
  return { schema: read.schema, isOptional };
}

function tokenize(text: string): string[] {
  const tokens: string[] = [];
  for (TOKEN.lastIndex = 0; TOKEN.lastIndex < text.trimEnd().length;) {
    const token = TOKEN.exec(text)?.[1];
    if (token === undefined) throw new TypeRefused(`${text} is no type.`, ADVICE);
    tokens.push(token);
  }
  return tokens;
}

class Reader {
  readonly #tokens: readonly string[];
  readonly #find: (name: string) => Schema | null;
  #at = 0;

  constructor(tokens: readonly string[], find: (name: string) => Schema | null) {
    this.#tokens = tokens;
    this.#find = find;
  }

  get isDone(): boolean {
    return this.#at >= this.#tokens.length;
  }

  take(token: string): boolean {
    if (this.#tokens[this.#at] !== token) return false;
    this.#at += 1;
    return true;
  }

  union(depth: number): JsType {
    if (depth > MOST_DEPTH) throw new TypeRefused("The type lies too deep in other types.", ADVICE);
    this.take("|");
    let isOptional = false;
    const members: Schema[] = [];
    do {
      if (this.take("undefined")) isOptional = true;
      else members.push(this.#postfix(depth + 1));
    } while (this.take("|"));
    return { schema: members.length === 0 ? { type: "null" } : unite(members), isOptional };
  }

  #expect(token: string): void {
    if (!this.take(token)) throw new TypeRefused(`A ${token} is missing in the type.`, ADVICE);
  }

  #next(): string {
    const token = this.#tokens[this.#at] ?? "";
    this.#at += 1;
    return token;
  }

  #postfix(depth: number): Schema {
    this.take("!");
    const isNullable = this.take("?");
    let schema = this.#primary(depth);
    while (this.take("[]")) schema = listOf(schema);
    return isNullable ? unite([schema, { type: "null" }]) : schema;
  }

  #primary(depth: number): Schema {
    const token = this.#next();
    if (token === "(") {
      const { schema } = this.union(depth);
      this.#expect(")");
      return schema;
    }
    if (token === "{") return this.#record(depth);
    if (token === "[") return this.#tuple(depth);
    if (token === "true" || token === "false") return { type: "boolean", enum: [token === "true"] };
    if (/^["']/.test(token)) return { type: "string", enum: [unquote(token)] };
    if (/^-?\d/.test(token)) {
      const value = Number(token);
      return { type: Number.isInteger(value) ? "integer" : "number", enum: [value] };
    }
    if (token.startsWith("import")) {
      this.#expect(".");
      return this.#named(this.#next(), depth);
    }
    return this.#named(token, depth);
  }

  #named(path: string, depth: number): Schema {
    const name = path.replace(/^(?:globalThis|floom)\./, "");
    // `Array.<string>` is the older way to write it.
    this.take(".");
    const args = this.take("<") ? this.#arguments(depth) : [];
    const [first, second] = args;
    if (name === "Array" || name === "ReadonlyArray" || name === "Iterable")
      return first === undefined ? { type: "array" } : listOf(first);
    if (name === "Set") return { ...listOf(first ?? {}), uniqueItems: true };
    if ((name === "Object" || name === "Record") && second !== undefined) return mapOf(first ?? {}, second);
    if (["Promise", "Readonly", "Required", "NonNullable"].includes(name) && first !== undefined)
      return first;
    const own = this.#find(name);
    if (own !== null) return own;
    if (Object.hasOwn(NAMES, name)) return { ...NAMES[name] };
    const isFunction = name === "Function" || name === "function";
    throw new TypeRefused(`${path} cannot be a field of a form.`, isFunction ? FUNCTION_ADVICE : ADVICE);
  }

  #arguments(depth: number): Schema[] {
    const list = [this.union(depth).schema];
    while (this.take(",")) list.push(this.union(depth).schema);
    this.#expect(">");
    return list;
  }

  #record(depth: number): Schema {
    const properties: Schema = {};
    const required: string[] = [];
    while (!this.take("}")) {
      if (this.isDone) throw new TypeRefused("A } is missing in the type.", ADVICE);
      const name = this.#next();
      const isOptional = this.take("?");
      this.#expect(":");
      const value = this.union(depth);
      const plain = /^["']/.test(name) ? unquote(name) : name;
      properties[plain] = value.schema;
      if (!isOptional && !value.isOptional) required.push(plain);
      if (!this.take(",")) this.take(";");
    }
    return recordOf(properties, required);
  }

  #tuple(depth: number): Schema {
    const prefixItems: Json[] = [];
    while (!this.take("]")) {
      if (this.isDone) throw new TypeRefused("A ] is missing in the type.", ADVICE);
      prefixItems.push(this.union(depth).schema);
      this.take(",");
    }
    const length = prefixItems.length;
    return {
      type: "array",
      ...(length > 0 && { prefixItems }),
      items: false,
      minItems: length,
      maxItems: length,
    };
  }
}

/** An object of exactly these properties. Pure. */
export function recordOf(properties: Schema, required: readonly string[]): Schema {
  return {
    type: "object",
    properties,
    ...(required.length > 0 && { required: [...required] }),
    additionalProperties: false,
  };
}

const listOf = (items: Schema): Schema => ({
  type: "array",
  ...(Object.keys(items).length > 0 && { items }),
});

function mapOf(keys: Schema, values: Schema): Schema {
  const options = keys["enum"];
  return {
    type: "object",
    ...(Array.isArray(options) && { propertyNames: { enum: options.map(String) } }),
    additionalProperties: Object.keys(values).length === 0 ? true : values,
  };
}

function unquote(token: string): string {
  const inner = token.slice(1, -1).replaceAll(/\\(["'\\])/g, "$1");
  return inner;
}

/** Any of several: choices become one, the same twice is one, `null` comes last. Pure. */
function unite(members: readonly Schema[]): Schema {
  const flat = members.flatMap((member) => {
    const inner = member["anyOf"];
    return Array.isArray(inner)
      ? inner.filter((one): one is Schema => typeof one === "object" && one !== null && !Array.isArray(one))
      : [member];
  });
  const choices = flat.filter((member) => Array.isArray(member["enum"]));
  const options = choices.flatMap(({ enum: list }) => (Array.isArray(list) ? list : []));
  const types = new Set(choices.map(({ type }) => type));
  const [type] = types;
  const isBoth = options.length === 2 && types.size === 1 && type === "boolean";
  const choice: Schema[] =
    options.length === 0
      ? []
      : [
          isBoth
            ? { type: "boolean" }
            : { ...(types.size === 1 && type !== undefined && { type }), enum: [...new Set(options)] },
        ];
  const rest = flat.filter((member) => !Array.isArray(member["enum"]));
  const all = [...new Map([...choice, ...rest].map((one) => [JSON.stringify(one), one])).values()];
  const sorted = all.toSorted((a, b) => Number(a["type"] === "null") - Number(b["type"] === "null"));
  const [only] = sorted;
  return sorted.length === 1 && only !== undefined ? only : { anyOf: sorted };
}
