import { createHash } from "node:crypto";
import { lstat, mkdir, mkdtemp, readFile, readdir, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterEach, beforeEach, expect, it } from "vitest";
import { verifies } from "../../test/verifies.ts";
import { CliError } from "../cli-error.ts";
import { saveFiles } from "./save-files.ts";
import type { IncomingFile } from "./save-files.ts";

const careful = { force: false, hidden: false };

let dir: string;
let into: string;

beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), "floom-save-"));
  into = join(dir, "into");
});
afterEach(async () => rm(dir, { recursive: true }));

const folder = () => ({ cwd: dir, dir: "into" });
const incoming = (path: string, text = "theirs"): IncomingFile => ({
  path,
  sha256: createHash("sha256").update(text).digest("hex"),
  open: async () => [Buffer.from(text)],
});

async function write(path: string, text: string): Promise<void> {
  await mkdir(dirname(join(dir, path)), { recursive: true });
  await writeFile(join(dir, path), text);
}

/** The paths that were refused; every other file must have stayed unwritten. */
async function refusedOf(files: IncomingFile[], options = careful): Promise<string[]> {
  const before = await readdir(dir, { recursive: true });
  const error: unknown = await saveFiles(folder(), files, options).catch((cause: unknown) => cause);
  if (!(error instanceof CliError)) return [];
  expect(await readdir(dir, { recursive: true })).toEqual(before);
  return (error.errors ?? []).map(({ pointer }) => pointer.replace("into/", ""));
}

it("saves files at their own paths, and a file that is there already with the same content stays", async () => {
  await write("into/same.txt", "theirs");
  const files = [incoming("same.txt"), incoming("deep/er/new.txt"), incoming(".gitignore")];
  expect(await saveFiles(folder(), files, careful)).toHaveLength(3);
  expect((await readdir(into, { recursive: true })).toSorted()).toEqual([
    ".gitignore",
    "deep",
    "deep/er",
    "deep/er/new.txt",
    "same.txt",
  ]);
  expect(await readFile(join(into, "deep/er/new.txt"), "utf8")).toBe("theirs");
});

it("a script cannot make git or an editor run its code by the files it leaves", async () => {
  verifies("cli:save:never-more-than-files-in-the-folder");
  const paths = [".git/config", "a/.GIT/hooks/pre-commit", ".vscode/tasks.json", ".envrc", "x/.npmrc"];
  expect(await refusedOf(paths.map((path) => incoming(path)))).toEqual(paths);
  // Version control's own folders are refused whatever the person said.
  expect(
    await refusedOf(
      paths.map((path) => incoming(path)),
      { force: true, hidden: true },
    ),
  ).toEqual([".git/config", "a/.GIT/hooks/pre-commit"]);
  await saveFiles(folder(), [incoming(".envrc")], { force: false, hidden: true });
  expect(await readFile(join(into, ".envrc"), "utf8")).toBe("theirs");
});

it("a script cannot put its package.json in the place of the person's", async () => {
  verifies("cli:save:never-more-than-files-in-the-folder");
  await write("into/package.json", "mine");
  expect(await refusedOf([incoming("fine.txt"), incoming("package.json")])).toEqual(["package.json"]);
  expect(await readFile(join(into, "package.json"), "utf8")).toBe("mine");
  await saveFiles(folder(), [incoming("package.json")], { force: true, hidden: false });
  expect(await readFile(join(into, "package.json"), "utf8")).toBe("theirs");
});

it("a script cannot write elsewhere by a path, nor through a link that lies in the folder", async () => {
  verifies("cli:save:never-more-than-files-in-the-folder");
  await write("elsewhere/keys", "mine");
  await mkdir(into);
  await symlink(join(dir, "elsewhere"), join(into, "out"));
  await symlink(join(dir, "elsewhere", "keys"), join(into, "report.md"));
  const paths = ["../evil", "/tmp/evil", "out/keys", "out/fresh", "report.md", "a\u0000b", "NUL", "C:\\x"];
  const forced = { force: true, hidden: true };
  expect(
    await refusedOf(
      paths.map((path) => incoming(path)),
      forced,
    ),
  ).toEqual(paths);
  expect(await readFile(join(dir, "elsewhere", "keys"), "utf8")).toBe("mine");
  expect((await lstat(join(into, "report.md"))).isSymbolicLink()).toBe(true);
});

it("a script cannot write one file over another by two names that a file system takes for one", async () => {
  verifies("cli:save:never-more-than-files-in-the-folder");
  const files = [incoming("Report.md"), incoming("report.md"), incoming("data"), incoming("data/x")];
  expect(await refusedOf(files)).toEqual(["report.md", "data/x"]);
  // The name under which a file is written until it is whole is nobody's to guess.
  await saveFiles(folder(), [incoming("a.part", "one"), incoming("a", "two")], careful);
  expect(await readFile(join(into, "a.part"), "utf8")).toBe("one");
});

it("a folder or a file in the way is told, not removed", async () => {
  await write("into/folder/x", "mine");
  await write("into/file", "mine");
  expect(await refusedOf([incoming("folder"), incoming("file/x")], { force: true, hidden: false })).toEqual([
    "folder",
    "file/x",
  ]);
});
