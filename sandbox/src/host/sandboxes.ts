import { setTimeout as delay } from "node:timers/promises";
import { removeCgroup } from "../isolation/cgroup.ts";
import type { CgroupParent } from "../isolation/cgroup.ts";
import { removeSandboxDirs, sandboxDirs } from "../runtime/sandbox-dirs.ts";
import { AgentUnreachable } from "./agent-client.ts";
import { processName } from "./launch.ts";
import { closeLiveSandbox } from "./live-sandbox.ts";
import type { LiveSandbox } from "./live-sandbox.ts";
import { findByName, isAlive, signalProcess, waitUntilGone } from "./process-table.ts";
import type { Registry } from "./registry.ts";
import type { SandboxRecord } from "./sandbox-record.ts";
import { SandboxUnavailable } from "./sandbox-spec.ts";

export type SandboxesDeps = { registry: Registry; runtimeDir: string; cgroupParent: CgroupParent };

const endWaitMs = 10_000;

/**
 * The set of sandboxes: each one's record together with what the server holds open for it, and the one way
 * out of the set, in which processes, sockets, directories and record go together.
 * Never touches a process whose start time differs from the recorded one.
 */
export class Sandboxes {
  readonly #deps: SandboxesDeps;
  readonly #live = new Map<string, LiveSandbox>();

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

  /** Changes a record. Throws SandboxUnavailable when it is gone. */
  update(id: string, change: (before: SandboxRecord) => SandboxRecord): SandboxRecord {
    const before = this.find(id);
    if (before === undefined) throw new SandboxUnavailable(id, "gone");
    const after = change(before);
    this.save(after);
    return after;
  }

  /** Runs `work` on a client's sandbox while nothing else changes it. Throws SandboxUnavailable when it is gone. */
  exclusively<T>(id: string, work: (live: LiveSandbox, record: SandboxRecord) => Promise<T>): Promise<T> {
    return this.live(id).lock(async () => {
      const record = this.findOwned(id);
      if (record === undefined) throw new SandboxUnavailable(id, "gone");
      return work(this.live(id), record).catch((error: unknown) => {
        const isGone = record.init === null || !isAlive(record.init);
        if (!(error instanceof AgentUnreachable) || !isGone) throw error;
        this.forget(id);
        throw new SandboxUnavailable(id, "gone");
      });
    });
  }

  /** Ends any sandbox and waits until its processes are gone. */
  async destroy(id: string): Promise<void> {
    const record = this.find(id);
    if (record === undefined) return;
    const live = this.#live.get(id);
    this.killProcesses(record);
    if (record.init !== null) await waitUntilGone(record.init);
    if (live?.child !== undefined) {
      await Promise.race([live.ended, delay(endWaitMs, undefined, { ref: false })]);
    }
    this.forget(id);
  }

  /** Kills the first process of a sandbox, and with it all others; before that is known, whatever bears its name. */
  killProcesses(record: SandboxRecord): void {
    if (record.init !== null) {
      signalProcess(record.init, "SIGKILL");
      return;
    }
    const uid = record.uid ?? process.getuid?.() ?? 0;
    for (const found of findByName(processName(record.id), uid)) signalProcess(found, "SIGKILL");
  }

  /** Drops everything that belonged to a sandbox whose processes are gone. */
  forget(id: string): void {
    const record = this.find(id);
    const live = this.#live.get(id);
    this.#live.delete(id);
    if (live !== undefined) {
      closeLiveSandbox(live);
      live.markEnded();
    }
    if (record === undefined) return;
    this.#deps.registry.remove(id);
    removeSandboxDirs(sandboxDirs(this.#deps.runtimeDir, record.key));
    removeCgroup(this.#deps.cgroupParent, id);
  }

  /** Drops sandboxes that ended without this server having started them, hence without it being told. */
  sweep(): void {
    for (const [id, live] of this.#live) {
      const record = this.find(id);
      // One that is still being launched has no process yet, and reports its own failure.
      if (live.child !== undefined || record?.state === "starting") continue;
      if (record?.init === undefined || record.init === null || !isAlive(record.init)) this.forget(id);
    }
  }

  /** Whether the process of an owned, running sandbox is really there; forgets it when not. */
  isServing(id: string): boolean {
    const record = this.findOwned(id);
    if (record?.state !== "running") return false;
    if (record.init !== null && isAlive(record.init)) return true;
    this.forget(id);
    return false;
  }

  /** Lets go of sockets and timers; the sandboxes run on. */
  close(): void {
    for (const live of this.#live.values()) closeLiveSandbox(live);
    this.#live.clear();
  }
}
