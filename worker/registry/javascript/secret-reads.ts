import type { SyntaxNode } from "@lezer/common";
import { parser } from "@lezer/javascript";
import { isSecretName } from "../python/secret-reads.ts";

/**
 * The secrets that a JavaScript file cannot do without, in its order: `secret("X")` of Floom's module, `process.env.X`
 * and `process.env["X"]`, each where no other value stands beside it. Reads the source alone.
 */
export function detectJavaScriptSecrets(source: string): string[] {
  if (!/\b(?:secret|process)\b/.test(source)) return [];
  const names = new Set<string>();
  parser.parse(source).iterate({
    enter: ({ name, node }) => {
      if (name !== "CallExpression" && name !== "MemberExpression") return;
      const text = source.slice(node.from, node.to);
      const read = name === "CallExpression" ? CALL.exec(text) : MEMBER.exec(text);
      const secret = read?.[1] ?? read?.[2];
      if (secret !== undefined && isSecretName(secret) && !hasOther(node, source)) names.add(secret);
    },
  });
  return [...names];
}

const CALL = /^(?:floom\s*\.\s*)?secret\(\s*["'`]([A-Z_][A-Z0-9_]*)["'`]\s*,?\s*\)$/;
const MEMBER = /^process\s*\.\s*env\s*(?:\.\s*([A-Z_][A-Z0-9_]*)|\[\s*["'`]([A-Z_][A-Z0-9_]*)["'`]\s*\])$/;

/** Whether it is set here, or something else is taken where it is not set. */
function hasOther(node: SyntaxNode, source: string): boolean {
  const { parent } = node;
  if (parent === null) return false;
  const behind = source.slice(node.to, parent.to);
  if (parent.name === "BinaryExpression") return /^\s*(?:\?\?|\|\|)/.test(behind);
  return parent.name === "AssignmentExpression" && /^\s*=/.test(behind);
}
