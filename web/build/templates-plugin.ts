import { resolve } from "node:path";
import type { Plugin } from "vite";
import { readTemplates } from "./read-templates.ts";

const EXAMPLES = resolve(import.meta.dirname, "../../workers-examples");

/** The files of the gallery by their paths: what there is, and each template with its files. */
export function templateFiles(): Map<string, string> {
  const all = readTemplates(EXAMPLES);
  const index = all.map(({ files, ...facts }) => ({ ...facts, file_count: files.length }));
  return new Map([
    ["templates/index.json", JSON.stringify(index)],
    ...all.map((one) => [`templates/${one.name}.json`, JSON.stringify(one)] as const),
  ]);
}

/** Puts the product's examples beside the page, as static files that its gallery asks for. */
export function templates(): Plugin {
  return {
    name: "worker-templates",
    generateBundle() {
      for (const [fileName, source] of templateFiles()) this.emitFile({ type: "asset", fileName, source });
    },
    configureServer(server) {
      server.middlewares.use((request, response, next) => {
        const text = templateFiles().get((request.url ?? "").slice(1));
        if (text === undefined) next();
        else response.setHeader("content-type", "application/json").end(text);
      });
    },
  };
}
