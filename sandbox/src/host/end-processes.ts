import { processName } from "./launch.ts";
import { findByName, isAlive, killTree, signalProcess, waitUntilGone } from "../process-table.ts";
import type { SandboxRecord } from "./sandbox-record.ts";

/**
 * Kills every process of a sandbox. Resolves to whether the process table shows that none is left.
 *
 * The first process of its pid namespace takes all others with it, and is itself gone only when they are. Before that
 * one is known, because the launch or the server was cut short, whatever bears the sandbox's name is killed with all
 * below it until nothing bears it any more.
 */
export async function endProcesses(record: SandboxRecord): Promise<boolean> {
  const { init } = record;
  if (init !== null) {
    signalProcess(init, "SIGKILL");
    return waitUntilGone(() => !isAlive(init));
  }
  const uid = record.uid ?? process.getuid?.() ?? 0;
  return waitUntilGone(() => {
    const found = findByName(processName(record.id), uid);
    found.forEach(killTree);
    return found.length === 0;
  });
}
