import { randomBytes, randomUUID } from "node:crypto";
import pLimit from "p-limit";
import type { AgentConnection } from "../host/agent-client.ts";
import { runInSandbox } from "../host/agent-commands.ts";
import type { SandboxRecord } from "../host/sandbox-record.ts";
import { ownSpec } from "../host/sandbox-spec.ts";
import type { SandboxSpec } from "../host/sandbox-spec.ts";
import { log } from "../log.ts";
import { whyTooLarge } from "../isolation/limits.ts";
import type { SandboxSize } from "../isolation/limits.ts";
import { MAX_LAYERS } from "../isolation/layers.ts";
import { planBuild, UnbuildableTemplate } from "./plan-build.ts";
import type { BuildCommand, BuildOrder, BuildPlan } from "./plan-build.ts";
import { buildLayer } from "./template-builder.ts";
import type { BuilderDeps } from "./template-builder.ts";
import { DEFAULT_TAG, splitName } from "./template-build.ts";
import type { TemplateBuild } from "./template-build.ts";
import type { TemplateStore } from "./template-store.ts";

/** The template that every server has: nothing but what the machine itself has. */
export const BASE_TEMPLATE = "base";
/** E2B's own image, which the SDK's builder starts from when nobody says otherwise: here, the base. */
const BASE_IMAGE = /^e2bdev\/base(:|$)/;

const MAX_LOG_ENTRIES = 5_000;
const MAX_LOG_LINE = 2_000;
/** How long a start command may take until its ready command agrees. */
const READY_SECONDS = 60;

export interface TemplatesDeps extends BuilderDeps {
  store: TemplateStore;
  /** Whether this machine can lay one file system over another, of which templates are made. */
  hasOverlays: boolean;
  now: () => number;
  /** The most that a sandbox may have here. */
  largest: Required<SandboxSize>;
}

/** What a new sandbox begins with. */
type Beginning = Pick<TemplateBuild, "layers" | "envs" | "start_command" | "ready_command" | "size">;

const PLAIN: Beginning = { layers: [], envs: {}, start_command: null, ready_command: null };

/** Builds templates, one at a time, and makes sandboxes of them. What it knows is in the store. */
export class Templates {
  readonly #deps: TemplatesDeps;
  readonly #line = pLimit(1);

  constructor(deps: TemplatesDeps) {
    this.#deps = deps;
    for (const build of deps.store.list().filter(({ status }) => status === "building"))
      this.#fail(build, { message: "The sandbox server was started again while it built this." });
    this.#dropUnusedLayers();
  }

  get store(): TemplateStore {
    return this.#deps.store;
  }

  /** A build that waits for its steps. `name` may have a tag. Throws UnbuildableTemplate for a size that there is not here. */
  request(name: string, tags: readonly string[], size?: SandboxSize): TemplateBuild {
    const tooLarge = size === undefined ? null : whyTooLarge(size, this.#deps.largest);
    if (tooLarge !== null) throw new UnbuildableTemplate(0, tooLarge);
    const named = splitName(name);
    const [earlier] = this.store.listOf(named.name);
    const all = name.includes(":") ? [named.tag, ...tags] : tags;
    const build: TemplateBuild = {
      build_id: randomUUID(),
      template_id: earlier?.template_id ?? `tpl${randomBytes(9).toString("hex")}`,
      name: named.name,
      tags: all.length > 0 ? Array.from(new Set(all)) : [DEFAULT_TAG],
      status: "waiting",
      reason: null,
      created_at_ms: this.#deps.now(),
      ...PLAIN,
      ...(size === undefined ? {} : { size }),
      log: [],
    };
    this.store.save(build);
    return build;
  }

  /** Begins a build that waits. Throws UnbuildableTemplate for what local templates do not have; nothing is begun then. */
  begin(build: TemplateBuild, order: BuildOrder): void {
    if (!this.#deps.hasOverlays) {
      const message = "this machine's kernel refuses overlays, of which local templates are made";
      throw new UnbuildableTemplate(0, message);
    }
    const base = this.#baseOf(order);
    const plan = planBuild(order, { below: base.layers[0] ?? "", envs: base.envs });
    if (plan.commands.length + base.layers.length > MAX_LAYERS)
      throw new UnbuildableTemplate(0, `a local template has at most ${MAX_LAYERS} commands`);
    const begun: TemplateBuild = {
      ...build,
      status: "building",
      envs: plan.envs,
      start_command: order.startCmd ?? base.start_command,
      ready_command: order.readyCmd ?? base.ready_command,
    };
    this.store.save(begun);
    void this.#line(() => this.#build(begun, plan, base.layers));
  }

  #baseOf({ fromImage, fromTemplate }: BuildOrder): Beginning {
    if (fromTemplate === undefined || fromTemplate === null) {
      if (fromImage === undefined || fromImage === null || BASE_IMAGE.test(fromImage)) return PLAIN;
      throw new UnbuildableTemplate(
        0,
        "container images are not available in local sandboxes: start from base",
      );
    }
    const found = this.findBeginning(fromTemplate);
    if (found === undefined) throw new UnbuildableTemplate(0, `there is no template '${fromTemplate}'`);
    return found;
  }

  async #build(begun: TemplateBuild, plan: BuildPlan, base: readonly string[]): Promise<void> {
    const build = { ...begun, log: Array.from(begun.log) };
    const say = (message: string, level: "info" | "error" = "info"): void => {
      if (build.log.length >= MAX_LOG_ENTRIES) return;
      const timestamp = new Date(this.#deps.now()).toISOString();
      build.log.push({ timestamp, level, message: message.slice(0, MAX_LOG_LINE) });
    };
    let step = 0;
    try {
      const layers = Array.from(base);
      for (const command of plan.commands) {
        ({ step } = command);
        await this.#runCommand(command, layers, say);
        layers.unshift(command.layer);
        this.store.save(build);
      }
      step = plan.commands.length + 1;
      await this.#tryStart({ ...build, layers }, say);
      this.store.save({ ...build, layers, status: "ready" });
    } catch (error) {
      const message = error instanceof Error ? error.message : String(error);
      say(message, "error");
      this.#fail(build, { message, step: String(step) });
    }
  }

  async #runCommand(
    command: BuildCommand,
    below: readonly string[],
    say: (line: string) => void,
  ): Promise<void> {
    if (!command.force && this.#deps.layers.has(command.layer)) {
      say(`[${command.step}] CACHED ${command.command}`);
      return;
    }
    say(`[${command.step}] RUN ${command.command}`);
    let rest = "";
    await buildLayer(this.#deps, command, {
      below,
      onOutput: (text) => {
        const lines = (rest + text).split("\n");
        rest = (lines.pop() ?? "").slice(-MAX_LOG_LINE);
        for (const line of lines) say(line);
      },
    });
    if (rest !== "") say(rest);
  }

  /** What starts with every sandbox is started once now, so that a mistake in it fails the build and not each create. */
  async #tryStart(beginning: Beginning, say: (line: string) => void): Promise<void> {
    if (beginning.start_command === null) return;
    say(`START ${beginning.start_command}`);
    const record = await this.create(ownSpec(beginning.layers, 2 * READY_SECONDS * 1000), beginning);
    await this.#deps.host.kill(record.id);
  }

  #fail(build: TemplateBuild, reason: { message: string; step?: string }): void {
    this.store.save({ ...build, status: "error", reason });
    log("template build failed", { id: build.build_id, reason: reason.message });
  }

  /** What a sandbox of that template begins with; undefined when there is no such template. */
  findBeginning(reference: string): Beginning | undefined {
    if (splitName(reference).name === BASE_TEMPLATE) return PLAIN;
    const build = this.store.findReady(reference);
    const isWhole = build?.layers.every((layer) => this.#deps.layers.has(layer)) === true;
    return isWhole ? build : undefined;
  }

  /** A sandbox of a template, once what the template starts is ready. Throws when it does not get that far. */
  async create(spec: SandboxSpec, beginning: Beginning): Promise<SandboxRecord> {
    const { host } = this.#deps;
    const envs = { ...beginning.envs, ...spec.envs };
    const { layers, size } = beginning;
    const record = await host.create({ ...spec, layers, envs, ...(size === undefined ? {} : { size }) });
    try {
      await startIn(host.sandboxes.live(record.id).agent, beginning);
      return record;
    } catch (error) {
      await host.kill(record.id);
      throw error;
    }
  }

  /** Forgets a template. Sandboxes made of it live on. False when there is none. */
  remove(reference: string): boolean {
    const removed = this.store.remove(reference);
    this.#dropUnusedLayers();
    return removed;
  }

  #dropUnusedLayers(): void {
    const ofSandboxes = this.#deps.host.sandboxes.list().flatMap(({ layers }) => layers ?? []);
    const ofTemplates = this.store.list().flatMap(({ layers }) => layers);
    if (this.#line.activeCount > 0) return;
    this.#deps.layers.keepOnly(new Set([...ofSandboxes, ...ofTemplates]));
  }
}

/** Starts the template's own command, which outlives the call, and waits until its ready command agrees. */
async function startIn(agent: AgentConnection, { start_command, ready_command }: Beginning): Promise<void> {
  if (start_command === null) return;
  const script =
    'setsid /bin/bash -l -c "$START_COMMAND" >/dev/null 2>&1 </dev/null &\n' +
    `[ -z "$READY_COMMAND" ] || timeout ${READY_SECONDS} /bin/bash -c ` +
    `'until /bin/bash -c "$READY_COMMAND" >/dev/null 2>&1; do sleep 0.05; done'`;
  const exitCode = await runInSandbox(agent, {
    script,
    user: "user",
    envs: { START_COMMAND: start_command, READY_COMMAND: ready_command ?? "" },
    cwd: null,
    timeoutMs: (READY_SECONDS + 20) * 1000,
  });
  const why = `what the template starts was not ready within ${READY_SECONDS} seconds: ${start_command}`;
  if (exitCode !== 0) throw new Error(why);
}
