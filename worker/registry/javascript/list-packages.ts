import type { SyntaxNode } from "@lezer/common";
import { parser } from "@lezer/javascript";
import type { Place } from "../python/python-text.ts";
import { placeFinder } from "../python/python-text.ts";

/** A package that a file imports, by its name in package.json. */
export interface ImportedPackage {
  name: string;
  at: Place;
}

/** What Node brings along, without `node:` before it. */
const BUILT_IN: ReadonlySet<string> = new Set(
  (
    "assert async_hooks buffer child_process cluster console constants crypto dgram diagnostics_channel dns domain events fs " +
    "http http2 https inspector module net os path perf_hooks process punycode querystring readline repl stream " +
    "string_decoder sys timers tls trace_events tty url util v8 vm wasi worker_threads zlib"
  ).split(" "),
);

/**
 * The packages that a file imports: by `import`, `export ... from`, `import()` and `require()` of a plain text. Not those
 * of Node, of the platform, of the folder itself, nor what has no name in package.json. Reads the source alone. Pure.
 */
export function listPackages(source: string): ImportedPackage[] {
  const place = placeFinder(source);
  const found = new Map<string, ImportedPackage>();
  parser.parse(source).iterate({
    enter: ({ node }) => {
      const text = specifierOf(node, source);
      const name = text === null ? null : packageOf(unquote(source.slice(text.from, text.to)));
      if (text !== null && name !== null && !found.has(name)) found.set(name, { name, at: place(text.from) });
    },
  });
  return [...found.values()];
}

/** The text that names what a node imports; null where it imports nothing by name. */
function specifierOf(node: SyntaxNode, source: string): SyntaxNode | null {
  if (node.name === "ImportDeclaration" || node.name === "ExportDeclaration") {
    const from = node.lastChild?.name === ";" ? node.lastChild.prevSibling : node.lastChild;
    const text = from?.name === "String" ? from : node.getChild("String");
    return node.name === "ImportDeclaration" || node.getChild("from") !== null ? text : null;
  }
  if (node.name === "DynamicImport") return node.getChild("String");
  if (node.name !== "CallExpression") return null;
  const callee = node.firstChild;
  const called = callee === null ? "" : source.slice(callee.from, callee.to);
  if (called !== "require") return null;
  return node.getChild("ArgList")?.getChild("String") ?? null;
}

const unquote = (text: string) => text.slice(1, -1);

/** The package that an import means; null for what is no package. */
function packageOf(specifier: string): string | null {
  const name = /^(?:@[a-z0-9~-][a-z0-9._~-]*\/)?[a-z0-9~-][a-z0-9._~-]*(?=\/|$)/i.exec(specifier)?.[0];
  if (name === undefined || /^[a-z]+:/i.test(specifier)) return null;
  return BUILT_IN.has(name) || name === "floom" ? null : name;
}
