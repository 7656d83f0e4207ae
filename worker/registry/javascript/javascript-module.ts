import type { SyntaxNode } from "@lezer/common";
import { parser } from "@lezer/javascript";
import type { Json } from "#contract/json";
import type { Place } from "../python/python-text.ts";
import { placeFinder } from "../python/python-text.ts";

/** What a default says; undefined where only running the code could say. */
type Default = { value: Json } | undefined;

/** A field that is taken out of an object, or a parameter. */
interface JsField {
  name: string;
  at: Place;
  /** Undefined where there is none. */
  default: { known: Default } | undefined;
}

export interface JsParameter extends JsField {
  /** A plain name, `{a, b}`, `[a, b]` or `...rest`. */
  form: "name" | "object" | "array" | "rest";
  /** What stands in the braces. */
  fields: JsField[];
}

export interface JsFunction {
  /** As it is exported: `default` for the default export. */
  exported: string;
  /** Its own name; empty where it has none. */
  name: string;
  at: Place;
  parameters: JsParameter[];
  isGenerator: boolean;
  /** Where its parameters are no JavaScript. */
  broken: Place | null;
  comment: JsComment | null;
}

export interface JsComment {
  text: string;
  /** Where an offset from its beginning lies in the file. */
  place: (offset: number) => Place;
}

export interface JsModule {
  /** Exported functions, in the file's order. */
  functions: JsFunction[];
  comments: JsComment[];
  /** Whether it does something by itself when it is read, besides defining and exporting. */
  doesSomething: boolean;
}

interface Found {
  node: SyntaxNode;
  name: string;
  comment: JsComment | null;
}

const FUNCTIONS: ReadonlySet<string> = new Set([
  "FunctionDeclaration",
  "FunctionExpression",
  "ArrowFunction",
]);

/** The exported functions of a file: `export`, `exports.name =` and `module.exports =`. Reads the source alone. Pure. */
export function readJavaScript(source: string): JsModule {
  const reader = new ModuleReader(source);
  for (const node of childrenOf(parser.parse(source).topNode)) reader.read(node);
  return reader.finish();
}

function childrenOf(node: SyntaxNode): SyntaxNode[] {
  const children: SyntaxNode[] = [];
  for (let child = node.firstChild; child !== null; child = child.nextSibling) children.push(child);
  return children;
}

class ModuleReader {
  readonly #source: string;
  readonly #place: (offset: number) => Place;
  readonly #declared = new Map<string, Found>();
  /** By the exported name: a function, or the name of one that may stand further down. */
  readonly #exported = new Map<string, Found | string>();
  readonly #comments: JsComment[] = [];
  #last: JsComment | null = null;
  #doesSomething = false;

  constructor(source: string) {
    this.#source = source;
    this.#place = placeFinder(source);
  }

  read(node: SyntaxNode): void {
    if (node.name === "BlockComment") this.#takeComment(node);
    if (node.name.endsWith("Comment")) return;
    const comment = this.#last;
    this.#last = null;
    this.#doesSomething ||= isDoing(node);
    if (node.name === "ExportDeclaration") this.#readExport(node, comment);
    else if (node.name === "ExpressionStatement") this.#readAssignment(node, comment);
    else for (const one of this.#functionsIn(node, comment)) this.#declared.set(one.name, one);
  }

  finish(): JsModule {
    const functions = [...this.#exported].flatMap(([exported, what]) => {
      const found = typeof what === "string" ? this.#declared.get(what) : what;
      return found === undefined ? [] : [this.#describe(exported, found)];
    });
    return {
      functions: functions.toSorted((a, b) => a.at.line - b.at.line),
      comments: this.#comments,
      doesSomething: this.#doesSomething,
    };
  }

  #text(node: SyntaxNode): string {
    return this.#source.slice(node.from, node.to);
  }

  #takeComment(node: SyntaxNode): void {
    const text = this.#text(node);
    if (!text.startsWith("/**")) return;
    this.#last = { text, place: (offset) => this.#place(node.from + offset) };
    this.#comments.push(this.#last);
  }

  #functionsIn(node: SyntaxNode, comment: JsComment | null): Found[] {
    if (FUNCTIONS.has(node.name)) {
      const name = node.getChild("VariableDefinition");
      return [{ node, name: name === null ? "" : this.#text(name), comment }];
    }
    if (node.name !== "VariableDeclaration") return [];
    const parts = childrenOf(node);
    return parts.flatMap((part, index) => {
      const before = parts[index - 2];
      const isGiven = FUNCTIONS.has(part.name) && parts[index - 1]?.name === "Equals";
      return isGiven && before !== undefined ? [{ node: part, name: this.#text(before), comment }] : [];
    });
  }

  #readExport(node: SyntaxNode, comment: JsComment | null): void {
    const parts = childrenOf(node);
    // What another file has is read there.
    if (parts.some(({ name }) => name === "from")) return;
    const isDefault = parts.some(({ name }) => name === "default");
    for (const part of parts) {
      if (part.name === "ExportGroup") this.#readGroup(part);
      if (isDefault && part.name === "VariableName") this.#exported.set("default", this.#text(part));
      for (const found of this.#functionsIn(part, comment)) {
        this.#declared.set(found.name, found);
        this.#exported.set(isDefault ? "default" : found.name, found);
      }
    }
  }

  #readGroup(group: SyntaxNode): void {
    const names = this.#text(group)
      .slice(1, -1)
      .replaceAll(/\/\*[\s\S]*?\*\/|\/\/.*/g, "");
    for (const part of names.split(",")) {
      const [name = "", , as = name] = part.trim().split(/\s+/);
      if (name !== "") this.#exported.set(as, name);
    }
  }

  #readAssignment(statement: SyntaxNode, comment: JsComment | null): void {
    const assignment = statement.getChild("AssignmentExpression");
    const [target, , value] = assignment === null ? [] : childrenOf(assignment);
    if (target === undefined || value === undefined) return;
    const path = this.#text(target).replace(/^module\./, "");
    const name = /^exports\.([\w$]+)$/.exec(path)?.[1];
    if (name !== undefined) this.#export(name, value, comment);
    else if (path === "exports" && value.name === "ObjectExpression") this.#readObject(value);
    else if (path === "exports") this.#export("default", value, comment);
  }

  #export(name: string, value: SyntaxNode, comment: JsComment | null): void {
    if (value.name === "VariableName") this.#exported.set(name, this.#text(value));
    const [found] = this.#functionsIn(value, comment);
    if (found !== undefined) this.#exported.set(name, found);
  }

  #readObject(object: SyntaxNode): void {
    for (const property of object.getChildren("Property")) {
      const [key, , value] = childrenOf(property);
      if (key === undefined) continue;
      if (value === undefined) this.#exported.set(this.#text(key), this.#text(key));
      else this.#export(this.#text(key), value, null);
    }
  }

  #describe(exported: string, { node, name, comment }: Found): JsFunction {
    const list = node.getChild("ParamList");
    const error = list === null ? null : findError(list);
    return {
      exported,
      name,
      at: this.#place(node.from),
      parameters: list === null ? [] : this.#readParameters(list),
      isGenerator: node.getChild("Star") !== null,
      broken: error === null ? null : this.#place(error),
      comment,
    };
  }

  #readParameters(list: SyntaxNode): JsParameter[] {
    const pieces: SyntaxNode[][] = [[]];
    for (const part of childrenOf(list)) {
      if (part.name === ",") pieces.push([]);
      else if (!/^[()]$|Comment$/.test(part.name)) pieces.at(-1)?.push(part);
    }
    return pieces.flatMap((piece): JsParameter[] => {
      const [first, second] = piece;
      if (first === undefined) return [];
      const at = this.#place(first.from);
      const given = this.#defaultOf(piece);
      if (first.name === "Spread") {
        const name = second === undefined ? "" : this.#text(second);
        return [{ form: "rest", name, at, default: undefined, fields: [] }];
      }
      if (first.name === "ObjectPattern")
        return [{ form: "object", name: "", at, default: given, fields: this.#readPattern(first) }];
      const form = first.name === "ArrayPattern" ? "array" : "name";
      return [{ form, name: form === "name" ? this.#text(first) : "", at, default: given, fields: [] }];
    });
  }

  #readPattern(pattern: SyntaxNode): JsField[] {
    return pattern.getChildren("PatternProperty").flatMap((property) => {
      const name = property.getChild("PropertyName");
      return name === null
        ? []
        : [
            {
              name: this.#text(name),
              at: this.#place(name.from),
              default: this.#defaultOf(childrenOf(property)),
            },
          ];
    });
  }

  #defaultOf(piece: readonly SyntaxNode[]): JsField["default"] {
    const equals = piece.findIndex(({ name }) => name === "Equals");
    const value = equals === -1 ? undefined : piece[equals + 1];
    return value === undefined ? undefined : { known: readValue(value, this.#source, 0) };
  }
}

const QUIET: ReadonlySet<string> = new Set([
  "ImportDeclaration",
  "ExportDeclaration",
  "FunctionDeclaration",
  "ClassDeclaration",
  ";",
  "Hashbang",
]);

/** A statement of the file's own that is more than a definition: a call, a loop, a condition, something awaited. */
function isDoing(node: SyntaxNode): boolean {
  if (QUIET.has(node.name) || node.type.isError) return false;
  // A constant that has to be waited for is the result of doing something.
  if (node.name === "VariableDeclaration")
    return childrenOf(node).some(({ name }) => name === "AwaitExpression");
  const [expression] = childrenOf(node);
  return (
    node.name !== "ExpressionStatement" || !/^(?:String|AssignmentExpression)$/.test(expression?.name ?? "")
  );
}

function findError(node: SyntaxNode): number | null {
  let found: number | null = null;
  node.cursor().iterate((inner) => {
    if (inner.type.isError) found ??= inner.from;
    return found === null;
  });
  return found;
}

/** Deeper than any default that a form can show. */
const MOST_DEPTH = 20;

/** A literal, and arrays and objects of them. */
function readValue(node: SyntaxNode, source: string, depth: number): Default {
  const text = source.slice(node.from, node.to);
  if (depth > MOST_DEPTH) return undefined;
  switch (node.name) {
    case "Number":
    case "UnaryExpression":
      return /^-?\s*[\d.][\w.]*$/.test(text) && Number.isFinite(Number(text.replaceAll(/[_\s]/g, "")))
        ? { value: Number(text.replaceAll(/[_\s]/g, "")) }
        : undefined;
    case "String":
      return readText(text);
    case "BooleanLiteral":
      return { value: text === "true" };
    case "null":
      return { value: null };
    case "ArrayExpression":
      return readItems(node, source, depth);
    case "ObjectExpression":
      return readProperties(node, source, depth);
    default:
      return undefined;
  }
}

function readText(literal: string): Default {
  const inner = literal.slice(1, -1);
  if (/\\[^nrt'"\\]/.test(inner)) return undefined;
  const escapes: Readonly<Record<string, string>> = { n: "\n", r: "\r", t: "\t" };
  return { value: inner.replaceAll(/\\(.)/g, (_, one: string) => escapes[one] ?? one) };
}

function readItems(node: SyntaxNode, source: string, depth: number): Default {
  const values: Json[] = [];
  for (const item of childrenOf(node).filter(({ name }) => !/^[[\],]$|Comment$/.test(name))) {
    const value = readValue(item, source, depth + 1);
    if (value === undefined) return undefined;
    values.push(value.value);
  }
  return { value: values };
}

function readProperties(node: SyntaxNode, source: string, depth: number): Default {
  const values: Record<string, Json> = {};
  for (const property of node.getChildren("Property")) {
    const [key, , inner] = childrenOf(property);
    const value = inner === undefined ? undefined : readValue(inner, source, depth + 1);
    if (key === undefined || value === undefined) return undefined;
    values[source.slice(key.from, key.to).replaceAll(/^["']|["']$/g, "")] = value.value;
  }
  return { value: values };
}
