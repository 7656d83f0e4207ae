import { readFileSync } from "node:fs";
import { listPids } from "../local/process-table.ts";

/** Starts of scripts as the machine's own process table shows them, so that no part of Floom is asked about itself. */
export interface ScriptWitness {
  /** `<run> <attempt>` and how many processes were seen to run the script for it. */
  seen: ReadonlyMap<string, number>;
  stop: () => void;
}

const LOOK_EVERY_MS = 150;

/**
 * Looks at the process table several times a second. Where it cannot be read (no /proc, or another user's processes)
 * nothing is seen; a script shorter than the pause between two looks may be missed, but what is seen twice was there
 * twice.
 */
export function watchScripts(): ScriptWitness {
  const known = new Set<string>();
  const seen = new Map<string, number>();
  const look = (): void => {
    for (const pid of listPids()) {
      const identity = `${pid} ${readStart(pid)}`;
      if (known.has(identity)) continue;
      const start = readScript(pid);
      // What has not become the script yet is looked at again.
      if (start === undefined) continue;
      known.add(identity);
      if (start !== null) seen.set(start, (seen.get(start) ?? 0) + 1);
    }
  };
  const timer = setInterval(look, LOOK_EVERY_MS);
  return { seen, stop: () => clearInterval(timer) };
}

function readStart(pid: number): string {
  const stat = read(`/proc/${pid}/stat`);
  return stat.slice(stat.lastIndexOf(")") + 2).split(" ")[19] ?? "";
}

/** The run and attempt of a process that runs the script; null for any other program, undefined when unknown yet. */
function readScript(pid: number): string | null | undefined {
  const command = read(`/proc/${pid}/cmdline`).split("\0");
  if (!/(?:^|\/)python[\d.]*$/.test(command[0] ?? "")) return undefined;
  if (command[1] !== "-u" || command[2] !== "run.py") return undefined;
  const environment = read(`/proc/${pid}/environ`).split("\0");
  const value = (name: string): string | undefined =>
    environment.find((pair) => pair.startsWith(`${name}=`))?.slice(name.length + 1);
  const [run, attempt] = [value("FLOOM_RUN_ID"), value("FLOOM_ATTEMPT")];
  return run === undefined || attempt === undefined ? null : `${run} ${attempt}`;
}

function read(file: string): string {
  try {
    return readFileSync(file, "latin1");
  } catch {
    return "";
  }
}
