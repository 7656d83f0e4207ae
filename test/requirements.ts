import { readdir } from "node:fs/promises";
import { join } from "node:path";
import { pathToFileURL } from "node:url";

/** One promise the product makes, which at least one test must cite with `verifies(id)`. */
export interface Requirement {
  /** `area:thing:sentence`, kebab-case, unique over all areas; the area is the file it stands in. */
  id: string;
  /** The promise, as one sentence about behaviour. */
  promise: string;
  /** Where the promise was made: the issue, the design page or the document. */
  source: string;
}

const REQUIREMENTS_DIR = join(import.meta.dirname, "requirements");

/** Reads every area's list, in the order of the file names. */
export async function loadRequirements(): Promise<{ area: string; requirements: Requirement[] }[]> {
  const files = (await readdir(REQUIREMENTS_DIR)).filter((file) => file.endsWith(".ts")).sort();
  return Promise.all(
    files.map(async (file) => {
      const url = pathToFileURL(join(REQUIREMENTS_DIR, file)).href;
      const module: { requirements: Requirement[] } = await import(/* @vite-ignore */ url);
      return { area: file.slice(0, -".ts".length), requirements: module.requirements };
    }),
  );
}
