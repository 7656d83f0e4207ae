import { readFileSync } from "node:fs";
import { join } from "node:path";
import { createClient } from "#contract/client";
import type { Client } from "#contract/client";
import { routes } from "#contract/routes";
import { packFolder } from "../../cli/bundle/bundle.ts";
import { openHome, openSecrets } from "../../scripts/local/home.ts";
import { startFloom } from "../../test/support/floom-instance.ts";
import type { FloomInstance } from "../../test/support/floom-instance.ts";

/** Where the official SDK finds a sandbox server. */
export interface SdkOptions {
  apiKey: string;
  apiUrl: string;
  sandboxUrl: string;
}

/** The Floom under measurement: one of its own, on free ports of this machine. */
export interface BenchFloom {
  url: string;
  home: string;
  /** The owner's. */
  token: string;
  client: Client<Response>;
  /** Of the edge and of the sandbox server, as they run now. */
  pids: FloomInstance["pids"];
  /** Leads the SDK to the sandbox server that Floom itself uses. */
  sdk: SdkOptions;
  /** Takes the only place of the worker `hold-place` until the end, the first time; answers the run that holds it. */
  holdPlace: () => Promise<string>;
  stop: () => Promise<void>;
}

const EXAMPLES_DIR = join(import.meta.dirname, "..", "..", "workers-examples");
/** Longer than the whole benchmark takes. */
const HOLD_SECONDS = 280;
const WORKERS_DIR = join(import.meta.dirname, "..", "workers");
export const HELLO_DIR = join(EXAMPLES_DIR, "hello-worker");

/** Starts Floom on a home that ends with it, and pushes the workers that the measurements run. */
export async function startBenchFloom(): Promise<BenchFloom> {
  // Empty, lest a key in the environment send the sandboxes to E2B's cloud.
  const { url, token, home, pids, stop } = await startFloom({ seed: false, env: { E2B_API_KEY: "" } });
  try {
    const client = createClient<Response>({
      origin: url,
      token,
      fetch: (to, init) => fetch(to, init),
    });
    const own = [
      "print-clock",
      "print-lines",
      "hold-place",
      "fibo",
      "count-cpu",
      "hello-reuse",
      "chain-five",
      "hundred-at-once",
      "query-million",
    ].map((name) => join(WORKERS_DIR, name));
    const folders = [HELLO_DIR, ...own];
    for (const folder of folders) await push(client, folder);
    const sandboxUrl = readSandboxUrl(home);
    const apiKey = openSecrets(openHome({ FLOOM_HOME: home })).sandboxApiKey;
    const { holdPlace, letGo } = buildHold(client);
    const stopAll = async () => {
      await letGo();
      await stop();
    };
    return {
      url,
      home,
      token,
      client,
      pids,
      sdk: { apiKey, apiUrl: sandboxUrl, sandboxUrl },
      holdPlace,
      stop: stopAll,
    };
  } catch (error) {
    await stop();
    throw error;
  }
}

/** Ending the run in the end frees its sandbox, which would outlive Floom by the rest of its sleep. */
function buildHold(client: Client<Response>) {
  let held: Promise<string> | undefined;
  const start = async () => {
    const options = { params: { worker: "hold-place" }, json: { inputs: { seconds: HOLD_SECONDS } } };
    return (await client.call(routes.startRun, options)).id;
  };
  return {
    holdPlace: () => (held ??= start()),
    letGo: async () => {
      if (held !== undefined) await client.call(routes.cancelRun, { params: { run: await held } });
    },
  };
}

async function push(client: Client<Response>, folder: string): Promise<void> {
  const { zip } = await packFolder(folder);
  const worker = folder.slice(folder.lastIndexOf("/") + 1);
  const headers = { "content-type": "application/zip" };
  await client.call(routes.putWorkerBundle, { params: { worker }, body: zip, headers });
}

function readSandboxUrl(home: string): string {
  const log = readFileSync(join(home, "log", "sandbox.log"), "utf8");
  const url = /sandbox ready (http:\/\/127\.0\.0\.1:\d+)/.exec(log)?.[1];
  if (url === undefined) throw new Error("The sandbox server's log does not say where it listens.");
  return url;
}
