import type { Extension } from "@codemirror/state";

const grammars: Readonly<Record<string, () => Promise<Extension>>> = {
  python: async () => (await import("@codemirror/lang-python")).python(),
  javascript: async () => (await import("@codemirror/lang-javascript")).javascript(),
  yaml: async () => (await import("@codemirror/lang-yaml")).yaml(),
  json: async () => (await import("@codemirror/lang-json")).json(),
};

/** Loads how a language is coloured and indented: only that of a file that somebody opens. Null for plain text. */
export async function loadLanguage(language: string): Promise<Extension | null> {
  const load = Object.hasOwn(grammars, language) ? grammars[language] : undefined;
  return load === undefined ? null : load();
}
