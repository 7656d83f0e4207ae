import type { SyntaxNode } from "@lezer/common";
import { parser } from "@lezer/python";
import { findTooDeep } from "../infer/bracket-depth.ts";

/** What the system itself, Python or a tool sets or reads: no secret, whoever asks for it. */
const NO_SECRET =
  /^(?:PATH|HOME|USER|LOGNAME|SHELL|PWD|TMPDIR|TEMP|TMP|TZ|LANG|LC_\w+|TERM|DEBUG|PORT|HOST|HOSTNAME|ENV|ENVIRONMENT|LOG_LEVEL|CI|EDITOR|DISPLAY|NO_COLOR|(?:PYTHON|PIP|XDG_|FLOOM_|E2B_)\w*)$/;
/** As environment variables are called; what is called otherwise cannot be set as a secret. */
const SECRET_NAME = /^[A-Z_][A-Z0-9_]{0,63}$/;

const READERS = /^(?:floom\.secret|floom\.context\.secret|context\.secret|os\.environ\.get|os\.getenv)$/;

/**
 * The secrets that a Python file cannot do without, in the order in which it names them: `floom.secret("X")`,
 * `os.environ["X"]` and `os.getenv("X")` without a default. Reads the source alone.
 */
export function readSecretNames(source: string): string[] {
  if (!/\b(?:secret|environ|getenv)\b/.test(source) || findTooDeep(source) !== null) return [];
  const names = importedNames(source);
  const found: string[] = [];
  parser.parse(source).iterate({
    enter: ({ node }) => {
      const name = node.name === "CallExpression" ? readCall(node, source, names) : null;
      const read = node.name === "MemberExpression" ? readItem(node, source, names) : name;
      if (read !== null) found.push(read);
    },
  });
  return [...new Set(found)].filter((name) => SECRET_NAME.test(name) && !NO_SECRET.test(name));
}

/** What `from floom import secret` and `import os as system` call what they import, by the name that is used. */
function importedNames(source: string): ReadonlyMap<string, string> {
  const names = new Map<string, string>();
  for (const [, module = "", list = ""] of source.matchAll(/^\s*from\s+(os|floom)\s+import\s+(.+)$/gm)) {
    for (const part of list.replaceAll(/[()]/g, "").split(",")) {
      const [name = "", as = name] = part.trim().split(/\s+as\s+/);
      names.set(as, `${module}.${name}`);
    }
  }
  for (const [, module = "", as = ""] of source.matchAll(/^\s*import\s+(os|floom)\s+as\s+(\w+)/gm))
    names.set(as, module);
  return names;
}

function wholeName(node: SyntaxNode, source: string, names: ReadonlyMap<string, string>): string {
  const [head = "", ...rest] = source.slice(node.from, node.to).replaceAll(/\s/g, "").split(".");
  return [names.get(head) ?? head, ...rest].join(".");
}

function readCall(node: SyntaxNode, source: string, names: ReadonlyMap<string, string>): string | null {
  const callee = node.firstChild;
  const list = node.getChild("ArgList");
  if (callee === null || list === null || !READERS.test(wholeName(callee, source, names))) return null;
  const hasDefault = list.getChildren(",").some((comma) => comma.nextSibling?.name !== ")");
  return hasDefault ? null : textOf(list.getChild("String"), source);
}

/** `os.environ["X"]`, where it is read: what stands left of a `=` sets it. */
function readItem(node: SyntaxNode, source: string, names: ReadonlyMap<string, string>): string | null {
  const [owner, open, key] = [node.firstChild, node.getChild("["), node.getChild("String")];
  if (owner === null || open === null || wholeName(owner, source, names) !== "os.environ") return null;
  const isSet = node.parent?.name === "AssignStatement" && node.nextSibling?.name === "AssignOp";
  return isSet ? null : textOf(key, source);
}

function textOf(node: SyntaxNode | null, source: string): string | null {
  const text = node === null ? "" : source.slice(node.from, node.to);
  return /^(["'])([^"'\\]*)\1$/.exec(text)?.[2] ?? null;
}
