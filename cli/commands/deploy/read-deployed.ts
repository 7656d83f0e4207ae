import { readFile, stat } from "node:fs/promises";
import { basename, resolve } from "node:path";
import { packAnyFolder } from "../../bundle/bundle.ts";
import { fetchArchive, isAddress } from "../../bundle/fetch-archive.ts";
import { zipFiles } from "../../bundle/zip.ts";
import { CliError } from "../../cli-error.ts";
import type { CommandContext } from "../../context.ts";

/** What is sent, and what a worker of it may be called. */
export interface ToDeploy {
  zip: Uint8Array<ArrayBuffer>;
  /** What the folder is called; undefined for a file, which has a name of its own. */
  folder: string | undefined;
  /** The text of a file of it, to show a line; undefined where it is not at hand. */
  readText: (path: string) => Promise<string | undefined>;
}

/** Packs a file or a folder, or takes a zip from this machine or from an address, which is told on the way. */
export async function readDeployed({ host, output }: CommandContext, source: string): Promise<ToDeploy> {
  if (isAddress(source)) {
    output.note(output.noteStyle.dim(`Fetching ${source}`));
    const { zip, name } = await fetchArchive(host, source);
    return { zip, folder: name, readText: nothing };
  }
  const path = resolve(host.cwd, source);
  const info = await stat(path).catch(() => undefined);
  if (info?.isDirectory()) {
    const { zip, warnings } = await packAnyFolder(path);
    for (const warning of warnings) output.note(`warning ${warning}`);
    const folder = basename(path);
    return { zip, folder, readText: (file) => readText(resolve(path, ...file.split("/"))) };
  }
  if (info?.isFile() && /\.zip$/i.test(path)) {
    const zip = new Uint8Array(await readFile(path));
    return { zip, folder: basename(path).replace(/\.zip$/i, ""), readText: nothing };
  }
  if (info?.isFile() && /\.(?:py|m?js)$/.test(path)) {
    const file = { path: basename(path), executable: false, read: async () => readFile(path) };
    return { zip: await zipFiles([file]), folder: undefined, readText: () => readText(path) };
  }
  throw new CliError(info === undefined ? `${source} is not there.` : `${source} cannot be deployed.`, {
    exit: info === undefined ? "notFound" : "usage",
    code: "no_source",
    hint: "Name a .py or .js file, a folder, a .zip, or the https address of a zip.",
  });
}

const nothing = async () => undefined;

async function readText(path: string): Promise<string | undefined> {
  return readFile(path, "utf8").catch(() => undefined);
}
