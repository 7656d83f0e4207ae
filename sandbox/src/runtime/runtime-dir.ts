import { spawnSync } from "node:child_process";
import { randomBytes } from "node:crypto";
import fs from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { log } from "../log.ts";

const pointerName = "runtime-dir";
const ownerName = "owner";
const dirName = /^[0-9a-f]{16}$/;

function isOwnDirectory(dir: string): boolean {
  const stat = fs.lstatSync(dir, { throwIfNoEntry: false });
  return stat?.isDirectory() === true && stat.uid === process.getuid?.() && (stat.mode & 0o022) === 0;
}

/** Programs in a directory cannot be started where its file system is mounted `noexec`. */
function allowsPrograms(dir: string): boolean {
  const trial = path.join(dir, "trial");
  fs.writeFileSync(trial, "#!/bin/sh\nexit 0\n", { mode: 0o755 });
  try {
    return spawnSync(trial).status === 0;
  } finally {
    fs.rmSync(trial);
  }
}

function createDirIn(base: string): string | undefined {
  const dir = path.join(base, randomBytes(8).toString("hex"));
  fs.mkdirSync(dir, { mode: 0o711 });
  fs.chmodSync(dir, 0o711);
  if (allowsPrograms(dir)) return dir;
  fs.rmdirSync(dir);
  return undefined;
}

function bases(): Set<string> {
  return new Set(["/var/tmp", tmpdir()].filter((base) => fs.existsSync(base)));
}

function readIfPresent(file: string): string | undefined {
  try {
    return fs.readFileSync(file, "utf8").trim();
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "ENOENT") return undefined;
    throw error;
  }
}

/** True when the state directory that `dir` belonged to is gone, or has another by now. */
function isOrphan(dir: string): boolean {
  if (!isOwnDirectory(dir)) return false;
  const owner = readIfPresent(path.join(dir, ownerName));
  return owner !== undefined && readIfPresent(path.join(owner, pointerName)) !== dir;
}

/** Its owner goes last: a directory half removed is still known for an orphan the next time. */
function removeOrphan(dir: string): void {
  for (const name of fs.readdirSync(dir).filter((entry) => entry !== ownerName))
    fs.rmSync(path.join(dir, name), { recursive: true, force: true });
  fs.rmSync(dir, { recursive: true, force: true });
}

/** What cannot be removed stays, and is told of: another server's remains keep none from starting. */
function removeIfOrphan(dir: string): void {
  try {
    if (isOrphan(dir)) removeOrphan(dir);
  } catch (error) {
    log("remains of another server cannot be removed", { dir, reason: String(error) });
  }
}

function removeOrphans(): void {
  for (const base of bases()) {
    const dirs = fs.readdirSync(base).filter((name) => dirName.test(name));
    for (const dir of dirs.map((name) => path.join(base, name))) removeIfOrphan(dir);
  }
}

function createDir(): string {
  for (const base of bases()) {
    const dir = createDirIn(base);
    if (dir !== undefined) return dir;
  }
  throw new Error(
    "no directory for sandboxes: /var/tmp and the temporary directory are mounted noexec; set TMPDIR to another",
  );
}

/**
 * The directory whose contents are bound into sandboxes and where their sockets live, remembered in the
 * state directory. It sits under a short random name of its own because the mount table of a sandbox shows
 * the host path of every bind: this one names no user and no project, and keeps socket paths short. What
 * state directories that no longer exist have left there is removed on the way.
 */
export function openRuntimeDir(stateDir: string): string {
  removeOrphans();
  const pointer = path.join(stateDir, pointerName);
  const remembered = fs.existsSync(pointer) ? fs.readFileSync(pointer, "utf8").trim() : "";
  if (remembered !== "" && isOwnDirectory(remembered)) return remembered;
  const dir = createDir();
  fs.writeFileSync(`${pointer}.new`, dir, { mode: 0o600 });
  fs.renameSync(`${pointer}.new`, pointer);
  // Last, because a directory with an owner that does not point back counts as left behind.
  fs.writeFileSync(path.join(dir, ownerName), path.resolve(stateDir), { mode: 0o600 });
  return dir;
}
