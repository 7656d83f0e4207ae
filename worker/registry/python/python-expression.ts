import type { SyntaxNode } from "@lezer/common";
import { readStringLiteral } from "./python-text.ts";
import type { Place } from "./python-text.ts";

/** An expression as far as hints, defaults and decorators use them; everything else is `other`. */
export type PyExpression = { at: Place } & (
  | { kind: "name"; /** `t.Optional` is ["t", "Optional"]. */ path: readonly string[] }
  | { kind: "subscript"; value: PyExpression; items: readonly PyExpression[] }
  | { kind: "call"; callee: PyExpression; args: readonly PyArgument[] }
  | { kind: "union"; left: PyExpression; right: PyExpression }
  | { kind: "text"; value: string }
  | { kind: "number"; /** As it is written, without underscores, sign included. */ digits: string }
  | { kind: "constant"; value: boolean | null | "..." }
  | { kind: "sequence"; form: "list" | "tuple" | "set"; items: readonly PyExpression[] }
  | { kind: "mapping"; entries: readonly (readonly [PyExpression, PyExpression])[] }
  | { kind: "other"; source: string }
);

export interface PyArgument {
  /** Null for one by position. */
  name: string | null;
  value: PyExpression;
}

/** What turns nodes of one file into expressions. */
export interface SourceText {
  slice: (span: { from: number; to: number }) => string;
  place: (offset: number) => Place;
}

const isMark = (node: SyntaxNode, ...marks: readonly string[]) => marks.includes(node.name);

/** The children of a node, comments apart. */
export function childrenOf(node: SyntaxNode): SyntaxNode[] {
  const children: SyntaxNode[] = [];
  for (let child = node.firstChild; child !== null; child = child.nextSibling)
    if (child.name !== "Comment") children.push(child);
  return children;
}

/** Deeper than any hint that a person reads; what lies deeper is not looked into. */
const MOST_DEPTH = 100;

/** Reads one expression node. Never throws: what it does not know, and what lies too deep, is `other`. */
export function readExpression(node: SyntaxNode, text: SourceText): PyExpression {
  return isTooDeep(node)
    ? { at: text.place(node.from), kind: "other", source: text.slice(node).slice(0, 80) }
    : read(node, text);
}

function isTooDeep(node: SyntaxNode): boolean {
  const most = MOST_DEPTH;
  let depth = 0;
  let deepest = 0;
  node.cursor().iterate(
    () => {
      depth += 1;
      deepest = Math.max(deepest, depth);
      return depth <= most;
    },
    () => {
      depth -= 1;
    },
  );
  return deepest > most;
}

const SEQUENCES: Readonly<Record<string, "list" | "tuple" | "set">> = {
  ArrayExpression: "list",
  TupleExpression: "tuple",
  SetExpression: "set",
};

type Reader = (node: SyntaxNode, text: SourceText) => PyExpression | null;

const readers: Readonly<Record<string, Reader>> = {
  String: readText,
  ContinuedString: readText,
  UnaryExpression: readSigned,
  BinaryExpression: readUnion,
  ParenthesizedExpression: readInner,
  DictionaryExpression: readMapping,
  MemberExpression: readMember,
  CallExpression: readCall,
};

function read(node: SyntaxNode, text: SourceText): PyExpression {
  const at = text.place(node.from);
  const form = SEQUENCES[node.name];
  if (form !== undefined) return { at, kind: "sequence", form, items: readItems(node, text) };
  const known = readPlain(node, text) ?? readers[node.name]?.(node, text);
  return known ?? { at, kind: "other", source: text.slice(node) };
}

function readPlain(node: SyntaxNode, text: SourceText): PyExpression | null {
  const at = text.place(node.from);
  switch (node.name) {
    case "VariableName":
      return { at, kind: "name", path: [text.slice(node)] };
    case "Number":
      return { at, kind: "number", digits: text.slice(node).replaceAll("_", "") };
    case "Boolean":
      return { at, kind: "constant", value: text.slice(node) === "True" };
    case "None":
      return { at, kind: "constant", value: null };
    case "Ellipsis":
      return { at, kind: "constant", value: "..." };
    default:
      return null;
  }
}

function readText(node: SyntaxNode, text: SourceText): PyExpression | null {
  const parts = node.name === "String" ? [node] : childrenOf(node);
  const values = parts.map((part) => readStringLiteral(text.slice(part)));
  if (values.some((value) => value === null)) return null;
  return { at: text.place(node.from), kind: "text", value: values.join("") };
}

function readSigned(node: SyntaxNode, text: SourceText): PyExpression | null {
  const [sign, operand] = childrenOf(node);
  if (sign === undefined || operand?.name !== "Number") return null;
  const mark = text.slice(sign);
  if (mark !== "-" && mark !== "+") return null;
  const digits = `${mark === "-" ? "-" : ""}${text.slice(operand).replaceAll("_", "")}`;
  return { at: text.place(node.from), kind: "number", digits };
}

function readUnion(node: SyntaxNode, text: SourceText): PyExpression | null {
  const [left, operator, right] = childrenOf(node);
  if (left === undefined || operator === undefined || right === undefined || text.slice(operator) !== "|")
    return null;
  return {
    at: text.place(node.from),
    kind: "union",
    left: read(left, text),
    right: read(right, text),
  };
}

function readInner(node: SyntaxNode, text: SourceText): PyExpression | null {
  const [inner] = childrenOf(node).filter((child) => !isMark(child, "(", ")"));
  return inner === undefined ? null : read(inner, text);
}

function readItems(node: SyntaxNode, text: SourceText): PyExpression[] {
  return childrenOf(node)
    .filter((child) => !isMark(child, "(", ")", "[", "]", "{", "}", ","))
    .map((child) => read(child, text));
}

function readMapping(node: SyntaxNode, text: SourceText): PyExpression | null {
  const parts = childrenOf(node).filter((child) => !isMark(child, "{", "}", ","));
  const entries: [PyExpression, PyExpression][] = [];
  for (let at = 0; at < parts.length; at += 3) {
    const [key, colon, value] = parts.slice(at, at + 3);
    if (key === undefined || value === undefined || colon?.name !== ":") return null;
    entries.push([read(key, text), read(value, text)]);
  }
  return { at: text.place(node.from), kind: "mapping", entries };
}

function readMember(node: SyntaxNode, text: SourceText): PyExpression | null {
  const [value, mark, ...rest] = childrenOf(node);
  if (value === undefined || mark === undefined) return null;
  const at = text.place(node.from);
  const owner = read(value, text);
  if (mark.name === ".") {
    const [property] = rest;
    if (property === undefined || owner.kind !== "name") return null;
    return { at, kind: "name", path: [...owner.path, text.slice(property)] };
  }
  const items = rest.filter((child) => !isMark(child, "[", "]", ","));
  if (items.some((item) => item.name === ":")) return null;
  const [only] = items;
  const unpacked = items.length === 1 && only?.name === "TupleExpression" ? readItems(only, text) : [];
  // `X[(a, b)]` and `X[a, b]` are the same to Python; `tuple[()]` is the empty one.
  const inside = unpacked.length > 0 ? unpacked : items.map((item) => read(item, text));
  return { at, kind: "subscript", value: owner, items: inside };
}

function readCall(node: SyntaxNode, text: SourceText): PyExpression | null {
  const [callee, list] = childrenOf(node);
  if (callee === undefined || list?.name !== "ArgList") return null;
  const args = readArguments(list, text);
  if (args === null) return null;
  return { at: text.place(node.from), kind: "call", callee: read(callee, text), args };
}

/** The arguments of a call or a class; null when some are unpacked, so that nobody can say what they are. */
export function readArguments(list: SyntaxNode, text: SourceText): PyArgument[] | null {
  const args: PyArgument[] = [];
  const parts = childrenOf(list).filter((child) => !isMark(child, "(", ")"));
  let at = 0;
  while (at < parts.length) {
    const [first, second, third] = parts.slice(at, at + 3);
    if (first === undefined) break;
    if (first.name === ",") at += 1;
    else if (isMark(first, "*", "**") || text.slice(first).startsWith("*")) return null;
    else if (second?.name === "AssignOp" && third !== undefined) {
      args.push({ name: text.slice(first), value: readExpression(third, text) });
      at += 3;
    } else {
      args.push({ name: null, value: readExpression(first, text) });
      at += 1;
    }
  }
  return args;
}
