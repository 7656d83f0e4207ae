import { randomBytes } from "node:crypto";
import fs from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";

const pointerName = "runtime-dir";

function isOwnDirectory(dir: string): boolean {
  const stat = fs.lstatSync(dir, { throwIfNoEntry: false });
  return stat?.isDirectory() === true && stat.uid === process.getuid?.() && (stat.mode & 0o022) === 0;
}

function createDir(): string {
  const base = fs.existsSync("/var/tmp") ? "/var/tmp" : tmpdir();
  const dir = path.join(base, randomBytes(8).toString("hex"));
  fs.mkdirSync(dir, { mode: 0o711 });
  fs.chmodSync(dir, 0o711);
  return dir;
}

/**
 * The directory whose contents are bound into sandboxes and where their sockets live, remembered in the
 * state directory. It sits under a short random name of its own because the mount table of a sandbox shows
 * the host path of every bind: this one names no user and no project, and keeps socket paths short.
 */
export function openRuntimeDir(stateDir: string): string {
  const pointer = path.join(stateDir, pointerName);
  const remembered = fs.existsSync(pointer) ? fs.readFileSync(pointer, "utf8").trim() : "";
  if (remembered !== "" && isOwnDirectory(remembered)) return remembered;
  const dir = createDir();
  fs.writeFileSync(`${pointer}.new`, dir, { mode: 0o600 });
  fs.renameSync(`${pointer}.new`, pointer);
  return dir;
}
