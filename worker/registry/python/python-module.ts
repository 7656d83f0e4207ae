import type { SyntaxNode } from "@lezer/common";
import { parser } from "@lezer/python";
import { findTooDeep } from "./bracket-depth.ts";
import { findOrderFault, splitParameters } from "./parameter-list.ts";
import { childrenOf, readArguments, readExpression } from "./python-expression.ts";
import type { PyArgument, PyExpression, SourceText } from "./python-expression.ts";
import { cleanDocstring, placeFinder } from "./python-text.ts";
import type { Place } from "./python-text.ts";

/** A parameter as it is written. `form` says how it is given. */
export interface PyParameter {
  name: string;
  at: Place;
  form: "positional" | "either" | "keyword" | "rest" | "keywords";
  annotation: PyExpression | null;
  default: PyExpression | null;
}

export interface PyFunction {
  name: string;
  at: Place;
  isAsync: boolean;
  decorators: readonly PyExpression[];
  parameters: readonly PyParameter[];
  returns: PyExpression | null;
  docstring: string | null;
  /** Parameters of types of its own: `def f[T](x: T)`. */
  isGeneric: boolean;
  /** Where the signature is no Python. */
  broken: Place | null;
}

/** One `name: hint = value` of a class or module. */
export interface PyAssignment {
  name: string;
  at: Place;
  annotation: PyExpression | null;
  value: PyExpression | null;
  /** The text that stands behind it, as for documentation. */
  note: string | null;
}

export interface PyClass {
  name: string;
  at: Place;
  decorators: readonly PyExpression[];
  /** Null where some of them are unpacked. */
  bases: readonly PyArgument[] | null;
  fields: readonly PyAssignment[];
  docstring: string | null;
  isGeneric: boolean;
}

/** Where an imported name comes from. `name` is null where the module itself is meant. */
export interface PyImport {
  /** Dots before the module: 0 for an absolute import. */
  level: number;
  module: readonly string[];
  name: string | null;
  at: Place;
}

/** One Python file, as far as its signatures need it. */
export interface PyModule {
  imports: ReadonlyMap<string, PyImport>;
  /** Modules of which everything is imported: `from x import *`. */
  wholeImports: readonly PyImport[];
  functions: ReadonlyMap<string, PyFunction>;
  classes: ReadonlyMap<string, PyClass>;
  /** Names with a value: type aliases, defaults, `__all__`. The last one counts. */
  values: ReadonlyMap<string, PyAssignment>;
  docstring: string | null;
  /** Where the file stops being one that Python reads, so that nothing of it is read. */
  unreadable: Place | null;
}

interface Draft {
  imports: Map<string, PyImport>;
  wholeImports: PyImport[];
  functions: Map<string, PyFunction>;
  classes: Map<string, PyClass>;
  values: Map<string, PyAssignment>;
}

/** Reads a file's own definitions; never runs it and never throws: what cannot be read of a body does not matter. */
export function parseModule(source: string): PyModule {
  const text = sourceText(source);
  const tooDeep = findTooDeep(source);
  const top = parser.parse(tooDeep === null ? source : "").topNode;
  const draft: Draft = {
    imports: new Map(),
    wholeImports: [],
    functions: new Map(),
    classes: new Map(),
    values: new Map(),
  };
  readStatements(childrenOf(top), text, draft);
  const unreadable = tooDeep === null ? null : text.place(tooDeep);
  return { ...draft, docstring: docstringOf(top, text), unreadable };
}

/** The expression in a text, as a hint in quotation marks is one; null for a text that is none. All of it stands at `at`. */
export function parseHint(source: string, at: Place): PyExpression | null {
  // In brackets, as Python reads it: a hint may be broken over lines.
  const wrapped = `(${source.trim()}\n)`;
  if (findTooDeep(wrapped) !== null) return null;
  const top = parser.parse(wrapped).topNode;
  const [statement, ...more] = childrenOf(top);
  if (statement?.name !== "ExpressionStatement" || more.length > 0 || findError(statement) !== null)
    return null;
  const [node] = childrenOf(statement);
  return node === undefined
    ? null
    : readExpression(node, { slice: (inner) => wrapped.slice(inner.from, inner.to), place: () => at });
}

function sourceText(source: string): SourceText {
  return { slice: (node) => source.slice(node.from, node.to), place: placeFinder(source) };
}

const BLOCKS: ReadonlySet<string> = new Set(["IfStatement", "TryStatement", "WithStatement"]);

const bodiesOf = (node: SyntaxNode) =>
  childrenOf(node)
    .filter(({ name }) => name === "Body")
    .map(childrenOf);

/** Conditional and guarded definitions are definitions: of several of one name the last counts, as in most runs. */
function readStatements(nodes: readonly SyntaxNode[], text: SourceText, draft: Draft): void {
  for (const node of nodes) {
    if (!BLOCKS.has(node.name)) readStatement(node, text, draft);
    else for (const body of bodiesOf(node)) readStatements(body, text, draft);
  }
}

function readStatement(node: SyntaxNode, text: SourceText, draft: Draft): void {
  const parts = node.name === "DecoratedStatement" ? childrenOf(node) : [node];
  const defined = parts.at(-1);
  const decorators = parts.slice(0, -1).map((part) => readDecorator(part, text));
  if (defined === undefined) return;
  if (defined.name === "FunctionDefinition") {
    const found = readFunction(defined, text, decorators);
    // The later definition stands at its own place in the file.
    draft.functions.delete(found.name);
    draft.functions.set(found.name, found);
  } else if (defined.name === "ClassDefinition") {
    const found = readClass(defined, text, decorators);
    draft.classes.set(found.name, found);
  } else if (defined.name === "ImportStatement")
    for (const found of readImports(defined, text)) keepImport(found, draft);
  else {
    const found = readAssignment(defined, text);
    if (found !== null) draft.values.set(found.name, found);
  }
}

function keepImport({ as, ...found }: PyImport & { as: string }, draft: Draft): void {
  if (as === "*") draft.wholeImports.push(found);
  else draft.imports.set(as, found);
}

function readDecorator(node: SyntaxNode, text: SourceText): PyExpression {
  const at = text.place(node.from);
  const parts = childrenOf(node).filter((part) => part.name !== "At");
  const path = parts.filter((part) => part.name.endsWith("Name")).map((part) => text.slice(part));
  const list = parts.find((part) => part.name === "ArgList");
  const callee: PyExpression = { at, kind: "name", path };
  if (list === undefined) return callee;
  const args = readArguments(list, text);
  return args === null ? { at, kind: "other", source: text.slice(node) } : { at, kind: "call", callee, args };
}

function readFunction(node: SyntaxNode, text: SourceText, decorators: readonly PyExpression[]): PyFunction {
  const parts = childrenOf(node);
  const list = parts.find((part) => part.name === "ParamList");
  const returns = parts.find((part) => part.name === "TypeDef");
  const body = parts.find((part) => part.name === "Body");
  const name = parts.find((part) => part.name === "VariableName");
  const error = [list, returns]
    .map((part) => (part === undefined ? null : findError(part)))
    .find((at) => at !== null);
  const fault = error ?? (list === undefined ? null : findOrderFault(splitParameters(list, text), text));
  return {
    name: name === undefined ? "" : text.slice(name),
    at: text.place(node.from),
    isAsync: parts.some((part) => part.name === "async"),
    decorators,
    parameters: list === undefined ? [] : readParameters(list, text),
    returns: returns === undefined ? null : readTypeDef(returns, text),
    docstring: body === undefined ? null : docstringOf(body, text),
    isGeneric: parts.some((part) => part.name === "TypeParamList"),
    broken: fault === null ? null : text.place(fault),
  };
}

function readParameters(list: SyntaxNode, text: SourceText): PyParameter[] {
  const parameters: PyParameter[] = [];
  let isKeyword = false;
  for (const { mark, nodes } of splitParameters(list, text)) {
    const [first] = nodes;
    if (mark === "/") for (const one of parameters) one.form = "positional";
    else if (mark === "*") isKeyword = true;
    else {
      const stars = first?.name === "*" || first?.name === "**" ? first.name : "";
      if (stars === "*") isKeyword = true;
      const form = stars === "*" ? "rest" : stars === "**" ? "keywords" : isKeyword ? "keyword" : "either";
      parameters.push(readParameter(stars === "" ? nodes : nodes.slice(1), text, form));
    }
  }
  return parameters;
}

function readParameter(
  piece: readonly SyntaxNode[],
  text: SourceText,
  form: PyParameter["form"],
): PyParameter {
  const [name] = piece;
  const hint = piece.find((part) => part.name === "TypeDef");
  const assigned = piece.findIndex((part) => part.name === "AssignOp");
  const value = assigned === -1 ? undefined : piece[assigned + 1];
  return {
    name: name === undefined ? "" : text.slice(name),
    at: text.place(name?.from ?? 0),
    form,
    annotation: hint === undefined ? null : readTypeDef(hint, text),
    default: value === undefined ? null : readExpression(value, text),
  };
}

function readTypeDef(node: SyntaxNode, text: SourceText): PyExpression | null {
  const hint = childrenOf(node).find((part) => part.name !== ":" && part.name !== "->");
  return hint === undefined ? null : readExpression(hint, text);
}

function readClass(node: SyntaxNode, text: SourceText, decorators: readonly PyExpression[]): PyClass {
  const parts = childrenOf(node);
  const name = parts.find((part) => part.name === "VariableName");
  const list = parts.find((part) => part.name === "ArgList");
  const body = parts.find((part) => part.name === "Body");
  return {
    name: name === undefined ? "" : text.slice(name),
    at: text.place(node.from),
    decorators,
    bases: list === undefined ? [] : readArguments(list, text),
    fields: body === undefined ? [] : readFields(body, text),
    docstring: body === undefined ? null : docstringOf(body, text),
    isGeneric: parts.some((part) => part.name === "TypeParamList"),
  };
}

/** A text alone behind a field is its description, as in many classes. */
function readFields(body: SyntaxNode, text: SourceText): PyAssignment[] {
  const fields: PyAssignment[] = [];
  let last: PyAssignment | null = null;
  for (const statement of childrenOf(body)) {
    const note = last === null ? null : loneText(statement, text);
    if (last !== null && note !== null) last.note = cleanDocstring(note);
    last = readAssignment(statement, text);
    if (last !== null) fields.push(last);
  }
  return fields;
}

function readAssignment(node: SyntaxNode, text: SourceText): PyAssignment | null {
  const parts = childrenOf(node);
  if (node.name === "TypeDefinition") return readTypeStatement(parts, text);
  const [name, second] = parts;
  if (node.name !== "AssignStatement" || name?.name !== "VariableName") return null;
  const hint = second?.name === "TypeDef" ? second : undefined;
  const assigned = parts.findIndex((part) => part.name === "AssignOp");
  // `a, b = 1, 2` and `a = b = 1` give no single name a single value.
  const values = assigned === -1 ? [] : parts.slice(assigned + 1);
  if ((hint === undefined && assigned !== 1) || values.length > 1) return null;
  return {
    name: text.slice(name),
    at: text.place(name.from),
    annotation: hint === undefined ? null : readTypeDef(hint, text),
    value: values[0] === undefined ? null : readExpression(values[0], text),
    note: null,
  };
}

/** `type Name = hint`; one with parameters of its own is left to be unknown. */
function readTypeStatement(parts: readonly SyntaxNode[], text: SourceText): PyAssignment | null {
  const name = parts.find((part) => part.name === "VariableName");
  const value = parts.at(-1);
  if (name === undefined || value === undefined || parts.some((part) => part.name === "TypeParamList"))
    return null;
  return {
    name: text.slice(name),
    at: text.place(name.from),
    annotation: null,
    value: readExpression(value, text),
    note: null,
  };
}

function readImports(node: SyntaxNode, text: SourceText): (PyImport & { as: string })[] {
  const parts = childrenOf(node).filter((part) => part.name !== "(" && part.name !== ")");
  const at = text.place(node.from);
  const importAt = parts.findIndex((part) => part.name === "import");
  if (parts[0]?.name !== "from") {
    return splitNames(parts.slice(importAt + 1)).map((piece) => {
      const { path, as } = readNames(piece, text);
      // `import a.b` binds `a`.
      const module = as === null ? path.slice(0, 1) : path;
      return { level: 0, module, name: null, at, as: as ?? path[0] ?? "" };
    });
  }
  const origin = parts.slice(1, importAt);
  const firstName = origin.findIndex((part) => part.name === "VariableName");
  const dots = firstName === -1 ? origin : origin.slice(0, firstName);
  const level = dots.map((part) => text.slice(part).length).reduce((sum, length) => sum + length, 0);
  const module = origin.filter((part) => part.name === "VariableName").map((part) => text.slice(part));
  return splitNames(parts.slice(importAt + 1)).map((piece) => {
    const { path, as } = readNames(piece, text);
    const name = path[0] ?? "*";
    return { level, module, name, at, as: as ?? name };
  });
}

function splitNames(parts: readonly SyntaxNode[]): SyntaxNode[][] {
  const pieces: SyntaxNode[][] = [[]];
  for (const part of parts) {
    if (part.name === ",") pieces.push([]);
    else pieces.at(-1)?.push(part);
  }
  return pieces.filter((piece) => piece.length > 0);
}

function readNames(piece: readonly SyntaxNode[], text: SourceText): { path: string[]; as: string | null } {
  const as = piece.findIndex((part) => part.name === "as");
  const path = (as === -1 ? piece : piece.slice(0, as)).filter((part) => part.name === "VariableName");
  const alias = as === -1 ? undefined : piece[as + 1];
  return { path: path.map((part) => text.slice(part)), as: alias === undefined ? null : text.slice(alias) };
}

function docstringOf(body: SyntaxNode, text: SourceText): string | null {
  const first = childrenOf(body).find((part) => part.name !== ":");
  const found = first === undefined ? null : loneText(first, text);
  return found === null || found.trim() === "" ? null : cleanDocstring(found);
}

function loneText(statement: SyntaxNode, text: SourceText): string | null {
  if (statement.name !== "ExpressionStatement") return null;
  const [node] = childrenOf(statement);
  const value = node === undefined ? null : readExpression(node, text);
  return value?.kind === "text" ? value.value : null;
}

/** Where the first thing in a node stands that is no Python; null where all of it is. */
function findError(node: SyntaxNode): number | null {
  let found: number | null = null;
  node.cursor().iterate((inner) => {
    if (inner.type.isError) found ??= inner.from;
    return found === null;
  });
  return found;
}
