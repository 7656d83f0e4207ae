import { createHash, randomUUID } from "node:crypto";
import { constants, createReadStream } from "node:fs";
import type { Stats } from "node:fs";
import { lstat, mkdir, open, realpath, rename, rm } from "node:fs/promises";
import { dirname, join, relative, resolve, sep } from "node:path";
import { pipeline } from "node:stream/promises";
import type { ProblemError } from "#contract/problem";
import { foldPath, whyUnsafePath } from "#contract/safe-path";
import { CliError } from "../cli-error.ts";

/** A file that somebody else named and filled: a script, or whoever pushed a worker. */
export interface IncomingFile {
  path: string;
  /** SHA-256 of its content in hex, as its sender says; a file that is there with the same one is left alone. */
  sha256: string;
  open: () => Promise<AsyncIterable<Uint8Array> | Iterable<Uint8Array>>;
  executable?: boolean;
}

/** The folder to save in, as the person named it, and the folder they named it in. */
export interface SaveFolder {
  cwd: string;
  dir: string;
}

export interface SaveOptions {
  /** Replace files that are there and differ. */
  force: boolean;
  /** Save files that are hidden, or lie in a hidden folder. */
  hidden: boolean;
}

interface PlacedFile extends IncomingFile {
  place: string;
  isThere: boolean;
}

/** Hidden files of a worker's folder that no tool executes. */
const harmlessHiddenFiles = new Set([".floomignore", ".gitignore"]);

/**
 * Saves files below a folder, each at its own path; answers their places. Whoever sent them must not gain more than files
 * in that folder, so every one is judged before the first is written: no path leads out or through a link, none is
 * hidden (tools run what they find in `.git`, `.vscode` and the like), none replaces a file that differs, unless the
 * person said so. Throws CliError that names each file refused; nothing was written then.
 */
export async function saveFiles(
  { cwd, dir }: SaveFolder,
  files: readonly IncomingFile[],
  options: SaveOptions,
): Promise<string[]> {
  const named = resolve(cwd, dir);
  const root = await realpath(named).catch(() => named);
  const refused: ProblemError[] = [...findClashes(files)];
  const placed: PlacedFile[] = [];
  for (const file of files) {
    const judged = await judge(root, file, options);
    if (typeof judged === "string") refused.push({ pointer: file.path, detail: judged });
    else placed.push(judged);
  }
  if (refused.length > 0) throw filesRefused(dir, refused);
  await mkdir(root, { recursive: true });
  for (const { place, isThere, open: openContent, executable = false } of placed)
    if (!isThere) await writeWhole(place, await openContent(), executable ? 0o777 : 0o666);

  return placed.map(({ place }) => place);
}

/**
 * Writes a file that appears whole or not at all; a link of that name is replaced, never followed. `mode` is narrowed by
 * the person's umask.
 */
export async function writeWhole(
  file: string,
  content: AsyncIterable<Uint8Array> | Iterable<Uint8Array>,
  mode = 0o666,
): Promise<void> {
  await mkdir(dirname(file), { recursive: true });
  const partial = join(dirname(file), `.${randomUUID()}.part`);
  const flags = constants.O_WRONLY | constants.O_CREAT | constants.O_EXCL | constants.O_NOFOLLOW;
  try {
    const handle = await open(partial, flags, mode);
    await pipeline(content, handle.createWriteStream());
    await rename(partial, file);
  } finally {
    await rm(partial, { force: true });
  }
}

/** The file with its place, or why it is not saved. */
async function judge(root: string, file: IncomingFile, options: SaveOptions): Promise<PlacedFile | string> {
  const unsafe = whyUnsafePath(file.path);
  if (unsafe !== null) return `its path ${unsafe}`;
  const steps = file.path.split("/");
  if (!options.hidden && isHidden(steps)) return "is hidden; --hidden saves it";
  const place = join(root, ...steps);
  const blocked = await findBlocked(root, dirname(place));
  if (blocked !== undefined) return blocked;
  const there = await look(place);
  if (there === undefined) return { ...file, place, isThere: false };
  if (there.isSymbolicLink()) return "is a symbolic link there";
  if (!there.isFile()) return "is there and is no file";
  const isThere = (await hashFile(place)) === file.sha256;
  if (!isThere && !options.force) return "is there already and differs; --force replaces it";
  return { ...file, place, isThere };
}

function isHidden(steps: readonly string[]): boolean {
  return steps.some(
    (step, index) => step.startsWith(".") && !(index === steps.length - 1 && harmlessHiddenFiles.has(step)),
  );
}

/** Why nothing can be saved in `folder`: one of the folders down to it is a link, or none; undefined when all is well. */
async function findBlocked(root: string, folder: string): Promise<string | undefined> {
  const steps = relative(root, folder).split(sep);
  for (const [index, step] of steps.entries()) {
    const there = step === "" ? undefined : await look(join(root, ...steps.slice(0, index + 1)));
    if (there?.isSymbolicLink() === true) return `would be saved through the symbolic link ${step}`;
    if (there !== undefined && !there.isDirectory()) return `would be saved in ${step}, which is no folder`;
  }
  return undefined;
}

async function look(place: string): Promise<Stats | undefined> {
  try {
    return await lstat(place);
  } catch (error) {
    if (error instanceof Error && "code" in error && ["ENOENT", "ENOTDIR"].includes(String(error.code)))
      return undefined;

    throw error;
  }
}

async function hashFile(place: string): Promise<string> {
  const hash = createHash("sha256");
  await pipeline(createReadStream(place), hash);
  return hash.digest("hex");
}

/** Two names for one file, and a file where another file needs a folder; the second one is the one refused. */
function findClashes(files: readonly IncomingFile[]): ProblemError[] {
  const names = new Map<string, string>();
  const folders = new Map<string, string>();
  const clashes: ProblemError[] = [];
  for (const { path } of files) {
    const folded = foldPath(path);
    const steps = folded.split("/");
    const parents = steps.slice(1).map((_, index) => steps.slice(0, index + 1).join("/"));
    const other =
      names.get(folded) ??
      folders.get(folded) ??
      parents.map((parent) => names.get(parent)).find((name) => name !== undefined);
    if (other !== undefined) clashes.push({ pointer: path, detail: `cannot be kept apart from ${other}` });
    names.set(folded, path);
    for (const parent of parents) folders.set(parent, path);
  }
  return clashes;
}

function filesRefused(dir: string, refused: readonly ProblemError[]): CliError {
  const errors = refused.map((error) => ({ ...error, pointer: `${dir}/${error.pointer}` }));
  return new CliError("These files are not saved as they are; nothing was written.", {
    exit: "conflict",
    code: "files_refused",
    hint: "Save into a new folder. A file that is there or hidden needs your word: --force, --hidden.",
    errors,
  });
}
