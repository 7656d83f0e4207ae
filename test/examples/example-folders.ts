import { readdir, readFile } from "node:fs/promises";
import { basename, join, relative, resolve } from "node:path";
import { Uint8ArrayReader, Uint8ArrayWriter, ZipWriter } from "@zip.js/zip.js";
import { exampleSchema } from "./example-schema.ts";
import type { Example } from "./example-schema.ts";

const EXAMPLES_DIR = resolve(import.meta.dirname, "..", "..", "workers-examples");

/** One folder of `workers-examples`. */
export interface ExampleFolder {
  /** As written in the README: `hello-worker`, `broken/timeout`. */
  name: string;
  dir: string;
  /** The address it is pushed to, which worker.yml must name as well. */
  worker: string;
  example: Example;
}

/** Every folder that holds a worker.yml, the broken ones included. Throws when an example.json is missing or wrong. */
export async function listExamples(): Promise<ExampleFolder[]> {
  const entries = await readdir(EXAMPLES_DIR, { recursive: true, withFileTypes: true });
  const withCalls = entries.filter(({ name }) => name === "calls.json").map(({ parentPath }) => parentPath);
  const all = entries.filter(({ name }) => name === "worker.yml").map(({ parentPath }) => parentPath);
  // Those need the service that they call: worker/http-tools/packs.test.ts stands in for it.
  const dirs = all.filter((dir) => !withCalls.includes(dir));
  return Promise.all(
    dirs.sort().map(async (dir) => {
      const name = relative(EXAMPLES_DIR, dir);
      const worker = name.startsWith("broken/") ? `broken-${basename(dir)}` : basename(dir);
      const example = exampleSchema.parse(JSON.parse(await readFile(join(dir, "example.json"), "utf8")));
      return { name, dir, worker, example };
    }),
  );
}

/** The zip of a folder, as a push sends it. */
export async function packFolder(dir: string): Promise<Uint8Array<ArrayBuffer>> {
  const zip = new ZipWriter(new Uint8ArrayWriter());
  const entries = await readdir(dir, { recursive: true, withFileTypes: true });
  for (const entry of entries.filter((found) => found.isFile())) {
    const path = join(entry.parentPath, entry.name);
    await zip.add(relative(dir, path), new Uint8ArrayReader(await readFile(path)));
  }
  return zip.close();
}
