import pLimit from "p-limit";
import { sizedLimits } from "../isolation/limits.ts";
import type { SandboxLimits } from "../isolation/limits.ts";
import { log } from "../log.ts";
import { agentConfigFor } from "../runtime/guest-files.ts";
import { createSandboxDirs, sandboxDirs, writeAgentConfig, writeBootId } from "../runtime/sandbox-dirs.ts";
import { callAgent } from "./agent-client.ts";
import { newAccessToken, newAgentToken, newSandboxId, newSandboxKey } from "./ids.ts";
import type { Launchers } from "../launcher/launchers.ts";
import { readMadeSandbox } from "../launcher/made-alike.ts";
import { launch } from "./launch.ts";
import type { LaunchContext } from "./launch.ts";
import { openLiveSandbox, policyOf } from "./live-sandbox.ts";
import type { LiveDeps, LiveSandbox } from "./live-sandbox.ts";
import { continueTree, isAlive, stopTree } from "../process-table.ts";
import type { SandboxRecord } from "./sandbox-record.ts";
import type { Sandboxes } from "./sandboxes.ts";
import { ownedFields, SandboxUnavailable } from "./sandbox-spec.ts";
import type { NetworkChange, SandboxSpec } from "./sandbox-spec.ts";
import type { UidAllocator } from "./uid-range.ts";
import type { Layers } from "../isolation/layers.ts";
import { partNamespaces, shareNamespace, WaitingForks } from "./waiting-forks.ts";
import { warmUp } from "./warm-up.ts";

export interface HostDeps {
  context: LaunchContext;
  launchers: Launchers;
  runtimeDir: string;
  layers: Layers;
  live: LiveDeps;
  /** Null when the server is not root and sandboxes run under its own uid. */
  uids: UidAllocator | null;
  now: () => number;
}

/** Starting an agent is all processor work: more at a time only makes every one of them late. */
const CONCURRENT_LAUNCHES = 4;
/** Time an agent is given while nobody owns its sandbox, renewed by the pool: with the server gone, it ends. */
const UNOWNED_LIFE_MS = 15 * 60_000;
/** While stopped an agent cannot judge time; its deadline is moved out of reach first. */
const PAUSED_LIFE_MS = 10 * 365 * 24 * 3_600_000;
/** With the server down at the deadline, the agent of a sandbox that should be paused waits this long for it. */
const AUTO_PAUSE_GRACE_MS = 3_600_000;
/** Forks of one process share where its memory lies and how its dictionaries are salted: so many, and no more. */
const MOST_FORKS = 64;

/** What a sandbox is made of, and how large. */
type Make = Pick<SandboxSpec, "layers" | "size">;
const PLAIN: Make = { layers: [] };

/**
 * Owns the life of sandboxes: launch, hand-over to a client, deadlines, pause and resume, recovery.
 * Writes a record before it launches and before it answers; never keeps a fact only in memory.
 */
export class SandboxHost {
  readonly #deps: HostDeps;
  readonly sandboxes: Sandboxes;
  readonly #launchGate = pLimit(CONCURRENT_LAUNCHES);
  #forks: WaitingForks | null = null;

  constructor(deps: HostDeps, sandboxes: Sandboxes) {
    this.#deps = deps;
    this.sandboxes = sandboxes;
  }

  get limits(): SandboxLimits {
    return this.#deps.context.limits;
  }

  /** Starts a sandbox for a client. Throws when none can be started. */
  create(spec: SandboxSpec): Promise<SandboxRecord> {
    return this.#launchGate(async () => this.claim(await this.#launch(spec), spec));
  }

  /** Starts a sandbox that belongs to nobody yet; resolves to its id once its agent serves and is warm. */
  launchUnowned(): Promise<string> {
    return this.#launchGate(async () => {
      const id = await this.#launch(PLAIN);
      try {
        await this.#makeReady(id);
        return id;
      } catch (error) {
        await this.sandboxes.destroy(id);
        throw error;
      }
    });
  }

  async #makeReady(id: string): Promise<void> {
    const { agent } = this.sandboxes.live(id);
    const record = this.sandboxes.find(id);
    if (this.#forks?.isUsable !== true || record === undefined)
      return warmUp(agent, this.#deps.context.sources.program);
    await this.#forks.enter(record, agent);
    if (this.#forks.entered === MOST_FORKS) void this.startForks();
  }

  /**
   * Tries, on a sandbox made for that, whether a program can start once for all sandboxes that it is to wait in. Where it
   * cannot, it is started in each, or by the forks of before. Called again, it takes the place of the one that was started.
   */
  async startForks(): Promise<void> {
    const { launchers, context } = this.#deps;
    const { sources } = context;
    const { program } = sources;
    if (program === null) return;
    let trial: string | undefined;
    try {
      if (this.#deps.uids === null) await shareNamespace(sources);
      trial = await this.#launch(PLAIN);
      const record = this.sandboxes.find(trial);
      if (record === undefined) throw new Error("it has ended");
      const { agent } = this.sandboxes.live(trial);
      const before = this.#forks;
      this.#forks = await WaitingForks.start(context, program, { record, agent });
      await before?.retire();
    } catch (error) {
      log("waiting programs are started in each sandbox", { reason: String(error) });
      if (this.#forks === null && !launchers.isUsed) partNamespaces(sources);
    } finally {
      if (trial !== undefined) await this.sandboxes.destroy(trial);
    }
  }

  /** Has sandboxes made by a launcher, if it makes them as bubblewrap does: which is tried on two that are nobody's. */
  async startLauncher(): Promise<void> {
    const made: string[] = [];
    const { launchers, uids, context } = this.#deps;
    await launchers.prove(async () => {
      if (uids === null) await shareNamespace(context.sources);
      const id = await this.#launch(PLAIN);
      made.push(id);
      await callAgent(this.sandboxes.live(id).agent, { method: "GET", path: "/_agent/environment" });
      const record = this.sandboxes.find(id);
      if (!record?.init) throw new Error("it has ended");
      return readMadeSandbox({ pid: record.init.pid, uid: record.uid, key: record.key });
    });
    await Promise.all(made.map((id) => this.sandboxes.destroy(id)));
  }

  /** Starts nothing more by forks. What waits in sandboxes goes on. */
  stopForks(): void {
    this.#deps.launchers.stop();
    this.#forks?.stop();
    this.#forks = null;
  }

  async #launch(make: Make): Promise<string> {
    const { context, layers: store } = this.#deps;
    const record = this.#newRecord(make);
    const limits = sizedLimits(context.limits, record.size);
    const dirs = sandboxDirs(this.#deps.runtimeDir, record.key);
    this.sandboxes.save(record);
    try {
      createSandboxDirs(dirs, record.uid);
      if (record.size !== undefined)
        writeAgentConfig(dirs, agentConfigFor(limits, this.#deps.live.edgeOrigin));
      const live = await openLiveSandbox(record, dirs, this.#deps.live);
      this.sandboxes.add(live);
      const { ended } = await launch(record, dirs, {
        ...context,
        limits,
        sources: store.over(context.sources, make.layers),
        launchers: this.#deps.launchers,
        keep: (init) => this.sandboxes.save({ ...record, state: init === null ? "starting" : "pool", init }),
      });
      live.isWatched = true;
      void ended.then((how) => {
        live.isWatched = false;
        live.markEnded();
        if (how === "ended") this.sandboxes.destroyLater(record.id);
      });
      return record.id;
    } catch (error) {
      await this.sandboxes.destroy(record.id);
      throw error;
    }
  }

  #newRecord({ layers, size }: Make): SandboxRecord {
    const used = new Set(this.sandboxes.list().flatMap(({ uid }) => (uid === null ? [] : [uid])));
    const now = this.#deps.now();
    return {
      id: newSandboxId(),
      state: "starting",
      key: newSandboxKey(),
      uid: this.#deps.uids?.take(used) ?? null,
      init: null,
      access_token: newAccessToken(),
      agent_token: newAgentToken(),
      template_id: "",
      ...(layers.length > 0 ? { layers: Array.from(layers) } : {}),
      ...(size === undefined ? {} : { size }),
      metadata: {},
      started_at_ms: now,
      deadline_at_ms: now + UNOWNED_LIFE_MS,
      timeout_ms: UNOWNED_LIFE_MS,
      pause_on_timeout: false,
      auto_resume: false,
      allow_internet_access: false,
      network: null,
    };
  }

  /** Gives the agent of an unowned sandbox more time. Throws AgentUnreachable. */
  async renewUnowned(id: string): Promise<void> {
    const live = this.sandboxes.live(id);
    await live.lock(async () => {
      if (this.sandboxes.find(id)?.state !== "pool") return;
      await this.#tellDeadline(live, this.#deps.now() + UNOWNED_LIFE_MS);
    });
  }

  /** Gives an unowned sandbox to a client. Throws, with the sandbox destroyed, when its agent does not answer. */
  claim(id: string, spec: SandboxSpec): Promise<SandboxRecord> {
    const live = this.sandboxes.live(id);
    return live.lock(() => this.#claimNow(live, spec));
  }

  async #claimNow(live: LiveSandbox, spec: SandboxSpec): Promise<SandboxRecord> {
    const now = this.#deps.now();
    const sealed = this.#deps.live.headerVault.seal(live.id, spec.headers);
    const owned = { ...ownedFields(spec, now), ...sealed };
    const record = this.sandboxes.update(live.id, (before) => ({ ...before, ...owned }));
    live.policy = policyOf(record);
    live.headers = spec.headers;
    try {
      const body = {
        envs: spec.envs,
        deadline_at_ms: this.#agentDeadline(record),
        sandbox_id: live.id,
        template_id: spec.templateId,
      };
      await callAgent(live.agent, { method: "POST", path: "/_agent/init", body });
    } catch (error) {
      await this.sandboxes.destroy(live.id);
      throw error;
    }
    this.#armDeadline(live, record);
    return record;
  }

  /** Ends a sandbox of a client; false when there is none. */
  async kill(id: string): Promise<boolean> {
    if (this.sandboxes.findOwned(id) === undefined) return false;
    await this.sandboxes.destroy(id);
    return true;
  }

  /**
   * Sets the deadline to `timeoutMs` from now, or only ever later than it is when `extendOnly`. Throws
   * SandboxUnavailable for a paused sandbox, which has none.
   */
  setTimeout(id: string, timeoutMs: number, options: { extendOnly: boolean }): Promise<SandboxRecord> {
    return this.sandboxes.exclusively(id, async (live, before) => {
      if (before.state === "paused") throw new SandboxUnavailable(id, "not_running");
      const wanted = this.#deps.now() + timeoutMs;
      const deadline = options.extendOnly ? Math.max(wanted, before.deadline_at_ms) : wanted;
      const record = this.sandboxes.update(id, () => ({
        ...before,
        deadline_at_ms: deadline,
        timeout_ms: timeoutMs,
      }));
      // The host's own timer first: it must hold when the agent does not answer.
      this.#armDeadline(live, record);
      await this.#tellDeadline(live, this.#agentDeadline(record));
      return record;
    });
  }

  /**
   * Stops every process of the sandbox and keeps its memory, or ends them and keeps its files alone. Throws
   * SandboxUnavailable when already paused.
   */
  pause(id: string, { keepsMemory }: { keepsMemory: boolean }): Promise<void> {
    return this.sandboxes.exclusively(id, async (live, before) => {
      if (before.state === "paused") throw new SandboxUnavailable(id, "already_paused");
      await this.#pauseNow(live, before, keepsMemory);
    });
  }

  async #pauseNow(live: LiveSandbox, before: SandboxRecord, keepsMemory: boolean): Promise<void> {
    // What a restart leaves could not be told from it later, so it happens now; the boot to come is another one.
    if (!keepsMemory) {
      await callAgent(live.agent, { method: "POST", path: "/_agent/restart" });
      writeBootId(live.dirs);
    }
    await this.#tellDeadline(live, this.#deps.now() + PAUSED_LIFE_MS);
    clearTimeout(live.deadlineTimer);
    const record = this.sandboxes.update(live.id, () => ({
      ...before,
      state: "paused",
      memory_dropped: !keepsMemory,
    }));
    if (record.init === null || !(await stopTree(record.init))) {
      await this.sandboxes.destroy(live.id);
      throw new SandboxUnavailable(live.id, "gone");
    }
  }

  /**
   * Lets a paused sandbox run again; a running one only has its deadline extended. `resumed` tells which.
   */
  resume(id: string, timeoutMs: number | undefined): Promise<{ record: SandboxRecord; resumed: boolean }> {
    return this.sandboxes.exclusively(id, async (live, before) => {
      const timeout = timeoutMs ?? before.timeout_ms;
      const wanted = this.#deps.now() + timeout;
      const resumed = before.state === "paused";
      const deadline = resumed ? wanted : Math.max(wanted, before.deadline_at_ms);
      const record = this.sandboxes.update(id, () => ({
        ...before,
        state: "running",
        deadline_at_ms: deadline,
        timeout_ms: timeout,
      }));
      if (resumed && record.init !== null) continueTree(record.init);
      this.#armDeadline(live, record);
      await this.#tellDeadline(live, this.#agentDeadline(record));
      return { record, resumed };
    });
  }

  /** Replaces the egress rules; they hold for the next connection. Throws InvalidNetworkRule. */
  updateNetwork(id: string, { network, headers, allowInternetAccess }: NetworkChange): Promise<void> {
    return this.sandboxes.exclusively(id, async (live, before) => {
      const { sealed_headers: _replaced, ...kept } = before;
      const sealed = this.#deps.live.headerVault.seal(id, headers);
      const wanted = { ...kept, network, allow_internet_access: allowInternetAccess, ...sealed };
      const policy = policyOf(wanted);
      this.sandboxes.update(id, () => wanted);
      live.policy = policy;
      live.headers = headers;
    });
  }

  /** Takes up the sandboxes a former server left: those still alive are served again, all else is cleaned up. */
  async recover(): Promise<void> {
    for (const record of this.sandboxes.list()) {
      const isOwned = record.state === "running" || record.state === "paused";
      if (!isOwned || record.init === null || !isAlive(record.init)) {
        await this.sandboxes.destroy(record.id);
        continue;
      }
      await this.#reattach(record, record.init).catch(async (error: unknown) => {
        log("lost", { id: record.id, error: String(error) });
        await this.sandboxes.destroy(record.id);
      });
    }
  }

  async #reattach(record: SandboxRecord, init: NonNullable<SandboxRecord["init"]>): Promise<void> {
    const dirs = sandboxDirs(this.#deps.runtimeDir, record.key);
    const live = await openLiveSandbox(record, dirs, this.#deps.live);
    this.sandboxes.add(live);
    if (record.state === "paused") await stopTree(init);
    else {
      continueTree(init);
      this.#armDeadline(live, record);
      // The former server may have died between writing a deadline down and telling it.
      this.#tellDeadline(live, this.#agentDeadline(record)).catch(() => this.sandboxes.sweep());
    }
    log("found again", { id: record.id, state: record.state });
  }

  async #tellDeadline(live: LiveSandbox, deadlineAtMs: number): Promise<void> {
    await callAgent(live.agent, {
      method: "POST",
      path: "/_agent/deadline",
      body: { deadline_at_ms: deadlineAtMs },
    });
  }

  #agentDeadline(record: SandboxRecord): number {
    return record.deadline_at_ms + (record.pause_on_timeout ? AUTO_PAUSE_GRACE_MS : 0);
  }

  #armDeadline(live: LiveSandbox, record: SandboxRecord): void {
    clearTimeout(live.deadlineTimer);
    const delay = Math.max(0, record.deadline_at_ms - this.#deps.now());
    live.deadlineTimer = setTimeout(() => void this.#onDeadline(live), delay).unref();
  }

  async #onDeadline(live: LiveSandbox): Promise<void> {
    try {
      await live.lock(async () => {
        const record = this.sandboxes.findOwned(live.id);
        if (record?.state !== "running") return;
        if (record.deadline_at_ms > this.#deps.now()) this.#armDeadline(live, record);
        else if (record.pause_on_timeout)
          await this.#pauseNow(live, record, record.pause_keeps_memory ?? true);
        else await this.sandboxes.destroy(live.id);
      });
    } catch (error) {
      log("deadline", { id: live.id, error: String(error) });
      await this.sandboxes.destroy(live.id);
    }
  }
}
