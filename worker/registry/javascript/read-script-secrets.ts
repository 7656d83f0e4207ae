import type { SyntaxNode } from "@lezer/common";
import { parser } from "@lezer/javascript";
import { isSecretName } from "../python/secret-reads.ts";

const ENVIRONMENT = /^process\.env(?:\.([A-Z_][A-Z0-9_]*)|\[["']([A-Z_][A-Z0-9_]*)["']\])$/;
const CALL = /^(?:floom\.)?secret\(\s*["']([A-Z_][A-Z0-9_]*)["']\s*\)$/;

/**
 * The secrets that a JavaScript file cannot do without, in the order in which it names them: `process.env.X` without
 * `??` or `||` behind it, and `secret("X")` of Floom's module without another value. Reads the source alone. Pure.
 */
export function readScriptSecrets(source: string): string[] {
  const names: string[] = [];
  parser.parse(source).iterate({
    enter: ({ name, node }) => {
      if (name !== "MemberExpression" && name !== "CallExpression") return;
      const text = source.slice(node.from, node.to).replaceAll(/\s/g, "");
      const found = name === "CallExpression" ? CALL.exec(text) : ENVIRONMENT.exec(text);
      const read = found?.[1] ?? found?.[2];
      if (read !== undefined && isSecretName(read) && !hasOther(node, source)) names.push(read);
    },
  });
  return [...new Set(names)];
}

/** Whether there is a value to take where it is not set, or it is what is set here. */
function hasOther(node: SyntaxNode, source: string): boolean {
  const { parent } = node;
  if (parent === null || parent.firstChild?.from !== node.from) return false;
  if (parent.name === "AssignmentExpression") return true;
  const rest = source.slice(node.to, parent.to).trimStart();
  return parent.name === "BinaryExpression" && (rest.startsWith("??") || rest.startsWith("||"));
}
