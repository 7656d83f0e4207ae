import type { ChildProcess } from "node:child_process";
import { createHash } from "node:crypto";
import type { Readable } from "node:stream";
import { enterCgroup } from "../isolation/cgroup.ts";
import type { CgroupParent } from "../isolation/cgroup.ts";
import type { SandboxLimits } from "../isolation/limits.ts";
import { spawnBwrap } from "../isolation/spawn-bwrap.ts";
import { log } from "../log.ts";
import { agentCommand } from "../runtime/install-agent.ts";
import type { InstalledSources } from "../runtime/install-sources.ts";
import type { SandboxDirs } from "../runtime/sandbox-dirs.ts";
import { withInheritableListener } from "./listen.ts";
import { identifyProcess } from "../process-table.ts";
import type { ProcessIdentity } from "../process-table.ts";
import type { SandboxRecord } from "./sandbox-record.ts";

export interface LaunchContext {
  sources: InstalledSources;
  limits: SandboxLimits;
  cgroupParent: CgroupParent;
}

export interface Launched {
  child: ChildProcess;
  init: ProcessIdentity;
}

/**
 * The name under which a sandbox's bubblewrap processes are found in the process table. Everybody on the machine can
 * read it there, so it says nothing: the id, by which clients address the sandbox, cannot be got back from it.
 */
export const processName = (sandboxId: string): string =>
  `sandbox-${createHash("sha256").update(`process of ${sandboxId}`).digest("hex").slice(0, 20)}`;

const LOGGED_BYTES = 4096;

/** Passes the first few KiB of a sandbox's own complaints to the log and drops the rest. */
function logErrors(id: string, errors: Readable): void {
  let left = LOGGED_BYTES;
  errors.on("data", (chunk: Buffer) => {
    if (left <= 0) return;
    log("stderr", { id, text: chunk.subarray(0, left).toString("utf8").trim() });
    left -= chunk.length;
  });
  errors.on("error", () => undefined);
}

function readInitPid(status: Readable, child: ChildProcess): Promise<number> {
  return new Promise((resolve, reject) => {
    let text = "";
    status.setEncoding("utf8").on("data", (chunk: string) => {
      text = (text + chunk).slice(0, 8192);
      const pid = /"child-pid"\s*:\s*(\d+)/.exec(text)?.[1];
      if (pid !== undefined) resolve(Number(pid));
    });
    status.on("error", () => undefined);
    child.once("error", reject);
    child.once("exit", (code) =>
      reject(new Error(`bubblewrap ended with ${code} before the sandbox started`)),
    );
  });
}

/**
 * Starts the sandbox of a record that is already saved. Resolves as soon as its first process exists; the
 * agent may still be starting, and calls to it queue. Throws when nothing could be started.
 */
export async function launch(
  record: SandboxRecord,
  dirs: SandboxDirs,
  context: LaunchContext,
): Promise<Launched> {
  const { cgroupParent, limits } = context;
  const bwrap = await withInheritableListener(dirs.agentSocket, (listenFd) =>
    spawnBwrap({
      name: processName(record.id),
      sources: context.sources,
      egressDir: dirs.egressDir,
      bootIdFile: dirs.bootIdFile,
      configFile: record.size === undefined ? null : dirs.configFile,
      limits,
      uid: record.uid,
      listenFd,
      secret: record.agent_token ?? "",
      command: agentCommand(context.sources.agent),
      onSpawned: (pid) => {
        if (cgroupParent !== null && !enterCgroup(cgroupParent, record.id, { pid, limits }))
          log("no cgroup for sandbox", { id: record.id });
      },
    }),
  );
  logErrors(record.id, bwrap.errors);
  const pid = await readInitPid(bwrap.status, bwrap.child);
  const init = identifyProcess(pid);
  if (init === undefined) throw new Error("the sandbox ended as soon as it started");
  return { child: bwrap.child, init };
}
