import { FileNotFoundError, Sandbox } from "e2b";
import type { SandboxInfo, SandboxNetworkOpts, SandboxNetworkRule } from "e2b";
import { sandboxPaths, sandboxPathsOf } from "#contract/runner/runner";
import type { Clock } from "../platform/clock.ts";
import { describeError, log } from "../platform/log.ts";
import { Masker } from "../platform/redaction/masker.ts";
import type { Lease } from "./places.ts";
import { saidByOwner } from "../runs/ports/executor.ts";
import type {
  BuildLaunch,
  BuildRequest,
  Executor,
  FileRead,
  JournalRead,
  LaunchRequest,
  LaunchResult,
  MadeSandbox,
} from "../runs/ports/executor.ts";
import { beginRun } from "./e2b-begin-run.ts";
import type { Filling } from "./e2b-begin-run.ts";
import {
  buildConnection,
  isLostTemplate,
  refuse,
  REQUEST_TIMEOUT_MS,
  takesNoOrders,
} from "./e2b-connection.ts";
import type { Connection, E2bSettings } from "./e2b-connection.ts";
import { askList, askOwner, findSandboxes } from "./e2b-list.ts";
import { parseUse } from "#contract/runner/sandbox-use";
import type { ReachedSandboxes } from "./e2b-reached.ts";

const ALL_TRAFFIC = "0.0.0.0/0";

/** What is put into requests on their way out, in the provider's words. */
function buildRules(headers: LaunchRequest["network"]["headers"]): Pick<SandboxNetworkOpts, "rules"> {
  const rules = Object.entries(headers).map(([host, lines]): [string, SandboxNetworkRule[]] => [
    host,
    [{ transform: { headers: lines } }],
  ]);
  return rules.length === 0 ? {} : { rules: Object.fromEntries(rules) };
}

/**
 * An allow-list shuts everything else out, as authors expect of one; the edge stays reachable. By its name in the
 * list, which opens all of that host: so where sandboxes have a way of their own to the edge, which is open for the
 * routes of a run alone, its name is left out instead. A host into whose requests something is put has to be in
 * the list of what is allowed, and names may be in it only where all else is denied: so where nothing is narrowed, all
 * else is allowed beside it. Pure.
 */
export function buildNetwork(
  network: LaunchRequest["network"],
  edge: { url: string; hasOwnWay: boolean },
): SandboxNetworkOpts | undefined {
  const { allow_out, deny_out, headers } = network;
  const rules = buildRules(headers);
  const bound = Object.keys(headers);
  if (allow_out.length > 0) {
    const { hostname } = new URL(edge.url);
    const others = allow_out.filter((host) => host !== hostname && !bound.includes(host)).concat(bound);
    return {
      allowOut: edge.hasOwnWay ? others : [...others, hostname],
      denyOut: [ALL_TRAFFIC, ...deny_out],
      ...rules,
    };
  }
  if (deny_out.length > 0) return { denyOut: deny_out, ...rules };
  return bound.length > 0
    ? { allowOut: [...bound, ALL_TRAFFIC], denyOut: [ALL_TRAFFIC], ...rules }
    : undefined;
}

/** Whose sandbox is wanted, and how it is to be. */
interface Wanted {
  /** By what it is found again. */
  identity: { run_id: string; attempt: string };
  /** The number that one which is made gets. */
  launch: number;
  workspaceId: string;
  workerId: string;
  recover: boolean;
  /** The number of the only one that will do. */
  chosen: number | null;
  /** The turn in a sandbox of earlier runs that it is to have; see LaunchRequest. */
  turn: string | null;
  turnEndsAt: number;
  lifetimeMs: number;
  spareMs: number;
  network: SandboxNetworkOpts | undefined;
  /** What `network` holds and nobody may read. */
  putIn: string[];
  /** Null: what every sandbox is made of. */
  template: string | null;
}

interface Obtained extends MadeSandbox {
  sandbox: Sandbox;
  /** When it ends by itself. */
  endsAt: number;
}

/** What a driver has beside its settings. */
export interface DriverDeps {
  clock: Clock;
  /** Those that need not be connected to. */
  reached: ReachedSandboxes;
}

/** One of the time before launches had numbers is of the first. */
const launchOf = ({ metadata }: SandboxInfo): number => Number(metadata["launch"] ?? 1);

/** Of those that there are the one to go on with: of the first try that got as far, which may have started its script. */
function choose(found: readonly SandboxInfo[], chosen: number | null): SandboxInfo | undefined {
  return found
    .filter((info) => chosen === null || launchOf(info) === chosen)
    .toSorted((a, b) => launchOf(a) - launchOf(b))[0];
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
  readonly #deps: DriverDeps;

  constructor(settings: E2bSettings, deps: DriverDeps) {
    this.#settings = settings;
    this.#deps = deps;
    this.#connection = buildConnection(settings);
  }

  /** The sandboxes that are alive, by the runs they were started for. Throws when the provider does not answer. */
  async listRunning(): Promise<Lease[]> {
    if (this.#settings.apiKey === "") return [];
    const paginator = Sandbox.list({ ...this.#connection, query: { state: ["running"] } });
    const found: Lease[] = [];
    while (paginator.hasNext) {
      for (const { sandboxId, metadata, startedAt, endAt } of await paginator.nextItems()) {
        const { run_id = "", workspace_id = "", worker_id = "" } = metadata;
        const lasts = { since: startedAt.getTime(), until: endAt.getTime() };
        found.push({ run_id, workspace_id, worker_id, sandbox_id: sandboxId, ...lasts });
      }
    }
    return found;
  }

  /** Null when the one that was chosen is no more, by the word of the provider's list. */
  async #obtain(wanted: Wanted): Promise<Obtained | null> {
    const { identity, workspaceId, workerId, recover, network, template, launch } = wanted;
    const resting = wanted.turn === null ? null : await this.#resume(wanted.turn, wanted);
    if (resting !== null) return resting;
    const earlier = recover
      ? choose(await findSandboxes(this.#connection, identity), wanted.chosen)
      : undefined;
    if (earlier !== undefined)
      return { ...(await this.#connectFor(earlier.sandboxId, wanted)), launch: launchOf(earlier) };
    if (wanted.chosen !== null) return null;
    const { timeoutMs, endsAt } = this.#lifeOf(wanted);
    const sandbox = await Sandbox.create(template ?? this.#settings.template, {
      ...this.#connection,
      metadata: { ...identity, launch: String(launch), workspace_id: workspaceId, worker_id: workerId },
      timeoutMs,
      ...(network ? { network } : {}),
    });
    return { sandbox, launch, endsAt };
  }

  /** How long a sandbox is asked to live, and until when it does at least. */
  #lifeOf({ lifetimeMs, spareMs }: Wanted): { timeoutMs: number; endsAt: number } {
    const timeoutMs = Math.max(lifetimeMs, Math.min(lifetimeMs + spareMs, this.#settings.lifeMs));
    return { timeoutMs, endsAt: this.#deps.clock() + timeoutMs };
  }

  async #connectFor(sandboxId: string, wanted: Wanted): Promise<Pick<Obtained, "sandbox" | "endsAt">> {
    const { timeoutMs, endsAt } = this.#lifeOf(wanted);
    return { sandbox: await Sandbox.connect(sandboxId, { ...this.#connection, timeoutMs }), endsAt };
  }

  /** The sandbox in which somebody else had the turn before; null where it is no more, by its owner's word. */
  async #resume(turn: string, wanted: Wanted): Promise<Obtained | null> {
    const { sandboxId } = parseUse(turn);
    const made = { launch: wanted.chosen ?? wanted.launch, turn };
    const { turnEndsAt: endsAt, lifetimeMs } = wanted;
    const known = endsAt - this.#deps.clock() >= lifetimeMs ? this.#deps.reached.find(sandboxId) : undefined;
    if (known !== undefined) return { sandbox: known, endsAt, ...made };
    try {
      return { ...(await this.#connectFor(sandboxId, wanted)), ...made };
    } catch (error) {
      if ((await askOwner(this.#connection, sandboxId)) === null) throw error;
      return null;
    }
  }

  async #start(
    wanted: Wanted,
    order: (made: MadeSandbox) => Promise<Filling | null>,
    heard?: LaunchRequest["heard"],
  ): Promise<LaunchResult> {
    if (this.#settings.apiKey === "") {
      const message = "No sandbox provider is configured: E2B_API_KEY is not set.";
      return { kind: "refused", code: "missing_e2b_key", message, retryAfterMs: null };
    }
    try {
      const obtained = await this.#obtain(wanted);
      if (obtained === null) return saidByOwner();
      const { sandbox, launch, turn, endsAt } = obtained;
      const { use } = parseUse(turn ?? sandbox.sandboxId);
      const filling = await order({ launch, ...(turn === undefined ? {} : { turn }) });
      if (filling === null) return { kind: "overtaken" };
      const attempt = Number(wanted.identity.attempt);
      // What came with the local server comes with the same runner that is here.
      const bringsRunner = this.#settings.edgeUrl !== "";
      await beginRun(sandbox, filling, { use, attempt, bringsRunner, heard }).catch(
        async (error: unknown) => {
          // Nobody was told there: where it was the first try, nothing has begun, and the next one learns that it is gone.
          if (turn !== undefined && wanted.chosen === null && takesNoOrders(error)) await this.kill(turn);
          throw error;
        },
      );
      if (wanted.spareMs > 0) this.#deps.reached.put(sandbox);
      return { kind: "launched", sandboxId: turn ?? sandbox.sandboxId, launch, endsAt };
    } catch (error) {
      if (wanted.turn !== null) this.#deps.reached.drop(parseUse(wanted.turn).sandboxId);
      const hide = new Masker(wanted.putIn);
      log("warn", "sandbox.launch_refused", { ...wanted.identity, error: hide.text(describeError(error)) });
      const refused = refuse(error);
      const refusal = { ...refused, message: hide.text(refused.message) };
      return wanted.template !== null && isLostTemplate(error) ? { ...refusal, lostTemplate: true } : refusal;
    }
  }

  launch(request: LaunchRequest): Promise<LaunchResult> {
    const { edgeUrl } = this.#settings;
    const { bundle, files, apiUrl, runId, attempt, order, heard, ...rest } = request;
    const network = buildNetwork(request.network, { url: apiUrl, hasOwnWay: edgeUrl !== "" });
    const putIn = Object.values(request.network.headers).flatMap((lines) => Object.values(lines));
    const wanted = { ...rest, identity: { run_id: runId, attempt: String(attempt) }, network, putIn };
    const fill = async (made: MadeSandbox) => {
      const config = await order(made);
      if (config === null) return null;
      return { config: edgeUrl === "" ? config : { ...config, api_url: edgeUrl }, bundle, files };
    };
    return this.#start(wanted, fill, heard);
  }

  /** Started twice it comes to the same, so that it is told by no number. */
  async build({ buildId, attempt, config, bundle, ...rest }: BuildRequest): Promise<BuildLaunch> {
    const identity = { run_id: buildId, attempt: String(attempt) };
    const own = { launch: 1, chosen: null, turn: null, turnEndsAt: 0, spareMs: 0 };
    const wanted = { ...rest, ...own, identity, network: undefined, putIn: [] };
    const started = await this.#start(wanted, async () => ({ config, bundle, files: [] }));
    if (started.kind === "launched" || started.kind === "refused") return started;
    throw new Error(`A build was ${started.kind} as it was begun.`);
  }

  async readJournal(sandboxId: string, offset: number, maxBytes: number): Promise<JournalRead> {
    const { journal } = sandboxPathsOf(parseUse(sandboxId).use);
    const command =
      `tail -c +${offset + 1} ${journal} 2>/dev/null | head -c ${maxBytes}; ` +
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
      return (await askOwner(this.#connection, parseUse(sandboxId).sandboxId)) ?? { kind: "unavailable" };
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
      const gone = await askOwner(this.#connection, parseUse(sandboxId).sandboxId);
      if (gone) return gone;
      throw error;
    }
  }

  #connect(turn: string): Promise<Sandbox> {
    return Sandbox.connect(parseUse(turn).sandboxId, { ...this.#connection, timeoutMs: 60_000 });
  }

  /** Has a sandbox end by itself after so long, unless it gets another run before that. False where nobody can say. */
  async rest(turn: string, idleMs: number): Promise<boolean> {
    try {
      await Sandbox.setTimeout(parseUse(turn).sandboxId, idleMs, this.#connection);
      return true;
    } catch (error) {
      log("warn", "sandbox.rest_failed", { sandbox_id: turn, error: describeError(error) });
      return false;
    }
  }

  async kill(turn: string): Promise<boolean> {
    const { sandboxId } = parseUse(turn);
    this.#deps.reached.drop(sandboxId);
    try {
      const isKilled = await Sandbox.kill(sandboxId, this.#connection);
      return isKilled || (await askList(this.#connection, sandboxId)) !== null;
    } catch (error) {
      log("warn", "sandbox.kill_failed", { sandbox_id: sandboxId, error: describeError(error) });
      return false;
    }
  }

  async killAttempt(runId: string, attempt: number): Promise<boolean> {
    try {
      const found = await findSandboxes(this.#connection, { run_id: runId, attempt: String(attempt) });
      const killed = await Promise.all(found.map((info) => this.kill(info.sandboxId)));
      return killed.every(Boolean);
    } catch (error) {
      log("warn", "sandbox.kill_failed", { run_id: runId, error: describeError(error) });
      return false;
    }
  }
}
