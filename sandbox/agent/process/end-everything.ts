import { readdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { errnoOf } from "../errno.ts";
import type { CommandTable } from "./command-table.ts";
import { pipeFolderPrefix } from "./fifo-pool.ts";

const FIRST_PROCESS = 1;
/** To `kill(2)`: every process but the first one of the namespace, and the caller. */
const EVERYBODY = -1;
const MEMORY_FILES = "/dev/shm";
const LOOK_AGAIN_MS = 10;
const GIVE_UP_MS = 10_000;

/**
 * Leaves of a sandbox what a reboot would leave: its files. Every process is killed and waited for, what stands in
 * memory goes, and no command is remembered. Throws when something will not end, and for an agent that is not process
 * 1, around which everything is somebody else's.
 */
export async function endEverything(commands: CommandTable): Promise<void> {
  if (process.pid !== FIRST_PROCESS)
    throw new Error("only the first process of a sandbox may end all others");
  const giveUpAt = performance.now() + GIVE_UP_MS;
  while (killOthers() || commands.running().length > 0) {
    if (performance.now() > giveUpAt) throw new Error("something in the sandbox does not end");
    await delay(LOOK_AGAIN_MS);
  }
  commands.forgetEnded();
  for (const name of readdirSync(MEMORY_FILES)) {
    // A batch of pipes that is being made at this moment removes its folder itself.
    if (!name.startsWith(pipeFolderPrefix))
      rmSync(join(MEMORY_FILES, name), { recursive: true, force: true });
  }
}

/** True while there is anybody left, dead ones that nobody has waited for included. */
function killOthers(): boolean {
  try {
    process.kill(EVERYBODY, "SIGKILL");
    return true;
  } catch (error) {
    if (errnoOf(error) === "ESRCH") return false;
    throw error;
  }
}
