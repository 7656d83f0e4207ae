import { constants } from "node:fs";
import { readFile, readdir, readlink, realpath, stat } from "node:fs/promises";
import { dirname, isAbsolute, join, relative, resolve, sep } from "node:path";
import ignore from "ignore";
import type { Ignore } from "ignore";
import { formatLimit, limits } from "#contract/limits";
import { ignoredPatterns } from "#contract/manifest/ignored-files";
import { formatBytes } from "#contract/words";
import { CliError } from "../cli-error.ts";
import { zipFiles } from "./zip.ts";

/** The sandbox installs it from package.json; a line `!node_modules/` in .floomignore packs it. */
const INSTALLED_IN_THE_SANDBOX = "node_modules/";
/** What a folder's manifest may be called; the later names are of the older format of declared HTTP tools. */
const MANIFEST_FILES = ["worker.yml", "agent.yaml", "agent.yml"] as const;
const IGNORE_FILE = ".floomignore";

/** One file of a folder; `path` is relative to it, with forward slashes. */
interface FolderFile {
  path: string;
  sizeBytes: number;
  /** Whether its owner may execute it; never on Windows. */
  executable: boolean;
}

export interface FolderFiles {
  /** By path, in the order of their code units. */
  files: FolderFile[];
  /** What was left out though nothing ignores it, each with the reason. */
  warnings: string[];
}

export interface PackedFolder extends FolderFiles {
  /** The zip. The same files give the same bytes, whatever their times. */
  zip: Uint8Array<ArrayBuffer>;
}

interface Walk {
  root: string;
  rules: Ignore;
  files: FolderFile[];
  warnings: string[];
  escaping: string[];
}

/**
 * Lists the files of a worker's folder that a push sends: all but what never belongs to one and what .floomignore names. No
 * symbolic link is followed. Throws CliError for a folder without worker.yml, a link that leads out, or a broken limit;
 * each error names all files concerned.
 */
export async function listFolder(dir: string): Promise<FolderFiles> {
  await expectManifest(dir);
  return listAnyFolder(dir);
}

/** As listFolder, of a folder that may do without worker.yml. */
export async function listAnyFolder(dir: string): Promise<FolderFiles> {
  await expectFolder(dir);
  const found = await listPlain(dir, [...ignoredPatterns, INSTALLED_IN_THE_SANDBOX]);
  checkLimits(found.files);
  return found;
}

async function listPlain(dir: string, ignored: readonly string[]): Promise<FolderFiles> {
  const rules = ignore().add(ignored);
  rules.add(await readFile(join(dir, IGNORE_FILE), "utf8").catch(() => ""));
  const walk: Walk = { root: await realpath(dir), rules, files: [], warnings: [], escaping: [] };
  await walkFolder(walk, "");
  if (walk.escaping.length > 0) throw linksLeadOut(walk.escaping);
  return { files: walk.files.toSorted((a, b) => (a.path < b.path ? -1 : 1)), warnings: walk.warnings };
}

/** Packs a worker's folder as it is pushed, with another worker.yml where one is given. Throws as listFolder does. */
export async function packFolder(dir: string, manifest?: string): Promise<PackedFolder> {
  const { files, warnings } = await listFolder(dir);
  const zip = await zipAll(dir, files, manifest);
  if (zip.byteLength > limits.bundle_zip_bytes.value)
    throw tooLarge([`the zip: ${formatBytes(zip.byteLength)}, at most ${formatLimit("bundle_zip_bytes")}`]);

  return { files, warnings, zip };
}

/**
 * Packs a folder as it is deployed, which may do without worker.yml: what never belongs to a worker and .floomignore
 * names is left out. Throws as listFolder does but for that.
 */
export async function packAnyFolder(dir: string): Promise<PackedFolder> {
  const { files, warnings } = await listAnyFolder(dir);
  return { files, warnings, zip: await zipAll(dir, files) };
}

/** Packs a folder of any files, as a context gets it: what never belongs to a folder and .floomignore names is left out. */
export async function packPlainFolder(dir: string): Promise<PackedFolder> {
  await expectFolder(dir);
  const { files, warnings } = await listPlain(dir, ignoredPatterns);
  return { files, warnings, zip: await zipAll(dir, files) };
}

function zipAll(
  dir: string,
  files: readonly FolderFile[],
  manifest?: string,
): Promise<Uint8Array<ArrayBuffer>> {
  return zipFiles(
    files.map(({ path, executable }) => ({
      path,
      executable,
      read: async () =>
        manifest !== undefined && path === MANIFEST_FILES[0]
          ? Buffer.from(manifest)
          : readFile(join(dir, ...path.split("/"))),
    })),
  );
}

async function expectFolder(dir: string): Promise<void> {
  const info = await stat(dir).catch(() => undefined);
  if (info === undefined || !info.isDirectory())
    throw new CliError(`${dir} is no folder.`, { exit: "notFound", code: "no_folder" });
}

/** The name of a folder's manifest. Throws CliError for a folder without one. */
export async function expectManifest(dir: string): Promise<string> {
  await expectFolder(dir);
  for (const name of MANIFEST_FILES) {
    const manifest = await stat(join(dir, name)).catch(() => undefined);
    if (manifest?.isFile() === true) return name;
  }
  throw new CliError(`${dir} holds no ${MANIFEST_FILES[0]}.`, {
    exit: "notFound",
    code: "no_manifest",
    hint: "Name the folder of a worker, or make one with `floom init`.",
  });
}

async function walkFolder(walk: Walk, below: string): Promise<void> {
  const entries = await readdir(join(walk.root, below), { withFileTypes: true });
  for (const entry of entries) {
    const path = below === "" ? entry.name : `${below}/${entry.name}`;
    if (walk.rules.ignores(entry.isDirectory() ? `${path}/` : path)) continue;
    if (entry.isDirectory()) await walkFolder(walk, path);
    else if (entry.isSymbolicLink()) await noteLink(walk, path);
    else if (entry.isFile()) walk.files.push(await describeFile(walk.root, path));
    else walk.warnings.push(`${path} is no regular file and was left out.`);
  }
}

async function describeFile(root: string, path: string): Promise<FolderFile> {
  const { size, mode } = await stat(join(root, path));
  return { path, sizeBytes: size, executable: (mode & constants.S_IXUSR) !== 0 };
}

async function noteLink(walk: Walk, path: string): Promise<void> {
  const link = join(walk.root, path);
  const target = await readlink(link);
  const named = resolve(dirname(link), target);
  const real = await realpath(link).catch(() => named);
  if (leadsOut(walk.root, named) || leadsOut(walk.root, real)) walk.escaping.push(`${path} -> ${target}`);
  else walk.warnings.push(`${path} is a symbolic link and was left out.`);
}

function leadsOut(root: string, target: string): boolean {
  const path = relative(root, target);
  return path === ".." || path.startsWith(`..${sep}`) || isAbsolute(path);
}

function linksLeadOut(links: string[]): CliError {
  return new CliError("Symbolic links lead out of the folder.", {
    exit: "usage",
    code: "symlink_leads_out",
    hint: `Replace them with the files themselves, or name them in ${IGNORE_FILE}.`,
    errors: links.map((link) => ({ pointer: link, detail: "leads out of the folder" })),
  });
}

function checkLimits(files: readonly FolderFile[]): void {
  const totalBytes = files.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0);
  const broken = [
    ...files
      .filter(({ sizeBytes }) => sizeBytes > limits.bundle_file_bytes.value)
      .map(
        ({ path, sizeBytes }) =>
          `${path}: ${formatBytes(sizeBytes)}, at most ${formatLimit("bundle_file_bytes")}`,
      ),
    ...files
      .filter(({ path }) => path.length > limits.bundle_path_characters.value)
      .map(
        ({ path }) =>
          `${path.slice(0, 60)}...: a path of ${path.length}, at most ${formatLimit("bundle_path_characters")}`,
      ),
    ...(files.length > limits.bundle_files.value
      ? [`${files.length.toLocaleString("en-US")} files, at most ${formatLimit("bundle_files")}`]
      : []),
    ...(totalBytes > limits.bundle_total_bytes.value
      ? [`all files: ${formatBytes(totalBytes)}, at most ${formatLimit("bundle_total_bytes")}`]
      : []),
  ];
  if (broken.length > 0) throw tooLarge(broken);
}

function tooLarge(broken: string[]): CliError {
  return new CliError("The folder is too large for a worker.", {
    exit: "usage",
    code: "bundle_too_large",
    hint: `Name what the worker does not need in ${IGNORE_FILE}; large data belongs into a file input.`,
    errors: broken.map((detail) => ({ pointer: "", detail })),
  });
}
