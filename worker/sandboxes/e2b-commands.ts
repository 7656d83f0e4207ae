// Owns the sandbox in which an agent's commands run: there is one for each attempt, with the run's folder in it.
// Never starts a command twice, and never says that a sandbox is gone but by its owner's word.
// Writes nothing here: what was begun is on the attempt's record before it is asked for.
import { CommandExitError, Sandbox } from "e2b";
import { sandboxPaths } from "#contract/runner/runner";
import { describeError, log } from "../platform/log.ts";
import type { CommandBox, CommandEnd, CommandOrder } from "../runs/ports/command-box.ts";
import type { LaunchRefusal, LaunchRequest } from "../runs/ports/executor.ts";
import { buildCommand, buildFilling, FILLED, placeOf } from "./build-command.ts";
import { buildConnection, refuse } from "./e2b-connection.ts";
import type { Connection, E2bSettings } from "./e2b-connection.ts";
import { buildNetwork } from "./e2b-driver.ts";
import { askOwner, findSandboxes } from "./e2b-list.ts";

/** Whose sandbox it is, and what it is filled with. */
export interface CommandSandbox {
  runId: string;
  attempt: number;
  workspaceId: string;
  workerId: string;
  apiUrl: string;
  network: Pick<LaunchRequest["network"], "allow_out" | "deny_out">;
  template: string | null;
  lifetimeMs: number;
  /** As `inputs.json`. */
  inputs: object;
  bundle: () => Promise<ReadableStream>;
  /** Where the run finds each of them, relative to the work directory. */
  files: readonly { path: string; open: () => Promise<ReadableStream> }[];
  contexts: readonly { name: string; open: () => Promise<ReadableStream> }[];
}

/** How long unpacking what a sandbox is filled with may take. */
const FILLING_MS = 60_000;
/** So much longer than it was asked for a sandbox that is looked at lives at least. */
const LOOK_MS = 60_000;

export class E2bCommands implements CommandBox {
  readonly #of: CommandSandbox;
  readonly #settings: E2bSettings;
  readonly #connection: Connection;

  constructor(settings: E2bSettings, of: CommandSandbox) {
    this.#of = of;
    this.#settings = settings;
    this.#connection = buildConnection(settings);
  }

  async open(signal: AbortSignal): Promise<{ kind: "open"; sandbox_id: string } | LaunchRefusal> {
    const { runId, attempt, lifetimeMs } = this.#of;
    const identity = { run_id: runId, attempt: String(attempt) };
    try {
      const [earlier] = await findSandboxes(this.#connection, identity);
      const sandbox =
        earlier === undefined
          ? await this.#create(identity)
          : await Sandbox.connect(earlier.sandboxId, { ...this.#connection, timeoutMs: lifetimeMs });
      if (signal.aborted) {
        await sandbox.kill();
        throw new Error("Nobody wants the sandbox any more.");
      }
      if (!(await sandbox.files.exists(FILLED))) await this.#fill(sandbox);
      return { kind: "open", sandbox_id: sandbox.sandboxId };
    } catch (error) {
      log("warn", "sandbox.launch_refused", { ...identity, error: describeError(error) });
      return refuse(error);
    }
  }

  #create(identity: { run_id: string; attempt: string }): Promise<Sandbox> {
    const { workspaceId, workerId, lifetimeMs, template, apiUrl, network: rules } = this.#of;
    const edge = { url: apiUrl, hasOwnWay: this.#settings.edgeUrl !== "" };
    const network = buildNetwork({ ...rules, headers: {} }, edge);
    return Sandbox.create(template ?? this.#settings.template, {
      ...this.#connection,
      metadata: { ...identity, launch: "1", workspace_id: workspaceId, worker_id: workerId },
      timeoutMs: lifetimeMs,
      ...(network ? { network } : {}),
    });
  }

  async #fill(sandbox: Sandbox): Promise<void> {
    const { inputs, bundle, files, contexts } = this.#of;
    await sandbox.files.write(sandboxPaths.bundle, await bundle());
    const archives = contexts.map(({ name, open }, at) => {
      return { name, archive: `${sandboxPaths.contexts}/${at}.zip`, open };
    });
    for (const { archive, open } of archives) await sandbox.files.write(archive, await open());
    await sandbox.files.write(`${sandboxPaths.work_dir}/inputs.json`, JSON.stringify(inputs));
    for (const { path, open } of files)
      await sandbox.files.write(`${sandboxPaths.work_dir}/${path}`, await open());
    await sandbox.commands.run(buildFilling(archives), { timeoutMs: FILLING_MS });
  }

  async start(sandboxId: string, order: CommandOrder): Promise<"started" | "gone"> {
    const { work_dir: dir } = sandboxPaths;
    return this.#within(sandboxId, async (sandbox) => {
      const handle = await sandbox.commands.run(buildCommand(order), {
        background: true,
        timeoutMs: 0,
        envs: { FLOOM_WORKER_DIR: dir, FLOOM_INPUT_DIR: dir, FLOOM_OUTPUT_DIR: `${dir}/out` },
      });
      await handle.disconnect();
      return "started" as const;
    });
  }

  async read(sandboxId: string, key: string): Promise<CommandEnd | "running" | "gone"> {
    const { exit, stdout, stderr } = placeOf(key);
    return this.#within(sandboxId, async (sandbox) => {
      if (!(await sandbox.files.exists(exit))) return "running" as const;
      const [code, out, err] = await Promise.all(
        [exit, stdout, stderr].map((path) => sandbox.files.read(path)),
      );
      return { exit_code: Number((code ?? "").trim()), stdout: out ?? "", stderr: err ?? "" };
    });
  }

  /** Throws what the sandbox does not do while its owner does not say that it is gone. */
  async #within<Answer>(
    sandboxId: string,
    act: (sandbox: Sandbox) => Promise<Answer>,
  ): Promise<Answer | "gone"> {
    try {
      return await act(await Sandbox.connect(sandboxId, { ...this.#connection, timeoutMs: LOOK_MS }));
    } catch (error) {
      if (error instanceof CommandExitError) throw error;
      if ((await askOwner(this.#connection, sandboxId)) !== null) return "gone";
      throw error;
    }
  }
}
