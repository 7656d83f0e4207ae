import { readJavaScript } from "./javascript-module.ts";
import { readJsDoc } from "./jsdoc.ts";

/**
 * Whether a JavaScript file beside a worker.yml that does not say so is one of functions: it exports one whose JSDoc says
 * a type, and does nothing by itself when it is read. Every other file is a script. Pure.
 */
export function isOfExports(source: string): boolean {
  const { functions, doesSomething } = readJavaScript(source);
  if (doesSomething) return false;
  return functions.some(({ comment }) => {
    const tags = comment === null ? [] : readJsDoc(comment.text, comment.place).tags;
    return tags.some(({ tag, type }) => type !== null && ["param", "returns", "yields"].includes(tag));
  });
}
