import type { SyntaxNode } from "@lezer/common";
import { parser } from "@lezer/python";
import { findTooDeep } from "./bracket-depth.ts";
import { listImports } from "./python-imports.ts";
import type { ImportedModule } from "./python-imports.ts";
import { childrenOf } from "./python-expression.ts";
import { placeFinder, readStringLiteral } from "./python-text.ts";
import type { Place } from "./python-text.ts";

/** A name that a file reads from its environment: most likely a secret, to be declared and set. */
export interface SecretRead extends Place {
  name: string;
  file: string;
  /** Whether the file reads it and has no default for it. */
  isRequired: boolean;
}

/** What the system itself, Python or a tool sets or reads: no secret, whoever asks for it. */
const NO_SECRET =
  /^(?:PATH|HOME|USER|LOGNAME|SHELL|PWD|TMPDIR|TEMP|TMP|TZ|LANG|LC_\w+|TERM|DEBUG|PORT|HOST|HOSTNAME|ENV|ENVIRONMENT|LOG_LEVEL|CI|EDITOR|DISPLAY|NO_COLOR|(?:PYTHON|PIP|NODE_|NPM_|XDG_|FLOOM_|WORKEROS_|E2B_)\w*)$/;
/** As environment variables are called; what is called otherwise cannot be set as a secret. */
const SECRET_NAME = /^[A-Z_][A-Z0-9_]{0,63}$/;

/** Whether what is read under a name may be a secret, as far as the name tells. Pure. */
export function isSecretName(name: string): boolean {
  return SECRET_NAME.test(name) && !NO_SECRET.test(name);
}

/**
 * The names that a bundle's Python files read from their environment: `floom.secret("X")`, `context.secret("X")`,
 * `os.environ["X"]`, `os.environ.get("X")`, `os.getenv("X")`. Each name once, at its first place, required where any
 * place requires it. Reads sources alone.
 */
export function detectSecretReads(files: ReadonlyMap<string, string>): SecretRead[] {
  const reads = new Map<string, SecretRead>();
  for (const [file, source] of files) {
    if (!file.endsWith(".py")) continue;
    for (const read of readsOf(source)) {
      const before = reads.get(read.name);
      if (before === undefined) reads.set(read.name, { ...read, file });
      else before.isRequired ||= read.isRequired;
    }
  }
  return [...reads.values()];
}

type Way = "subscript" | "call";

function readsOf(source: string): Omit<SecretRead, "file">[] {
  if (!/\b(?:secrets?|environ|getenv)\b/.test(source) || findTooDeep(source) !== null) return [];
  const place = placeFinder(source);
  const ways = waysOf(listImports(source));
  const found: Omit<SecretRead, "file">[] = [];
  parser.parse(source).iterate({
    enter: ({ name, node }) => {
      if (name !== "CallExpression" && name !== "MemberExpression") return;
      const [of, ...rest] = childrenOf(node);
      const way = of === undefined ? undefined : ways.get(source.slice(of.from, of.to).replaceAll(/\s/g, ""));
      const read = way === undefined ? null : readAt({ node, rest, way, source });
      if (read !== null && isSecretName(read.name)) found.push({ ...read, ...place(node.from) });
    },
  });
  return found;
}

interface Asked {
  node: SyntaxNode;
  rest: readonly SyntaxNode[];
  way: Way;
  source: string;
}

function readAt({ node, rest, way, source }: Asked): { name: string; isRequired: boolean } | null {
  const textOf = (one: SyntaxNode | undefined) =>
    one?.name === "String" ? readStringLiteral(source.slice(one.from, one.to)) : null;
  if (way === "subscript") {
    const [open, key] = rest;
    const name = node.name === "MemberExpression" && open?.name === "[" ? textOf(key) : null;
    return name === null || isWritten(node) ? null : { name, isRequired: true };
  }
  const list = node.name === "CallExpression" ? rest.find((one) => one.name === "ArgList") : undefined;
  const args = list === undefined ? [] : childrenOf(list).filter((one) => !/^[(),]$/.test(one.name));
  const name = textOf(args[0]);
  return name === null ? null : { name, isRequired: args.length === 1 };
}

/** `os.environ["X"] = ...` and `del os.environ["X"]` read nothing. */
function isWritten(node: SyntaxNode): boolean {
  const { parent } = node;
  if (parent?.name === "DeleteStatement") return true;
  const assigned = parent?.name === "AssignStatement" ? parent.getChild("AssignOp") : null;
  return assigned !== null && assigned.from > node.from;
}

/** How each way to read is written in a file, by what it imports and how it calls that. */
function waysOf(imports: readonly ImportedModule[]): Map<string, Way> {
  const ways = new Map<string, Way>([
    ["context.secret", "call"],
    ["context.secrets", "subscript"],
    ["context.secrets.get", "call"],
  ]);
  const add = (path: string, way: Way) => ways.set(path, way);
  for (const { module, names, aliases } of imports) {
    const called = (name: string) => aliases[name] ?? name;
    if (module === "os" && names.length === 0)
      addEnvironment(add, `${called("os")}.environ`, `${called("os")}.getenv`);
    if (module === "os" && names.length > 0) addEnvironment(add, called("environ"), called("getenv"));
    if (module === "floom" && names.length === 0) add(`${called("floom")}.secret`, "call");
    if (module === "floom" && names.includes("secret")) add(called("secret"), "call");
    if (module === "floom" && names.length === 0) add(`${called("floom")}.context.secret`, "call");
  }
  return ways;
}

function addEnvironment(add: (path: string, way: Way) => void, environ: string, getenv: string): void {
  add(environ, "subscript");
  add(`${environ}.get`, "call");
  add(getenv, "call");
}
