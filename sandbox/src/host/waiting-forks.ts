import fs from "node:fs";
import { z } from "zod";
import { ForkParent } from "../forks/fork-parent.ts";
import { listDifferences, readHeldProcess } from "../forks/held-alike.ts";
import { commandLimits } from "../isolation/process-limits.ts";
import { joinCgroup } from "../isolation/cgroup.ts";
import { openSharedNamespace } from "../isolation/shared-namespace.ts";
import { listChildren } from "../process-table.ts";
import { enterProgram } from "../runtime/install-sources.ts";
import type { InstalledSources } from "../runtime/install-sources.ts";
import type { StartProgram } from "../runtime/start-program.ts";
import { callAgent } from "./agent-client.ts";
import type { AgentConnection } from "./agent-client.ts";
import type { LaunchContext } from "./launch.ts";
import type { SandboxRecord } from "./sandbox-record.ts";
import { practiseUpload, waitingArguments, waitingVariables } from "./warm-up.ts";

const environmentSchema = z.object({ variables: z.record(z.string(), z.string()) });

/**
 * Has a start program wait in sandboxes of the pool as a fork of one that has started outside of them. Whether that may be
 * is tried on a sandbox first, which is nobody's and must be destroyed afterwards: a fork that is held in any way other
 * than what bubblewrap has started there is none.
 */
export class WaitingForks {
  readonly #context: LaunchContext;
  readonly #program: StartProgram;
  readonly #parent: ForkParent;
  #entered = 0;

  /** `trial` has its first process, and an agent. Throws when forks cannot be, with the reason. */
  static async start(
    context: LaunchContext,
    program: StartProgram,
    trial: { record: SandboxRecord; agent: AgentConnection },
  ): Promise<WaitingForks> {
    const { record, agent } = trial;
    if (record.init === null) throw new Error("the sandbox has no first process");
    const said = await callAgent(agent, { method: "GET", path: "/_agent/environment" });
    const parent = await ForkParent.start({
      model: record.init,
      userNamespace: context.sources.userNamespace,
      seccompFile: context.sources.seccompFile,
      command: ["python3", ...waitingArguments(program, ["--fork", enterProgram])],
      env: { ...environmentSchema.parse(said).variables, ...waitingVariables },
    });
    const forks = new WaitingForks(context, program, parent);
    try {
      await forks.enter(record, agent);
      requireAlike(record.init.pid);
      return forks;
    } catch (error) {
      forks.stop();
      throw error;
    }
  }

  private constructor(context: LaunchContext, program: StartProgram, parent: ForkParent) {
    this.#context = context;
    this.#program = program;
    this.#parent = parent;
  }

  /** False once something has gone wrong: programs are then started in their sandboxes, as where forks cannot be. */
  get isUsable(): boolean {
    return this.#parent.isUsable;
  }

  /** In how many sandboxes it waits or has waited. */
  get entered(): number {
    return this.#entered;
  }

  /** Resolves when the program waits in a sandbox that is nobody's yet. Throws; what is in the sandbox then is not known. */
  async enter(record: SandboxRecord, agent: AgentConnection): Promise<void> {
    const { init } = record;
    if (init === null) throw new Error("the sandbox has no first process");
    // Answered by an agent, which is started when the sandbox is as it will be.
    await practiseUpload(agent, this.#program);
    const { cgroupParent, limits } = this.#context;
    await this.#parent.enter({
      init,
      uid: record.uid,
      limits: commandLimits(limits),
      onHeld: (pid) => {
        if (cgroupParent !== null) joinCgroup(cgroupParent, record.id, pid);
      },
    });
    this.#entered += 1;
  }

  /** Starts no more than it was asked for. */
  retire(): Promise<void> {
    return this.#parent.retire();
  }

  /** Starts no more. Those that wait in sandboxes go on. */
  stop(): void {
    this.#parent.stop();
  }
}

/**
 * Has all sandboxes from now on made where an ordinary user's processes may enter them. Throws where that cannot be, and for
 * sandboxes without file systems of their own: those need no such namespace to be made.
 */
export async function shareNamespace(sources: InstalledSources): Promise<void> {
  if (sources.ownFiles === null) throw new Error("sandboxes have no file systems of their own");
  sources.userNamespace ??= await openSharedNamespace();
}

/** Has each sandbox made in a namespace of its own again. */
export function partNamespaces(sources: InstalledSources): void {
  if (sources.userNamespace !== null) fs.closeSync(sources.userNamespace);
  sources.userNamespace = null;
}

/** Throws when what has entered a sandbox is not held as what was started in it. */
function requireAlike(first: number): void {
  const [entered] = listChildren(first);
  if (entered === undefined) throw new Error("nothing has entered the sandbox");
  const differences = listDifferences(readHeldProcess(first), readHeldProcess(entered));
  if (differences.length > 0) throw new Error(`what enters a sandbox differs in ${differences.join(", ")}`);
}
