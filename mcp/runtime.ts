import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import * as z from "zod";
import { ApiProblem, createClient } from "#contract/client";
import type { Client } from "#contract/client";
import type { Deployed } from "#contract/deploys/deploy";
import { deployRoutes } from "#contract/deploys/routes";
import { limits } from "#contract/limits";
import { retentionRoutes } from "#contract/retention/routes";
import { secretRoutes } from "#contract/secrets/routes";
import { workerRoutes } from "#contract/workers/routes";
import { startLocal } from "../scripts/local/start-local.ts";
import type { LocalFloom } from "../scripts/local/start-local.ts";
import { sweepHomes } from "./sweep-homes.ts";
import { ServeError } from "./serve-error.ts";
import { readWorkerFolder, siblingOf } from "./worker-folder.ts";

// owns a Floom of its own on this machine for as long as one folder is served: its own home, any free port, a token that
// nobody else learns. Never touches the home of `npm start`; leaves nothing behind when it is stopped.

/** So many workers may call one another in a row before the last one is not looked for. */
const NESTED_DEPTH = 3;
/**
 * What a run may take where worker.yml says nothing: nearly as long as any, so that the time limit of its call is the one that
 * holds, and that nobody writes, so that what is written is told from it.
 */
const UNWRITTEN_SECONDS = limits.run_timeout_seconds.value - 1;

interface ServedTool {
  name: string;
  /** Whether one of its inputs is called `thread_id`. */
  takesThread: boolean;
}

/** One worker that is served. */
export interface ServedWorker {
  name: string;
  tools: readonly ServedTool[];
  /** The time limit of its own worker.yml, in milliseconds; null where that is everybody's. */
  timeoutMs: number | null;
}

type Environment = Readonly<Record<string, string | undefined>>;

export interface RuntimeOptions {
  /** The folder of a worker, or a file of typed functions. */
  folder: string;
  /** Whether the workers that this one calls are tools as well. They are there to be called in any case. */
  exposeNested?: boolean;
  /** Where secrets are looked for that its code reads, by name; by default this process's environment. */
  env?: Environment;
  /** Told how it goes, a line at a time. */
  say?: (line: string) => void;
}

/** A worker of this machine, ready to be served. */
export interface McpRuntime {
  /** Those whose tools are listed, the one that was asked for first. */
  served: readonly ServedWorker[];
  /** Where the Floom behind it listens, for this machine alone. */
  origin: string;
  token: string;
  /** Ends every run and process of it, and removes all that it kept. */
  stop: () => Promise<void>;
}

/**
 * Starts what a folder is served by: the local sandbox server and an edge on a home of their own, with the worker in it
 * and those that it calls, found in the folders beside it. Throws ServeError for what is no worker, and for a machine
 * on which nothing can be started; nothing is left running then.
 */
export async function startRuntime(options: RuntimeOptions): Promise<McpRuntime> {
  const { folder, exposeNested = false, env = process.env, say = () => undefined } = options;
  // Before anything is started: what is no worker is told at once.
  const root = await readWorkerFolder(folder);
  sweepHomes(tmpdir());
  const home = mkdtempSync(join(tmpdir(), `floom-serve-${process.pid}-`));
  let floom: LocalFloom | undefined;
  const stop = async (): Promise<void> => {
    await floom?.stop();
    rmSync(home, { recursive: true, force: true });
  };
  try {
    const environment = { ...env, FLOOM_HOME: home, PORT: "0", E2B_API_KEY: "" };
    floom = await startLocal({ environment, say, killSandboxes: true }).catch((error: unknown) => {
      throw new ServeError("unavailable", error instanceof Error ? error.message : String(error), error);
    });
    const { url: origin, token } = floom;
    const api = createClient<Response>({ origin, token, fetch });
    await api.call(retentionRoutes.changeWorkspaceSettings, {
      json: { default_timeout_seconds: UNWRITTEN_SECONDS },
    });
    const all = await deployAll(api, { root: root.path, env, say });
    const served = exposeNested ? all : all.slice(0, 1);
    return { served, origin, token, stop };
  } catch (error) {
    await stop();
    throw error instanceof ApiProblem ? refused(error) : error;
  }
}

/** The worker's own faults, each with its place: whoever serves a folder mends it there. */
function refused(error: ApiProblem): ServeError {
  const { detail: whole, errors = [] } = error.problem;
  const faults = errors.map(({ file = "worker.yml", line, column = 1, pointer, detail }) => {
    const place =
      line === undefined ? (file === pointer ? file : `${file} ${pointer}`) : `${file}:${line}:${column}`;
    return `\n  ${place} ${detail}`;
  });
  const sentence = faults.length === 0 ? whole : "The worker cannot be served as it is written:";
  return new ServeError("usage", `${sentence}${faults.join("")}`, error);
}

interface Deploying {
  root: string;
  env: Environment;
  say: (line: string) => void;
}

/** The worker, and those that it calls, each once however they call each other. */
async function deployAll(api: Client<Response>, { root, env, say }: Deploying): Promise<ServedWorker[]> {
  const served = new Map<string, ServedWorker>();
  let next = [root];
  for (let depth = 0; depth <= NESTED_DEPTH && next.length > 0; depth += 1) {
    const paths = next;
    next = [];
    for (const path of paths) {
      const { worker, calls } = await deploy(api, { root: path, env, say });
      served.set(worker.name, worker);
      next.push(...calls.filter((name) => !served.has(name)).map((name) => siblingOf(path, name)));
    }
    next = [...new Set(next)];
  }
  return [...served.values()];
}

async function deploy(
  api: Client<Response>,
  { root, env, say }: Deploying,
): Promise<{ worker: ServedWorker; calls: readonly string[] }> {
  const { zip, folder, warnings } = await readWorkerFolder(root);
  for (const warning of warnings) say(warning);
  const deployed = await api.call(deployRoutes.deployZip, {
    query: folder === undefined ? {} : { folder },
    body: zip,
    headers: { "content-type": "application/zip" },
  });
  await setSecrets(api, deployed, { env, say });
  const { config } = await api.call(workerRoutes.getWorker, { params: { worker: deployed.worker } });
  const { timeout_seconds: seconds } = config.limits;
  const isWritten = seconds !== UNWRITTEN_SECONDS;
  return {
    worker: {
      name: deployed.worker,
      tools: deployed.actions.map(toTool),
      timeoutMs: isWritten ? seconds * 1000 : null,
    },
    calls: config.calls,
  };
}

function toTool({ tool, input_schema: schema }: Deployed["actions"][number]): ServedTool {
  const { properties } = z.looseObject({ properties: z.looseObject({}).optional() }).parse(schema);
  return { name: tool, takesThread: properties?.["thread_id"] !== undefined };
}

/** Secrets that the code reads are taken from the environment, by their names; none else goes into a sandbox. */
async function setSecrets(
  api: Client<Response>,
  { worker, missing_secrets: missing }: Deployed,
  { env, say }: Pick<Deploying, "env" | "say">,
): Promise<void> {
  for (const secret of missing) {
    const value = env[secret] ?? "";
    if (value === "") say(`${worker} reads the secret ${secret}: set ${secret} in the environment.`);
    else await api.call(secretRoutes.setSecret, { params: { secret }, json: { value } });
  }
}
