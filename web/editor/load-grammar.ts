/** How each language's grammar is loaded: only that of a language that somebody writes in here. */
const grammars: Readonly<Record<string, () => Promise<unknown>>> = {
  json: () => import("prism-code-editor/prism/languages/json"),
  python: () => import("prism-code-editor/prism/languages/python"),
  javascript: () => import("prism-code-editor/prism/languages/javascript"),
  sql: () => import("prism-code-editor/prism/languages/sql"),
  yaml: () => import("prism-code-editor/prism/languages/yaml"),
  css: () => import("prism-code-editor/prism/languages/css"),
  html: () => import("prism-code-editor/prism/languages/markup"),
  bash: () => import("prism-code-editor/prism/languages/bash"),
};
const otherNames: Readonly<Record<string, string>> = {
  py: "python",
  js: "javascript",
  yml: "yaml",
  sh: "bash",
  xml: "html",
};

/** Loads the grammar of a language. The name by which it is known then, `text` for a language that has none here. */
export async function loadGrammar(language: string): Promise<string> {
  const asked = language.toLowerCase();
  const name = Object.hasOwn(otherNames, asked) ? (otherNames[asked] ?? asked) : asked;
  const load = Object.hasOwn(grammars, name) ? grammars[name] : undefined;
  if (load === undefined) return "text";
  await load();
  return name;
}
