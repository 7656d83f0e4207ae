import { FileNotFoundError, Sandbox, SandboxNotFoundError } from "e2b";
import type { SandboxNetworkOpts } from "e2b";
import { sandboxPaths } from "#contract/runner/runner";
import { fromBase64 } from "../platform/bytes.ts";
import { describeError, log } from "../platform/log.ts";
import type { Lease } from "./places.ts";
import { saidByOwner } from "../runs/ports/executor.ts";
import type {
  Absent,
  BuildRequest,
  Executor,
  FileRead,
  JournalRead,
  LaunchRequest,
  LaunchResult,
} from "../runs/ports/executor.ts";
import { buildConnection, isLostTemplate, refuse, REQUEST_TIMEOUT_MS } from "./e2b-connection.ts";
import type { Connection, E2bSettings } from "./e2b-connection.ts";
import { runnerArchiveBase64 } from "./runner.gen.ts";
import { startCommand } from "./start-command.ts";

/** Bundles up to this size travel with the other files in one request; larger ones are streamed on their own. */
const INLINE_BUNDLE_BYTES = 1024 * 1024;
const ALL_TRAFFIC = "0.0.0.0/0";

/**
 * An allow-list shuts everything else out, as authors expect of one; the edge stays reachable. By its name in the
 * list, which opens all of that host: so where sandboxes have a way of their own to the edge, which is open for the
 * routes of a run alone, its name is left out instead. Pure.
 */
export function buildNetwork(
  network: LaunchRequest["network"],
  edge: { url: string; hasOwnWay: boolean },
): SandboxNetworkOpts | undefined {
  if (network.allow_out.length > 0) {
    const { hostname } = new URL(edge.url);
    const others = network.allow_out.filter((host) => host !== hostname);
    return {
      allowOut: edge.hasOwnWay ? others : [...others, hostname],
      denyOut: [ALL_TRAFFIC, ...network.deny_out],
    };
  }
  return network.deny_out.length > 0 ? { denyOut: network.deny_out } : undefined;
}

function decodeRunner(): ArrayBuffer {
  const bytes = fromBase64(runnerArchiveBase64);
  if (bytes === null) throw new Error("The runner's archive is not base64; make it anew with `npm run gen`.");
  return bytes.buffer;
}

/** What goes into a sandbox before its runner starts. */
interface Filling {
  config: object;
  bundle: LaunchRequest["bundle"];
  files: LaunchRequest["files"];
}

async function fill(sandbox: Sandbox, { config, bundle, files: more }: Filling): Promise<void> {
  const files: { path: string; data: string | ArrayBuffer }[] = [
    { path: sandboxPaths.runner, data: decodeRunner() },
    { path: sandboxPaths.config, data: JSON.stringify(config) },
  ];
  const inline = bundle.size <= INLINE_BUNDLE_BYTES;
  if (inline) {
    const data = await new Response(await bundle.open()).arrayBuffer();
    files.push({ path: sandboxPaths.bundle, data });
  }
  await sandbox.files.write(files);
  if (!inline) await sandbox.files.write(sandboxPaths.bundle, await bundle.open());
  for (const file of more) await sandbox.files.write(file.path, await file.open());
}

/** Whose sandbox is wanted, and how it is to be. */
interface Wanted {
  /** By what it is found again. */
  identity: { run_id: string; attempt: string };
  workspaceId: string;
  workerId: string;
  recover: boolean;
  lifetimeMs: number;
  network: SandboxNetworkOpts | undefined;
  /** Null: what every sandbox is made of. */
  template: string | null;
}

async function startRunner(sandbox: Sandbox): Promise<void> {
  const handle = await sandbox.commands.run(startCommand, { background: true, timeoutMs: 0 });
  await handle.disconnect();
}

/** A file's bytes; null when the agent of the sandbox says that there is none. A bare 404 may be anybody's. */
async function readFile(sandbox: Sandbox, place: string): Promise<FileRead> {
  try {
    return { kind: "open", body: await sandbox.files.read(place, { format: "stream" }) };
  } catch (error) {
    if (error instanceof FileNotFoundError && !(await sandbox.files.exists(place)))
      return { kind: "missing" };
    throw error;
  }
}

/** The driver for E2B's API, be it E2B's cloud or the local sandbox server that speaks the same wire. */
export class E2bDriver implements Executor {
  readonly #settings: E2bSettings;
  readonly #connection: Connection;

  constructor(settings: E2bSettings) {
    this.#settings = settings;
    this.#connection = buildConnection(settings);
  }

  /** The sandboxes that were created with this; all there are where nothing is said. */
  async #findSandboxes(metadata?: Record<string, string>): Promise<string[]> {
    const paginator = Sandbox.list({
      ...this.#connection,
      query: { ...(metadata ? { metadata } : {}), state: ["running", "paused"] },
    });
    const found: string[] = [];
    while (paginator.hasNext) found.push(...(await paginator.nextItems()).map((info) => info.sandboxId));
    return found;
  }

  /** The sandboxes that are alive, by the runs they were started for. Throws when the provider does not answer. */
  async listRunning(): Promise<Lease[]> {
    if (this.#settings.apiKey === "") return [];
    const paginator = Sandbox.list({ ...this.#connection, query: { state: ["running"] } });
    const found: Lease[] = [];
    while (paginator.hasNext) {
      for (const { metadata, startedAt, endAt } of await paginator.nextItems()) {
        const { run_id = "", workspace_id = "", worker_id = "" } = metadata;
        const lasts = { since: startedAt.getTime(), until: endAt.getTime() };
        found.push({ run_id, workspace_id, worker_id, ...lasts });
      }
    }
    return found;
  }

  async #obtain(wanted: Wanted): Promise<Sandbox> {
    const { identity, workspaceId, workerId, recover, lifetimeMs, network, template } = wanted;
    const [earlier] = recover ? await this.#findSandboxes(identity) : [];
    if (earlier !== undefined)
      return Sandbox.connect(earlier, { ...this.#connection, timeoutMs: lifetimeMs });
    return Sandbox.create(template ?? this.#settings.template, {
      ...this.#connection,
      metadata: { ...identity, workspace_id: workspaceId, worker_id: workerId },
      timeoutMs: lifetimeMs,
      ...(network ? { network } : {}),
    });
  }

  async #start(wanted: Wanted, filling: Filling): Promise<LaunchResult> {
    if (this.#settings.apiKey === "") {
      const message = "No sandbox provider is configured: E2B_API_KEY is not set.";
      return { kind: "refused", code: "missing_e2b_key", message, retryAfterMs: null };
    }
    try {
      const sandbox = await this.#obtain(wanted);
      await fill(sandbox, filling);
      await startRunner(sandbox);
      return { kind: "launched", sandboxId: sandbox.sandboxId };
    } catch (error) {
      log("warn", "sandbox.launch_refused", { ...wanted.identity, error: describeError(error) });
      const refusal = refuse(error);
      return wanted.template !== null && isLostTemplate(error) ? { ...refusal, lostTemplate: true } : refusal;
    }
  }

  launch(request: LaunchRequest): Promise<LaunchResult> {
    const { edgeUrl } = this.#settings;
    const { bundle, files, workspaceId, workerId, recover, lifetimeMs, template } = request;
    const identity = { run_id: request.runId, attempt: String(request.attempt) };
    const edge = { url: request.config.api_url, hasOwnWay: edgeUrl !== "" };
    const network = buildNetwork(request.network, edge);
    const config = edgeUrl === "" ? request.config : { ...request.config, api_url: edgeUrl };
    const wanted = { identity, workspaceId, workerId, recover, lifetimeMs, network, template };
    return this.#start(wanted, { config, bundle, files });
  }

  build({ buildId, attempt, config, bundle, ...rest }: BuildRequest): Promise<LaunchResult> {
    const identity = { run_id: buildId, attempt: String(attempt) };
    return this.#start({ identity, ...rest, network: undefined }, { config, bundle, files: [] });
  }

  async readJournal(sandboxId: string, offset: number, maxBytes: number): Promise<JournalRead> {
    const command =
      `tail -c +${offset + 1} ${sandboxPaths.journal} 2>/dev/null | head -c ${maxBytes}; ` +
      `grep -qsa 'runner[.]pyz' /proc/[0-9]*/cmdline && echo alive >&2; true`;
    try {
      const sandbox = await this.#connect(sandboxId);
      const result = await sandbox.commands.run(command, { timeoutMs: REQUEST_TIMEOUT_MS });
      return {
        kind: "read",
        bytes: new TextEncoder().encode(result.stdout),
        runnerAlive: result.stderr.includes("alive"),
      };
    } catch (error) {
      log("warn", "sandbox.read_failed", { sandbox_id: sandboxId, error: describeError(error) });
      return (await this.#askOwner(sandboxId)) ?? { kind: "unavailable" };
    }
  }

  openFile(sandboxId: string, path: string): Promise<FileRead> {
    return this.#open(sandboxId, `${sandboxPaths.work_dir}/${path}`);
  }

  openBuilt(sandboxId: string): Promise<FileRead> {
    return this.#open(sandboxId, sandboxPaths.dependencies);
  }

  async #open(sandboxId: string, place: string): Promise<FileRead> {
    try {
      const sandbox = await this.#connect(sandboxId);
      return await readFile(sandbox, place);
    } catch (error) {
      const gone = await this.#askOwner(sandboxId);
      if (gone) return gone;
      throw error;
    }
  }

  #connect(sandboxId: string): Promise<Sandbox> {
    return Sandbox.connect(sandboxId, { ...this.#connection, timeoutMs: 60_000 });
  }

  /**
   * The control plane's word that the sandbox is no more: it knows none of this id, and answers with a list that has
   * none. A bare 404 may be anybody's in between. Null for every other answer, and for none.
   */
  async #askOwner(sandboxId: string): Promise<Absent | null> {
    try {
      await Sandbox.getInfo(sandboxId, this.#connection);
      return null;
    } catch (error) {
      return error instanceof SandboxNotFoundError ? this.#askList(sandboxId) : null;
    }
  }

  async #askList(sandboxId: string): Promise<Absent | null> {
    try {
      return (await this.#findSandboxes()).includes(sandboxId) ? null : saidByOwner();
    } catch {
      return null;
    }
  }

  async kill(sandboxId: string): Promise<boolean> {
    try {
      const isKilled = await Sandbox.kill(sandboxId, this.#connection);
      return isKilled || (await this.#askList(sandboxId)) !== null;
    } catch (error) {
      log("warn", "sandbox.kill_failed", { sandbox_id: sandboxId, error: describeError(error) });
      return false;
    }
  }

  async killAttempt(runId: string, attempt: number): Promise<boolean> {
    try {
      const found = await this.#findSandboxes({ run_id: runId, attempt: String(attempt) });
      const killed = await Promise.all(found.map((id) => this.kill(id)));
      return killed.every(Boolean);
    } catch (error) {
      log("warn", "sandbox.kill_failed", { run_id: runId, error: describeError(error) });
      return false;
    }
  }
}
