import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { Uint8ArrayReader, Uint8ArrayWriter, ZipWriter } from "@zip.js/zip.js";
import { inRoot } from "../checkout.ts";

const RUNNER_DIR = inRoot("runner");
/** What scripts of another language import, and what tells type checkers of the types. */
const OTHER_FILES = [
  "_command.js",
  "_connections.js",
  "_files.js",
  "_models.js",
  "_partial.js",
  "_typed.js",
  "index.js",
  "package.json",
  "py.typed",
];
const PACKAGES = ["floom", "floom/_query", "floom_runner"];
/** The archive's bytes must depend on its sources alone. */
const FIXED_DATE = new Date(1980, 0, 1);

/** Packs the Python sources as a zip that `python3` runs; the same sources give the same bytes. */
export async function buildRunnerArchive(): Promise<Uint8Array> {
  const zip = new ZipWriter(new Uint8ArrayWriter(), {
    lastModDate: FIXED_DATE,
    extendedTimestamp: false,
    dataDescriptor: false,
    useWebWorkers: false,
    useCompressionStream: false,
    level: 9,
  });
  for (const { name, bytes } of await listSources()) await zip.add(name, new Uint8ArrayReader(bytes));
  return zip.close();
}

async function listSources(): Promise<{ name: string; bytes: Uint8Array }[]> {
  const names = await Promise.all(
    PACKAGES.map(async (folder) =>
      (await readdir(join(RUNNER_DIR, folder)))
        .filter((name) => name.endsWith(".py") || OTHER_FILES.includes(name))
        .map((name) => `${folder}/${name}`),
    ),
  );
  return Promise.all(
    names
      .flat()
      .sort()
      .map(async (path) => ({
        // Python starts a zip at the __main__.py in its root.
        name: path === "floom_runner/__main__.py" ? "__main__.py" : path,
        bytes: await readFile(join(RUNNER_DIR, path)),
      })),
  );
}
