import { setTimeout as delay } from "node:timers/promises";
import { removeCgroup } from "../isolation/cgroup.ts";
import type { CgroupParent } from "../isolation/cgroup.ts";
import { removeSandboxDirs, sandboxDirs } from "../runtime/sandbox-dirs.ts";
import { AgentUnreachable } from "./agent-client.ts";
import { log } from "../log.ts";
import { endProcesses } from "./end-processes.ts";
import { closeLiveSandbox } from "./live-sandbox.ts";
import type { LiveSandbox } from "./live-sandbox.ts";
import { isAlive } from "../process-table.ts";
import type { Registry } from "./registry.ts";
import type { SandboxRecord } from "./sandbox-record.ts";
import { SandboxUnavailable } from "./sandbox-spec.ts";

export interface SandboxesDeps {
  registry: Registry;
  runtimeDir: string;
  cgroupParent: CgroupParent;
}

const END_WAIT_MS = 10_000;

/**
 * The set of sandboxes: each one's record together with what the server holds open for it, and the one way
 * out of the set, in which processes, sockets, directories and record go together.
 * Never touches a process whose start time differs from the recorded one.
 */
export class Sandboxes {
  readonly #deps: SandboxesDeps;
  readonly #live = new Map<string, LiveSandbox>();
  readonly #ending = new Map<string, Promise<void>>();
  #closed = false;

  constructor(deps: SandboxesDeps) {
    this.#deps = deps;
  }

  list(): SandboxRecord[] {
    return this.#deps.registry.list();
  }

  /** Records of sandboxes that clients own, running or paused. */
  listOwned(): SandboxRecord[] {
    return this.list().filter(({ state }) => state === "running" || state === "paused");
  }

  find(id: string): SandboxRecord | undefined {
    return this.#deps.registry.find(id);
  }

  findOwned(id: string): SandboxRecord | undefined {
    const record = this.find(id);
    return record?.state === "running" || record?.state === "paused" ? record : undefined;
  }

  findLive(id: string): LiveSandbox | undefined {
    return this.#live.get(id);
  }

  /** What is held open for a sandbox. Throws SandboxUnavailable when it is gone. */
  live(id: string): LiveSandbox {
    const live = this.#live.get(id);
    if (live === undefined) throw new SandboxUnavailable(id, "gone");
    return live;
  }

  add(live: LiveSandbox): void {
    this.#live.set(live.id, live);
  }

  save(record: SandboxRecord): void {
    this.#deps.registry.save(record);
  }

  /** Changes a record. Throws SandboxUnavailable when it is gone or about to go. */
  update(id: string, change: (before: SandboxRecord) => SandboxRecord): SandboxRecord {
    const before = this.find(id);
    if (before === undefined || before.state === "ending") throw new SandboxUnavailable(id, "gone");
    const after = change(before);
    this.save(after);
    return after;
  }

  /** Runs `work` on a client's sandbox while nothing else changes it. Throws SandboxUnavailable when it is gone. */
  exclusively<T>(id: string, work: (live: LiveSandbox, record: SandboxRecord) => Promise<T>): Promise<T> {
    return this.live(id).lock(async () => {
      const record = this.findOwned(id);
      if (record === undefined) throw new SandboxUnavailable(id, "gone");
      return work(this.live(id), record).catch(async (error: unknown) => {
        const isGone = record.init === null || !isAlive(record.init);
        if (!(error instanceof AgentUnreachable) || !isGone) throw error;
        await this.destroy(id);
        throw new SandboxUnavailable(id, "gone");
      });
    });
  }

  /**
   * Ends any sandbox: kills its processes, looks whether any is left, and only then drops what belonged to it. One
   * whose processes will not go keeps its record, and is tried again by `sweep` and by the next server.
   */
  destroy(id: string): Promise<void> {
    const underWay = this.#ending.get(id);
    if (underWay !== undefined) return underWay;
    const ending = this.#destroyNow(id).finally(() => this.#ending.delete(id));
    this.#ending.set(id, ending);
    return ending;
  }

  /** Begins to end a sandbox, for those who do not wait for it; what goes wrong is logged. */
  destroyLater(id: string): void {
    if (this.#closed) return;
    this.destroy(id).catch((error: unknown) => log("not ended", { id, error: String(error) }));
  }

  async #destroyNow(id: string): Promise<void> {
    const record = this.find(id);
    if (record === undefined) return;
    if (record.state !== "ending") this.save({ ...record, state: "ending" });
    if (!(await endProcesses(record))) {
      log("processes left", { id });
      return;
    }
    const live = this.#live.get(id);
    if (live?.isWatched === true)
      await Promise.race([live.ended, delay(END_WAIT_MS, undefined, { ref: false })]);

    this.#drop(record);
  }

  #drop(record: SandboxRecord): void {
    const live = this.#live.get(record.id);
    this.#live.delete(record.id);
    if (live !== undefined) closeLiveSandbox(live);
    this.#deps.registry.remove(record.id);
    removeSandboxDirs(sandboxDirs(this.#deps.runtimeDir, record.key));
    removeCgroup(this.#deps.cgroupParent, record.id);
  }

  /** Ends what ended without this server being told, and what an earlier try left. */
  sweep(): void {
    for (const record of this.list()) {
      // One that is still being launched has no process yet, and reports its own failure.
      if (record.state === "starting") continue;
      if (record.state !== "ending" && record.init !== null && isAlive(record.init)) continue;
      this.destroyLater(record.id);
    }
  }

  /** Whether the process of an owned, running sandbox is really there; ends the sandbox when not. */
  isServing(id: string): boolean {
    const record = this.findOwned(id);
    if (record?.state !== "running") return false;
    if (record.init !== null && isAlive(record.init)) return true;
    this.destroyLater(id);
    return false;
  }

  /** Lets go of sockets and timers; the sandboxes run on. */
  close(): void {
    this.#closed = true;
    for (const live of this.#live.values()) closeLiveSandbox(live);
    this.#live.clear();
  }
}
