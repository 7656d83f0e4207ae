import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import fs from "node:fs";
import path from "node:path";
import { runnerProgram } from "#contract/runner/runner";
import { log } from "../log.ts";

/** A program that is in every sandbox from the start. */
export interface StartProgram {
  /** The folder's name, by the content. */
  digest: string;
}

/** Unpacks a zip and compiles what is in it, so that no sandbox has to: none could keep it. */
const UNPACK = `
import sys, zipfile, compileall, py_compile
zipfile.ZipFile(sys.argv[1]).extractall(sys.argv[2])
mode = py_compile.PycInvalidationMode.UNCHECKED_HASH
sys.exit(not compileall.compile_dir(sys.argv[2], quiet=1, invalidation_mode=mode, stripdir=sys.argv[2], prependdir=sys.argv[3]))
`;

/** The interpreter that a sandbox finds first. */
export function findPython(): string | undefined {
  return ["/usr/local/bin/python3", "/usr/bin/python3"].find((file) => fs.existsSync(file));
}

/**
 * Puts a Python zip application where sandboxes see it, compiled for their Python. Null without one, and where that
 * fails: runs then upload it and compile it each time.
 */
export function installStartProgram(agentDir: string, archive: string | undefined): StartProgram | null {
  const python = findPython();
  if (archive === undefined || python === undefined) return null;
  const content = fs.readFileSync(archive);
  const digest = createHash("sha256").update(content).digest("hex").slice(0, runnerProgram.digest_chars);
  const dir = path.join(agentDir, path.basename(runnerProgram.dir), digest);
  if (fs.existsSync(dir)) return { digest };
  const fresh = `${dir}.new`;
  fs.rmSync(fresh, { recursive: true, force: true });
  fs.mkdirSync(fresh, { recursive: true, mode: 0o755 });
  const args = ["-I", "-c", UNPACK, archive, fresh, `${runnerProgram.dir}/${digest}`];
  const { status, stderr } = spawnSync(python, args, { encoding: "utf8", cwd: "/", env: {} });
  if (status !== 0) {
    log("no start program", { reason: stderr.trim() });
    fs.rmSync(fresh, { recursive: true, force: true });
    return null;
  }
  openToAll(path.dirname(fresh));
  fs.renameSync(fresh, dir);
  return { digest };
}

/** Sandboxes run under other uids than the one that unpacked. */
function openToAll(dir: string): void {
  fs.chmodSync(dir, 0o755);
  for (const entry of fs.readdirSync(dir, { withFileTypes: true })) {
    const at = path.join(dir, entry.name);
    if (entry.isDirectory()) openToAll(at);
    else fs.chmodSync(at, 0o644);
  }
}
