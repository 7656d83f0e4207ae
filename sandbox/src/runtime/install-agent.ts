import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import fs from "node:fs";
import path from "node:path";
import { findPython } from "./start-program.ts";

/** The agent in the folder that sandboxes see as `/opt/agent`. */
export interface AgentProgram {
  /** Its folder's name, by the content. */
  digest: string;
}

const agentSources = path.join(import.meta.dirname, "../../agent");
const launcherSources = path.join(import.meta.dirname, "../launcher/program");
const installer = path.join(import.meta.dirname, "install_agent.py");
const PROGRAMS_DIR = "program";
const DIGEST_CHARS = 16;

/** Sandboxes that run keep the program they started with: another content lies in another folder. */
function digestOf(python: string): string {
  const hash = createHash("sha256");
  const { size, mtimeMs } = fs.statSync(fs.realpathSync(python));
  hash.update(`${fs.realpathSync(python)} ${size} ${mtimeMs}`).update(fs.readFileSync(installer));
  for (const dir of [agentSources, launcherSources]) {
    const names = fs.readdirSync(dir).filter((name) => name.endsWith(".py"));
    for (const name of names.sort()) hash.update(name).update(fs.readFileSync(path.join(dir, name)));
  }
  return hash.digest("hex").slice(0, DIGEST_CHARS);
}

/**
 * Puts the agent there, with a Python of its own, unless it is there already. Throws where this machine has no Python, or
 * one that cannot be taken along: then nothing could run in a sandbox.
 */
export function installAgent(agentDir: string): AgentProgram {
  const python = findPython();
  if (python === undefined) throw new Error("sandboxes need python3 in /usr/bin or /usr/local/bin");
  const digest = digestOf(python);
  const dir = path.join(agentDir, PROGRAMS_DIR, digest);
  if (fs.existsSync(dir)) return { digest };
  const fresh = `${dir}.new`;
  fs.rmSync(fresh, { recursive: true, force: true });
  fs.mkdirSync(fresh, { recursive: true, mode: 0o755 });
  const args = ["-I", installer, agentSources, launcherSources, fresh, programDir({ digest })];
  const { status, stderr } = spawnSync(python, args, { encoding: "utf8", cwd: "/", env: {} });
  if (status !== 0) throw new Error(`the sandbox's agent cannot be installed: ${stderr.trim()}`);
  openToAll(path.dirname(fresh));
  fs.renameSync(fresh, dir);
  return { digest };
}

/** Sandboxes run under other uids than the one that installed. */
function openToAll(dir: string): void {
  fs.chmodSync(dir, 0o755);
  for (const entry of fs.readdirSync(dir, { withFileTypes: true })) {
    const at = path.join(dir, entry.name);
    if (entry.isDirectory()) openToAll(at);
    else if ((fs.statSync(at).mode & 0o111) === 0) fs.chmodSync(at, 0o644);
  }
}

/** Its folder, as a sandbox sees it. */
const programDir = ({ digest }: AgentProgram): string => `/opt/agent/${PROGRAMS_DIR}/${digest}`;

/** Nothing of the machine's own Python: no site packages, no environment. */
export const pythonFlags: readonly string[] = ["-ISB", "-Xfrozen_modules=on"];

/** The interpreter that runs it, as a sandbox sees it. */
export const agentPython = (agent: AgentProgram): string => `${programDir(agent)}/sandbox-agent`;

/** How the agent is started inside a sandbox. */
export function agentCommand(agent: AgentProgram): string[] {
  return [agentPython(agent), ...pythonFlags, "-cfrom sandbox_agent.main import main; main()"];
}
