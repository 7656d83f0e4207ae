import { setTimeout as delay } from "node:timers/promises";
import type { SandboxLimits } from "../isolation/limits.ts";
import { removeCgroup } from "../isolation/cgroup.ts";
import { log } from "../log.ts";
import { createSandboxDirs, removeSandboxDirs, sandboxDirs } from "../runtime/sandbox-dirs.ts";
import { AgentUnreachable, callAgent } from "./agent-client.ts";
import { newAccessToken, newSandboxId, newSandboxKey } from "./ids.ts";
import { launch, processName } from "./launch.ts";
import type { LaunchContext } from "./launch.ts";
import { closeLiveSandbox, openLiveSandbox, policyOf } from "./live-sandbox.ts";
import type { LiveDeps, LiveSandbox } from "./live-sandbox.ts";
import { Gate } from "./lock.ts";
import {
  continueTree,
  findByName,
  isAlive,
  signalProcess,
  stopTree,
  waitUntilGone,
} from "./process-table.ts";
import type { Registry } from "./registry.ts";
import type { NetworkOptions, SandboxRecord } from "./sandbox-record.ts";
import { ownedFields, SandboxUnavailable } from "./sandbox-spec.ts";
import type { SandboxSpec } from "./sandbox-spec.ts";
import type { UidAllocator } from "./uid-range.ts";

export type HostDeps = {
  registry: Registry;
  context: LaunchContext;
  runtimeDir: string;
  live: LiveDeps;
  /** Null when the server is not root and sandboxes run under its own uid. */
  uids: UidAllocator | null;
  now: () => number;
};

/** Starting an agent is all processor work: more at a time only makes every one of them late. */
const concurrentLaunches = 4;
const endWaitMs = 10_000;
/** Time an agent is given while nobody owns its sandbox, renewed by the pool: with the server gone, it ends. */
const unownedLifeMs = 15 * 60_000;
/** While stopped an agent cannot judge time; its deadline is moved out of reach first. */
const pausedLifeMs = 10 * 365 * 24 * 3_600_000;
/** With the server down at the deadline, the agent of a sandbox that should be paused waits this long for it. */
const autoPauseGraceMs = 3_600_000;

/**
 * Owns the sandboxes of this machine: their processes, sockets, deadlines and records.
 * Writes a record before it launches and before it answers; never keeps a fact only in memory.
 * Never touches a process whose start time differs from the recorded one.
 */
export class SandboxHost {
  readonly #deps: HostDeps;
  readonly #live = new Map<string, LiveSandbox>();
  readonly #launchGate = new Gate(concurrentLaunches);

  constructor(deps: HostDeps) {
    this.#deps = deps;
  }

  get limits(): SandboxLimits {
    return this.#deps.context.limits;
  }

  /** Records of sandboxes that clients own, running or paused. */
  listOwned(): SandboxRecord[] {
    return this.#deps.registry.list().filter(({ state }) => state === "running" || state === "paused");
  }

  findOwned(id: string): SandboxRecord | undefined {
    const record = this.#deps.registry.find(id);
    return record?.state === "running" || record?.state === "paused" ? record : undefined;
  }

  findLive(id: string): LiveSandbox | undefined {
    return this.#live.get(id);
  }

  /** Starts a sandbox for a client. Throws when none can be started. */
  create(spec: SandboxSpec): Promise<SandboxRecord> {
    return this.#launchGate.run(async () => this.claim(await this.#launch(), spec));
  }

  /** Starts a sandbox that belongs to nobody yet; resolves to its id once its agent serves. */
  launchUnowned(): Promise<string> {
    return this.#launchGate.run(async () => {
      const id = await this.#launch();
      try {
        await this.renewUnowned(id);
        return id;
      } catch (error) {
        await this.destroy(id);
        throw error;
      }
    });
  }

  async #launch(): Promise<string> {
    const record = this.#newRecord();
    const dirs = sandboxDirs(this.#deps.runtimeDir, record.key);
    this.#deps.registry.save(record);
    try {
      createSandboxDirs(dirs, record.uid);
      const live = await openLiveSandbox(record, dirs, this.#deps.live);
      this.#live.set(record.id, live);
      const { child, init } = await launch(record, dirs, this.#deps.context);
      live.child = child;
      child.once("exit", () => this.#forget(record.id));
      this.#deps.registry.save({ ...record, state: "pool", init });
      return record.id;
    } catch (error) {
      this.#killProcesses(record);
      this.#forget(record.id);
      throw error;
    }
  }

  #newRecord(): SandboxRecord {
    const used = new Set(this.#deps.registry.list().flatMap(({ uid }) => (uid === null ? [] : [uid])));
    const now = this.#deps.now();
    return {
      id: newSandboxId(),
      state: "starting",
      key: newSandboxKey(),
      uid: this.#deps.uids?.take(used) ?? null,
      init: null,
      access_token: newAccessToken(),
      template_id: "",
      metadata: {},
      started_at_ms: now,
      deadline_at_ms: now + unownedLifeMs,
      timeout_ms: unownedLifeMs,
      pause_on_timeout: false,
      auto_resume: false,
      allow_internet_access: false,
      network: null,
    };
  }

  /** Gives the agent of an unowned sandbox more time. Throws AgentUnreachable. */
  async renewUnowned(id: string): Promise<void> {
    const live = this.#liveOf(id);
    await live.lock.run(async () => {
      if (this.#deps.registry.find(id)?.state !== "pool") return;
      await this.#tellDeadline(live, this.#deps.now() + unownedLifeMs);
    });
  }

  /** Gives an unowned sandbox to a client. Throws, with the sandbox destroyed, when its agent does not answer. */
  claim(id: string, spec: SandboxSpec): Promise<SandboxRecord> {
    const live = this.#liveOf(id);
    return live.lock.run(() => this.#claimNow(live, spec));
  }

  async #claimNow(live: LiveSandbox, spec: SandboxSpec): Promise<SandboxRecord> {
    const now = this.#deps.now();
    const record = this.#update(live.id, (before) => ({ ...before, ...ownedFields(spec, now) }));
    live.policy = policyOf(record);
    try {
      const body = { envs: spec.envs, deadline_at_ms: this.#agentDeadline(record), sandbox_id: live.id };
      await callAgent(live.agent, { method: "POST", path: "/_agent/init", body });
    } catch (error) {
      await this.destroy(live.id);
      throw error;
    }
    this.#armDeadline(live, record);
    return record;
  }

  /** Ends a sandbox of a client; false when there is none. */
  async kill(id: string): Promise<boolean> {
    if (this.findOwned(id) === undefined) return false;
    await this.destroy(id);
    return true;
  }

  /** Ends any sandbox and waits until its processes are gone. */
  async destroy(id: string): Promise<void> {
    const record = this.#deps.registry.find(id);
    if (record === undefined) return;
    const live = this.#live.get(id);
    this.#killProcesses(record);
    if (record.init !== null) await waitUntilGone(record.init);
    if (live?.child !== undefined)
      await Promise.race([live.ended, delay(endWaitMs, undefined, { ref: false })]);
    this.#forget(id);
  }

  #killProcesses(record: SandboxRecord): void {
    if (record.init !== null) {
      signalProcess(record.init, "SIGKILL");
      return;
    }
    const uid = record.uid ?? process.getuid?.() ?? 0;
    for (const found of findByName(processName(record.id), uid)) signalProcess(found, "SIGKILL");
  }

  #forget(id: string): void {
    const record = this.#deps.registry.find(id);
    const live = this.#live.get(id);
    this.#live.delete(id);
    if (live !== undefined) {
      closeLiveSandbox(live);
      live.markEnded();
    }
    if (record === undefined) return;
    this.#deps.registry.remove(id);
    removeSandboxDirs(sandboxDirs(this.#deps.runtimeDir, record.key));
    removeCgroup(this.#deps.context.cgroupParent, id);
  }

  /** Sets the deadline to `timeoutMs` from now, or only ever later than it is when `extendOnly`. */
  setTimeout(id: string, timeoutMs: number, options: { extendOnly: boolean }): Promise<SandboxRecord> {
    return this.#exclusively(id, async (live, before) => {
      const wanted = this.#deps.now() + timeoutMs;
      const deadline = options.extendOnly ? Math.max(wanted, before.deadline_at_ms) : wanted;
      const record = this.#update(id, () => ({ ...before, deadline_at_ms: deadline, timeout_ms: timeoutMs }));
      if (record.state === "running") {
        await this.#tellDeadline(live, this.#agentDeadline(record));
        this.#armDeadline(live, record);
      }
      return record;
    });
  }

  /** Stops every process of the sandbox, keeping its memory. Throws SandboxUnavailable when already paused. */
  pause(id: string): Promise<void> {
    return this.#exclusively(id, async (live, before) => {
      if (before.state === "paused") throw new SandboxUnavailable(id, "already_paused");
      await this.#pauseNow(live, before);
    });
  }

  async #pauseNow(live: LiveSandbox, before: SandboxRecord): Promise<void> {
    await this.#tellDeadline(live, this.#deps.now() + pausedLifeMs);
    clearTimeout(live.deadlineTimer);
    const record = this.#update(live.id, () => ({ ...before, state: "paused" }));
    if (record.init === null || !stopTree(record.init)) {
      await this.destroy(live.id);
      throw new SandboxUnavailable(live.id, "gone");
    }
  }

  /**
   * Lets a paused sandbox run again; a running one only has its deadline extended. `resumed` tells which.
   */
  resume(id: string, timeoutMs: number | undefined): Promise<{ record: SandboxRecord; resumed: boolean }> {
    return this.#exclusively(id, async (live, before) => {
      const timeout = timeoutMs ?? before.timeout_ms;
      const wanted = this.#deps.now() + timeout;
      const resumed = before.state === "paused";
      const deadline = resumed ? wanted : Math.max(wanted, before.deadline_at_ms);
      const record = this.#update(id, () => ({
        ...before,
        state: "running",
        deadline_at_ms: deadline,
        timeout_ms: timeout,
      }));
      if (resumed && record.init !== null) continueTree(record.init);
      await this.#tellDeadline(live, this.#agentDeadline(record));
      this.#armDeadline(live, record);
      return { record, resumed };
    });
  }

  /** Replaces the egress rules; they hold for the next connection. Throws InvalidNetworkRule. */
  updateNetwork(id: string, network: NetworkOptions, allowInternetAccess: boolean): Promise<void> {
    return this.#exclusively(id, async (live, before) => {
      const wanted = { ...before, network, allow_internet_access: allowInternetAccess };
      const policy = policyOf(wanted);
      this.#update(id, () => wanted);
      live.policy = policy;
    });
  }

  /** Takes up the sandboxes a former server left: those still alive are served again, all else is cleaned up. */
  async recover(): Promise<void> {
    for (const record of this.#deps.registry.list()) {
      const isOwned = record.state === "running" || record.state === "paused";
      if (!isOwned || record.init === null || !isAlive(record.init)) {
        this.#killProcesses(record);
        this.#forget(record.id);
        continue;
      }
      await this.#reattach(record, record.init).catch((error: unknown) => {
        log("lost", { id: record.id, error: String(error) });
        this.#killProcesses(record);
        this.#forget(record.id);
      });
    }
  }

  async #reattach(record: SandboxRecord, init: NonNullable<SandboxRecord["init"]>): Promise<void> {
    const dirs = sandboxDirs(this.#deps.runtimeDir, record.key);
    const live = await openLiveSandbox(record, dirs, this.#deps.live);
    this.#live.set(record.id, live);
    if (record.state === "paused") stopTree(init);
    else {
      continueTree(init);
      this.#armDeadline(live, record);
      // The former server may have died between writing a deadline down and telling it.
      this.#tellDeadline(live, this.#agentDeadline(record)).catch(() => this.sweep());
    }
    log("found again", { id: record.id, state: record.state });
  }

  /** Drops sandboxes that ended without this server having started them, hence without it being told. */
  sweep(): void {
    for (const [id, live] of this.#live) {
      const record = this.#deps.registry.find(id);
      // One that is still being launched has no process yet, and reports its own failure.
      if (live.child !== undefined || record?.state === "starting") continue;
      if (record?.init === undefined || record.init === null || !isAlive(record.init)) this.#forget(id);
    }
  }

  /** Whether the process of an owned, running sandbox is really there; forgets it when not. */
  isServing(id: string): boolean {
    const record = this.findOwned(id);
    if (record?.state !== "running") return false;
    if (record.init !== null && isAlive(record.init)) return true;
    this.#forget(id);
    return false;
  }

  /** Lets go of sockets and timers; the sandboxes run on. */
  close(): void {
    for (const live of this.#live.values()) closeLiveSandbox(live);
    this.#live.clear();
  }

  #liveOf(id: string): LiveSandbox {
    const live = this.#live.get(id);
    if (live === undefined) throw new SandboxUnavailable(id, "gone");
    return live;
  }

  #update(id: string, change: (before: SandboxRecord) => SandboxRecord): SandboxRecord {
    const before = this.#deps.registry.find(id);
    if (before === undefined) throw new SandboxUnavailable(id, "gone");
    const after = change(before);
    this.#deps.registry.save(after);
    return after;
  }

  #exclusively<T>(id: string, work: (live: LiveSandbox, record: SandboxRecord) => Promise<T>): Promise<T> {
    return this.#liveOf(id).lock.run(async () => {
      const record = this.findOwned(id);
      if (record === undefined) throw new SandboxUnavailable(id, "gone");
      return work(this.#liveOf(id), record).catch((error: unknown) => {
        if (!(error instanceof AgentUnreachable) || (record.init !== null && isAlive(record.init)))
          throw error;
        this.#forget(id);
        throw new SandboxUnavailable(id, "gone");
      });
    });
  }

  async #tellDeadline(live: LiveSandbox, deadlineAtMs: number): Promise<void> {
    await callAgent(live.agent, {
      method: "POST",
      path: "/_agent/deadline",
      body: { deadline_at_ms: deadlineAtMs },
    });
  }

  #agentDeadline(record: SandboxRecord): number {
    return record.deadline_at_ms + (record.pause_on_timeout ? autoPauseGraceMs : 0);
  }

  #armDeadline(live: LiveSandbox, record: SandboxRecord): void {
    clearTimeout(live.deadlineTimer);
    const delay = Math.max(0, record.deadline_at_ms - this.#deps.now());
    live.deadlineTimer = setTimeout(() => void this.#onDeadline(live), delay).unref();
  }

  async #onDeadline(live: LiveSandbox): Promise<void> {
    try {
      await live.lock.run(async () => {
        const record = this.findOwned(live.id);
        if (record?.state !== "running") return;
        if (record.deadline_at_ms > this.#deps.now()) this.#armDeadline(live, record);
        else if (record.pause_on_timeout) await this.#pauseNow(live, record);
        else await this.destroy(live.id);
      });
    } catch (error) {
      log("deadline", { id: live.id, error: String(error) });
      await this.destroy(live.id);
    }
  }
}
