import type { Plugin } from "vite";

/** The two files of zod that make JSON Schemas of its schemas; every schema carries methods that lead to them. */
const MAKERS = /\/zod\/v4\/core\/(?:json-schema-processors|to-json-schema)\.js$/;

/** The same names, none of which does anything but say that it is not there. Pure. */
export function standIn(source: string): string {
  const declared = [...source.matchAll(/^export (?:const|function) (\w+)/gm)].map(([, name]) => name);
  const renamed = [...source.matchAll(/^export \{ \w+ as (\w+) \};/gm)].map(([, name]) => name);
  const exports = [
    ...declared.map((name) => `export const ${name} = refuse;`),
    ...renamed.map((name) => `export { refuse as ${name} };`),
  ];
  return [
    'function refuse() { throw new Error("No JSON Schema is made in the page."); }',
    ...exports,
    "",
  ].join("\n");
}

/**
 * Leaves out of the page how zod makes JSON Schemas: the page checks what it is answered and describes no shapes to
 * anybody, and it is a fifth of zod.
 */
export function withoutJsonSchema(): Plugin {
  return {
    name: "without-json-schema",
    enforce: "pre",
    apply: "build",
    transform(source, id) {
      return MAKERS.test(id) ? { code: standIn(source), map: null } : null;
    },
  };
}
