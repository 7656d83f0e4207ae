import fs from "node:fs";
import path from "node:path";
import { identifyProcess, isAlive, processIdentitySchema } from "../process-table.ts";
import type { ProcessIdentity } from "../process-table.ts";

function readHolder(file: string): ProcessIdentity | undefined {
  try {
    return processIdentitySchema.parse(JSON.parse(fs.readFileSync(file, "utf8")));
  } catch {
    return undefined;
  }
}

/**
 * Claims the state directory for this process: a second server would take the first one's sandboxes for
 * orphans. The claim of a dead server counts for nothing. Throws when a live one holds it.
 */
export function lockState(stateDir: string): void {
  const file = path.join(stateDir, "server.lock");
  const holder = readHolder(file);
  if (holder !== undefined && holder.pid !== process.pid && isAlive(holder)) {
    throw new Error(
      `another sandbox server (process ${holder.pid}) uses ${stateDir}; stop it, or name another --state-dir`,
    );
  }
  fs.writeFileSync(`${file}.new`, JSON.stringify(identifyProcess(process.pid)), { mode: 0o600 });
  fs.renameSync(`${file}.new`, file);
}
