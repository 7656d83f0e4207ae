import { processMemory, proportionalMemoryBytes } from "../proc-memory.ts";
import { sizedLimits } from "../isolation/limits.ts";
import type { SandboxLimits } from "../isolation/limits.ts";
import { log } from "../log.ts";
import { measureTrees } from "../process-table.ts";
import type { TreeUsage } from "../process-table.ts";
import type { SandboxRecord } from "./sandbox-record.ts";
import type { Sandboxes } from "./sandboxes.ts";

/** Later than the host's own timer, which ends a sandbox on time when all is well. */
const DEADLINE_GRACE_MS = 3_000;
/** What the agent may use beside the memory of its sandbox. */
const AGENT_BYTES = 256 * 1024 * 1024;
/** The kernel counts threads against this limit, so processes alone never reach it. */
const SPARE_PROCESSES = 64;
/** The agent looks many times in this span and ends the biggest process; if that did not help, it is not at work. */
const PATIENCE_LOOKS = 3;

/** Why the host ended a sandbox that its agent should have ended or held back. */
export type Overrun = "deadline" | "processes" | "memory";

/** What a sandbox that runs has exceeded, if anything. `memoryBytes` is asked only when the cheap figure is too high. */
export function judgeUsage(
  record: Pick<SandboxRecord, "deadline_at_ms">,
  usage: { nowMs: number; processes: number; rssBytes: number; memoryBytes: () => number },
  limits: Pick<SandboxLimits, "memory_bytes" | "processes">,
): Overrun | undefined {
  if (usage.nowMs > record.deadline_at_ms + DEADLINE_GRACE_MS) return "deadline";
  if (usage.processes > limits.processes + SPARE_PROCESSES) return "processes";
  const most = limits.memory_bytes + AGENT_BYTES;
  return usage.rssBytes > most && usage.memoryBytes() > most ? "memory" : undefined;
}

/**
 * Looks at running sandboxes from outside. Time, memory and processes are the agent's to hold, which sees more and
 * looks more often; this is for the day on which it does not.
 */
export class Watch {
  readonly #sandboxes: Sandboxes;
  readonly #limits: SandboxLimits;
  readonly #now: () => number;
  readonly #looks = new Map<string, number>();

  constructor(sandboxes: Sandboxes, limits: SandboxLimits, now: () => number) {
    this.#sandboxes = sandboxes;
    this.#limits = limits;
    this.#now = now;
  }

  /** One look. Ends the sandboxes that have been over a limit for three looks, or over their time for one. */
  look(): void {
    const running = this.#sandboxes.list().filter(({ state }) => state === "running");
    if (running.length === 0) return;
    const roots = running.flatMap(({ init }) => (init === null ? [] : [init.pid]));
    const trees = measureTrees(roots);
    for (const record of running) {
      const tree = record.init === null ? undefined : trees.get(record.init.pid);
      if (tree !== undefined) this.#judge(record, tree);
    }
  }

  #judge(record: SandboxRecord, { pids, rssBytes }: TreeUsage): void {
    const usage = {
      nowMs: this.#now(),
      processes: pids.length,
      rssBytes,
      memoryBytes: () => pids.reduce((sum, pid) => sum + memoryOf(pid), 0),
    };
    const overrun = judgeUsage(record, usage, sizedLimits(this.#limits, record.size));
    const looks = overrun === undefined ? 0 : (this.#looks.get(record.id) ?? 0) + 1;
    if (looks === 0) this.#looks.delete(record.id);
    else this.#looks.set(record.id, looks);
    if (overrun === undefined || (overrun !== "deadline" && looks < PATIENCE_LOOKS)) return;
    this.#looks.delete(record.id);
    log("ended from outside", { id: record.id, overrun });
    this.#sandboxes.destroyLater(record.id);
  }
}

/** Shared pages divided among their users where the kernel tells, else what the process holds. */
function memoryOf(pid: number): number {
  return Math.min(processMemory(pid).privateBytes, proportionalMemoryBytes(pid));
}
