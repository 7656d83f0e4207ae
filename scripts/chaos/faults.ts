import { setTimeout as sleep } from "node:timers/promises";
import { isAlive, readPidFile } from "../local/pid-file.ts";
import { signalled } from "../local/process-table.ts";
import { planFaults } from "./plan.ts";
import type { FaultTarget } from "./plan.ts";

export interface FaultOptions {
  seed: number;
  /** Where the processes wrote down who they are. */
  runDir: string;
  /** When the traffic began, on the clock of `performance.now`. */
  startedAt: number;
  signal: AbortSignal;
  say: (line: string) => void;
}

/** Kills by the seed's schedule until `signal`; answers how many processes it has killed. */
export async function injectFaults({ seed, runDir, startedAt, signal, say }: FaultOptions): Promise<number> {
  let killed = 0;
  for (const fault of planFaults(seed)) {
    const waitMs = fault.at_ms - (performance.now() - startedAt);
    await sleep(Math.max(0, waitMs), undefined, { signal }).catch(() => undefined);
    if (signal.aborted) break;
    const hit = namesOf(fault.target).filter((name) => kill(runDir, name));
    killed += hit.length;
    say(`${fault.at_ms} ms: kill -9 of ${fault.target}${hit.length === 0 ? " (it was down already)" : ""}`);
  }
  return killed;
}

function namesOf(target: FaultTarget): ("edge" | "sandbox")[] {
  return target === "both" ? ["edge", "sandbox"] : [target];
}

/** Only the very process of this home that wrote the pid file is ended; false when it is not there. */
function kill(runDir: string, name: string): boolean {
  const record = readPidFile(runDir, name);
  return record !== undefined && isAlive(record) && signalled(record.pid, "SIGKILL");
}
