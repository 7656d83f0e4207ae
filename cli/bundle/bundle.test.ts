import { chmod, mkdir, mkdtemp, rm, symlink, truncate, utimes, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterEach, beforeEach, expect, it } from "vitest";
import { limits } from "#contract/limits";
import { verifies } from "../../test/verifies.ts";
import { listFolder, packFolder } from "./bundle.ts";
import { readManifest } from "./worker-source.ts";
import { unzipFiles } from "./zip.ts";
import { CliError } from "../cli-error.ts";

let dir: string;

beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), "floom-bundle-"));
  await write({ "worker.yml": "name: hello\n", "run.py": "print(1)\n" });
});
afterEach(async () => rm(dir, { recursive: true }));

async function write(files: Record<string, string>): Promise<void> {
  for (const [path, text] of Object.entries(files)) {
    await mkdir(dirname(join(dir, path)), { recursive: true });
    await writeFile(join(dir, path), text);
  }
}

async function listedPaths(): Promise<string[]> {
  return (await listFolder(dir)).files.map(({ path }) => path);
}

async function refusal(): Promise<CliError> {
  const error: unknown = await packFolder(dir).catch((reason: unknown) => reason);
  if (!(error instanceof CliError)) throw new Error("The folder was packed.");
  return error;
}

it("leaves out version control, caches, environments and node_modules, at any depth", async () => {
  await write({
    ".git/HEAD": "",
    "a/.git/HEAD": "",
    "__pycache__/x.pyc": "",
    "a/b.pyc": "",
    ".venv/x": "",
    "node_modules/p/index.js": "",
    "a/node_modules/p.js": "",
    ".floom/token": "",
    ".DS_Store": "",
    "vendor/p/index.js": "",
    ".env.example": "",
    "a/venv.py": "",
  });
  expect(await listedPaths()).toEqual([
    ".env.example",
    "a/venv.py",
    "run.py",
    "vendor/p/index.js",
    "worker.yml",
  ]);
});

it("follows .floomignore as git follows .gitignore, which itself counts for nothing", async () => {
  await write({
    ".floomignore": "data/*\n!data/keep.csv\n*.log\n!node_modules/\n",
    ".gitignore": "run.py\n",
    "data/big.csv": "",
    "data/keep.csv": "",
    "x.log": "",
    "node_modules/p/index.js": "",
  });
  expect(await listedPaths()).toEqual([
    ".floomignore",
    ".gitignore",
    "data/keep.csv",
    "node_modules/p/index.js",
    "run.py",
    "worker.yml",
  ]);
});

it("refuses symbolic links that lead out, by name, directly or through another link", async () => {
  verifies("cli:bundle:no-link-out");
  await symlink("/etc/passwd", join(dir, "passwd"));
  await mkdir(join(dir, "a"));
  await symlink("../../elsewhere", join(dir, "a", "up"));
  await symlink("passwd", join(dir, "chain"));
  const { errors } = await refusal();
  expect(errors?.map(({ pointer }) => pointer).toSorted()).toEqual([
    "a/up -> ../../elsewhere",
    "chain -> passwd",
    "passwd -> /etc/passwd",
  ]);
});

it("leaves out symbolic links that stay inside, and says so", async () => {
  verifies("cli:bundle:no-link-out");
  await symlink("run.py", join(dir, "alias.py"));
  await mkdir(join(dir, "a"));
  await symlink("..", join(dir, "a", "loop"));
  const { files, warnings } = await listFolder(dir);
  expect(files.map(({ path }) => path)).toEqual(["run.py", "worker.yml"]);
  expect(warnings).toHaveLength(2);
});

it("packs the same files to the same bytes, whatever their times and who may read them", async () => {
  verifies("cli:bundle:same-files-same-bytes");
  const before = await packFolder(dir);
  await utimes(join(dir, "run.py"), 1, 1);
  await chmod(join(dir, "run.py"), 0o600);
  expect(Buffer.from((await packFolder(dir)).zip).equals(Buffer.from(before.zip))).toBe(true);
  await write({ "run.py": "print(2)\n" });
  expect(Buffer.from((await packFolder(dir)).zip).equals(Buffer.from(before.zip))).toBe(false);
});

it("keeps which files can be executed, so that a script runs there what it runs here", async () => {
  verifies("cli:bundle:same-files-same-bytes");
  const before = await packFolder(dir);
  await chmod(join(dir, "run.py"), 0o755);
  const { zip } = await packFolder(dir);
  expect(Buffer.from(zip).equals(Buffer.from(before.zip))).toBe(false);
  const executable = (await unzipFiles(zip)).filter((file) => file.executable).map(({ path }) => path);
  expect(executable).toEqual(["run.py"]);
});

it("refuses every broken limit at once, with the name and both numbers", async () => {
  verifies("cli:bundle:limits-before-upload");
  for (let index = 0; index < 11; index += 1) {
    await write({ [`large-${index}.bin`]: "" });
    await truncate(
      join(dir, `large-${index}.bin`),
      limits.bundle_file_bytes.value + (index === 0 ? 1024 : 0),
    );
  }
  const { errors, exit } = await refusal();
  expect(exit).toBe("usage");
  expect(errors?.map(({ detail }) => detail)).toEqual([
    "large-0.bin: 5 MiB, at most 5 MiB",
    "all files: 55 MiB, at most 50 MiB",
  ]);
});

it("refuses too many files", async () => {
  verifies("cli:bundle:limits-before-upload");
  await mkdir(join(dir, "many"));
  const names = Array.from({ length: limits.bundle_files.value }, (_, index) =>
    join(dir, "many", String(index)),
  );
  await Promise.all(names.map(async (name) => writeFile(name, "")));
  expect((await refusal()).errors?.[0]?.detail).toBe("2,002 files, at most 2,000 files");
});

it("demands a folder with a worker.yml", async () => {
  await rm(join(dir, "worker.yml"));
  expect(await refusal()).toMatchObject({ code: "no_manifest", exit: "notFound" });
  await rm(dir, { recursive: true });
  expect(await refusal()).toMatchObject({ code: "no_folder" });
  await mkdir(dir);
});

it("packs a folder whose manifest has the older format's own name, and still says what is missing in one without any", async () => {
  await rm(join(dir, "worker.yml"));
  expect((await refusal()).code).toBe("no_manifest");
  await write({ "agent.yaml": "agent:\n  name: hello\n" });
  expect(await listedPaths()).toEqual(["agent.yaml", "run.py"]);
  expect(await readManifest(dir)).toContain("name: hello");
});
