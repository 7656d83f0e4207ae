import type { ChildProcess } from "node:child_process";
import { createHash } from "node:crypto";
import type { Readable } from "node:stream";
import { enterCgroup } from "../isolation/cgroup.ts";
import type { CgroupParent } from "../isolation/cgroup.ts";
import type { SandboxLimits } from "../isolation/limits.ts";
import { spawnBwrap } from "../isolation/spawn-bwrap.ts";
import type { Ending } from "../launcher/launcher.ts";
import type { Launchers } from "../launcher/launchers.ts";
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

/** What is told while a sandbox is launched. */
export interface LaunchDeps extends LaunchContext {
  launchers: Pick<Launchers, "make">;
  /**
   * Told the first process as soon as it is known; called before it can do anything where a launcher makes it. Null: there is
   * none any more, and another will be made.
   */
  keep: (init: ProcessIdentity | null) => void;
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
 * Starts the sandbox of a record that is already saved. Resolves as soon as its first process exists, to its end; the
 * agent may still be starting, and calls to it queue. Throws when nothing could be started.
 */
export async function launch(
  record: SandboxRecord,
  dirs: SandboxDirs,
  deps: LaunchDeps,
): Promise<{ ended: Promise<Ending> }> {
  const { cgroupParent, limits } = deps;
  const joinGroup = (pid: number): void => {
    if (cgroupParent !== null && !enterCgroup(cgroupParent, record.id, { pid, limits }))
      log("no cgroup for sandbox", { id: record.id });
  };
  const common = {
    name: processName(record.id),
    sources: deps.sources,
    egressDir: dirs.egressDir,
    bootIdFile: dirs.bootIdFile,
    configFile: record.size === undefined ? null : dirs.configFile,
    limits,
    uid: record.uid,
    secret: record.agent_token ?? "",
  };
  let isKept = false;
  const made = await deps.launchers.make({
    ...common,
    agentSocket: dirs.agentSocket,
    onHeld: cgroupParent === null ? null : joinGroup,
    onMade: (init) => {
      isKept = true;
      deps.keep(init);
    },
    onErrors: (errors) => logErrors(record.id, errors),
  });
  if (made !== undefined) return { ended: made.ended };
  // Whoever looks meanwhile would end the sandbox for it, and the next server would find nothing else of it.
  if (isKept) deps.keep(null);

  const bwrap = await withInheritableListener(dirs.agentSocket, (listenFd) =>
    spawnBwrap({
      ...common,
      listenFd,
      command: agentCommand(deps.sources.agent),
      onSpawned: joinGroup,
    }),
  );
  logErrors(record.id, bwrap.errors);
  const init = identifyProcess(await readInitPid(bwrap.status, bwrap.child));
  if (init === undefined) throw new Error("the sandbox ended as soon as it started");
  deps.keep(init);
  return { ended: endOf(bwrap.child) };
}

function endOf(child: ChildProcess): Promise<Ending> {
  return new Promise((resolve) => {
    if (child.exitCode !== null || child.signalCode !== null) resolve("ended");
    else child.once("exit", () => resolve("ended"));
  });
}
