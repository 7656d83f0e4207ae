import type { SyntaxNode } from "@lezer/common";
import { parser } from "@lezer/python";
import { findTooDeep } from "./bracket-depth.ts";
import { placeFinder } from "./python-text.ts";
import type { Place } from "./python-text.ts";

/** A module that a file imports, wherever in the file it does. */
export interface ImportedModule {
  /** Dots before the name, for one relative to the file. */
  level: number;
  /** The whole name; of `from a import b` it is `a`. */
  module: string;
  /** What is taken from it by `from`; empty for `import a`. */
  names: string[];
  /** What is called otherwise in the file: `import os as o` is {os: "o"}. */
  aliases: Readonly<Record<string, string>>;
  at: Place;
  /** In a `try` that goes on without it, or for type checkers alone. */
  isOptional: boolean;
}

/** Every import of a Python file, those within functions included. Of a file that is no Python, what can be read. Pure. */
export function listImports(source: string): ImportedModule[] {
  const found: ImportedModule[] = [];
  if (findTooDeep(source) !== null) return found;
  const place = placeFinder(source);
  parser.parse(source).iterate({
    enter: ({ name, node }) => {
      if (name !== "ImportStatement") return;
      const isOptional = mayFail(node, source);
      const text = source.slice(node.from, node.to).replaceAll(/#.*|\\\r?\n|[()]/g, " ");
      for (const one of readStatement(text)) found.push({ ...one, at: place(node.from), isOptional });
    },
  });
  return found;
}

type Statement = Pick<ImportedModule, "level" | "module" | "names" | "aliases">;

function readStatement(text: string): Statement[] {
  const from = /^from\s+(\.*)\s*([\p{L}\w.]*)\s+import\s+([\s\S]*)$/u.exec(text.trim());
  if (from !== null) {
    const [, dots = "", module = "", list = ""] = from;
    const names = readNames(list);
    const aliases = Object.fromEntries(names.flatMap(({ name, as }) => (as === null ? [] : [[name, as]])));
    return [{ level: dots.length, module, names: names.map(({ name }) => name), aliases }];
  }
  const plain = /^import\s+([\s\S]*)$/.exec(text.trim());
  return readNames(plain?.[1] ?? "").map(({ name, as }) => {
    return { level: 0, module: name, names: [], aliases: as === null ? {} : { [name]: as } };
  });
}

function readNames(list: string): { name: string; as: string | null }[] {
  return list.split(",").flatMap((part) => {
    const [name = "", word, as] = part.trim().split(/\s+/);
    return name === "" ? [] : [{ name, as: word === "as" && as !== undefined ? as : null }];
  });
}

const CATCHES = /^except\s*(?::|\(?[\w\s,.]*\b(?:ImportError|ModuleNotFoundError|Exception|BaseException)\b)/;

function mayFail(node: SyntaxNode, source: string): boolean {
  for (let inner = node, outer = node.parent; outer !== null; inner = outer, outer = outer.parent) {
    const before = source.slice(outer.from, inner.from);
    if (outer.name === "IfStatement" && /^if\s+(?:\w+\.)?TYPE_CHECKING\b/.test(before)) return true;
    if (outer.name !== "TryStatement") continue;
    const rest = source.slice(inner.to, outer.to);
    const isTried = !/^(?:except|else|finally)\b/m.test(before);
    const handler = rest.slice(Math.max(0, rest.search(/^\s*except\b/m)));
    // A handler that ends the script does not go on without it.
    const goesOn = !/\braise\b|\bexit\s*\(/.test(handler);
    if (isTried && goesOn && handler.split("\n").some((line) => CATCHES.test(line.trim()))) return true;
    // What stands in the handler itself is there in case the first is not.
    if (!isTried && CATCHES.test(before.slice(before.lastIndexOf("except")))) return true;
  }
  return false;
}
