import type { Json } from "#contract/json";
import type { Said } from "./finding.ts";
import type { PythonBundle } from "../python/python-bundle.ts";
import type { PyExpression } from "../python/python-expression.ts";
import type { Place } from "../python/python-text.ts";

/** A JSON Schema 2020-12 document, or a part of one. */
export type Schema = Record<string, Json>;

/** A hint where it is written: names mean what they mean in that file. */
export interface Hint {
  file: string;
  expression: PyExpression;
}

/** What every step of a conversion carries along. */
export interface Typing {
  bundle: PythonBundle;
  definitions: Definitions;
  /** Whether it is of what comes out. */
  isOutput: boolean;
  /** Tells of something at a place; an error means that there is no form for it. */
  report: (at: Place & { file: string }, severity: "error" | "warning", said: Said) => void;
}

/** The named types of one schema, each once: what lies in `$defs`. */
export class Definitions {
  readonly #names = new Map<string, string>();
  readonly #schemas = new Map<string, Schema | null>();

  /** A reference to the named type; `build` is called the first time only, and may ask for the same type again. */
  refer(key: string, name: string, build: () => Schema): Schema {
    const known = this.#names.get(key);
    if (known !== undefined) return referTo(known);
    const free = this.#freeName(name);
    this.#names.set(key, free);
    this.#schemas.set(free, null);
    this.#schemas.set(free, build());
    return referTo(free);
  }

  /** As `refer` for a type that needs no name unless it mentions itself: else it stands where it is used. */
  inline(key: string, name: string, build: () => Schema): Schema {
    const known = this.#names.get(key);
    if (known !== undefined) {
      this.#schemas.set(known, this.#schemas.get(known) ?? {});
      return referTo(known);
    }
    const free = this.#freeName(name);
    this.#names.set(key, free);
    const schema = build();
    if (this.#schemas.has(free)) {
      this.#schemas.set(free, schema);
      return referTo(free);
    }
    this.#names.delete(key);
    return schema;
  }

  /** The schema behind a reference; anything else as it is. */
  follow(schema: Schema): Schema {
    const reference = schema["$ref"];
    if (typeof reference !== "string") return schema;
    return this.#schemas.get(reference.slice(PREFIX.length)) ?? {};
  }

  /** All of them, by name. */
  list(): Schema {
    const entries = [...this.#schemas].filter((entry): entry is [string, Schema] => entry[1] !== null);
    return Object.fromEntries(entries);
  }

  #freeName(name: string): string {
    const taken = (wanted: string) => this.#schemas.has(wanted) || [...this.#names.values()].includes(wanted);
    let free = name;
    for (let number = 2; taken(free); number++) free = `${name}${number}`;
    return free;
  }
}

const PREFIX = "#/$defs/";

const referTo = (name: string): Schema => ({ $ref: `${PREFIX}${name}` });

/** The place of an expression, with its file. */
export function placeOf({ file, expression }: Hint): Place & { file: string } {
  return { file, ...expression.at };
}

/** How a hint reads in a sentence. */
export function showHint(expression: PyExpression): string {
  switch (expression.kind) {
    case "name":
      return expression.path.join(".");
    case "subscript":
      return `${showHint(expression.value)}[${expression.items.map(showHint).join(", ")}]`;
    case "union":
      return `${showHint(expression.left)} | ${showHint(expression.right)}`;
    case "text":
      return JSON.stringify(expression.value);
    case "number":
      return expression.digits;
    case "constant":
      return expression.value === "..." ? "..." : (CONSTANTS.get(expression.value) ?? "None");
    case "sequence":
      return `[${expression.items.map(showHint).join(", ")}]`;
    case "call":
      return `${showHint(expression.callee)}(...)`;
    case "mapping":
      return "{...}";
    case "other":
      return expression.source.slice(0, 80);
  }
}

const CONSTANTS = new Map<boolean | null, string>([
  [true, "True"],
  [false, "False"],
  [null, "None"],
]);

/** A label from a name: `max_size_mb` is "Max size mb". Pure. */
export function labelOf(name: string): string {
  const words = name
    .replaceAll(/([a-z0-9])([A-Z])/g, "$1 $2")
    .replaceAll("_", " ")
    .trim();
  return words === "" ? name : `${words.charAt(0).toUpperCase()}${words.slice(1)}`;
}

/** What turns a hint into a schema; handed to those that `schemaOf` itself asks. */
export type SchemaOf = (typing: Typing, hint: Hint, depth?: number) => Schema;

export function isSchema(value: Json | undefined): value is Schema {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
