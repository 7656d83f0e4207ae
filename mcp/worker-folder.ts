import { readFile, stat } from "node:fs/promises";
import { basename, dirname, join, resolve } from "node:path";
import { packAnyFolder } from "../cli/bundle/bundle.ts";
import { zipFiles } from "../cli/bundle/zip.ts";
import { ServeError } from "./serve-error.ts";

/** A worker as it lies on this machine, packed. */
export interface WorkerFolder {
  /** Where it lies: a folder, or one file of typed functions. */
  path: string;
  zip: Uint8Array<ArrayBuffer>;
  /** What the folder is called; undefined for a file, which has a name of its own. */
  folder: string | undefined;
  warnings: readonly string[];
}

/** Packs a folder, or a file of typed functions. Throws ServeError when nothing is there that could be a worker. */
export async function readWorkerFolder(path: string): Promise<WorkerFolder> {
  const info = await stat(path).catch(() => undefined);
  if (info?.isFile() && /\.(?:py|m?js)$/.test(path)) {
    const file = { path: basename(path), executable: false, read: async () => readFile(path) };
    return { path, zip: await zipFiles([file]), folder: undefined, warnings: [] };
  }
  if (!info?.isDirectory())
    throw new ServeError("not_found", `${path} is no worker: name a folder, or a .py or .js file.`);
  const { zip, files, warnings } = await packAnyFolder(path);
  if (files.length === 0)
    throw new ServeError("not_found", `${path} is no worker: there are no files in it.`);
  return { path, zip, folder: basename(path).slice(0, 200), warnings };
}

/** Where a worker lies that this one calls by name: in the folder beside it that has this name. */
export function siblingOf(path: string, name: string): string {
  return join(dirname(resolve(path)), name);
}
