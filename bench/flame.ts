// `npm run flame`: where the edge and the sandbox server spend their processor time while runs come and go, as one page
// of flame graphs and the profiles themselves, for a Floom of its own. `--runs <n>` says how many, `--worker <folder>`
// of which worker, `--inputs <json>` with what, `--out <folder>` where the files go.
import { readFileSync, mkdirSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { once } from "node:events";
import { basename, join, resolve } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { parseArgs } from "node:util";
import * as z from "zod";
import { createClient } from "#contract/client";
import type { Client } from "#contract/client";
import { routes } from "#contract/routes";
import { packFolder } from "../cli/bundle/bundle.ts";
import "../scripts/local/exit-with-parent.ts";
import { startFloom } from "../test/support/floom-instance.ts";
import type { FloomInstance } from "../test/support/floom-instance.ts";
import { foldProfile } from "./flame/fold-profile.ts";
import { renderFlamePage } from "./flame/render-page.ts";
import { startProfile, startProfiles } from "./flame/take-profile.ts";
import { HELLO_DIR } from "./harness/bench-floom.ts";

const LANES = 4;
const WARM_UPS = 10;
const DEBUGGER_DEADLINE_MS = 10_000;

const { values } = parseArgs({
  options: {
    runs: { type: "string", default: "100" },
    worker: { type: "string", default: HELLO_DIR },
    inputs: { type: "string", default: JSON.stringify({ name: "Ada" }) },
    out: { type: "string", default: "dist/flame" },
  },
});

async function main(): Promise<number> {
  const runs = Number(values.runs);
  if (!Number.isInteger(runs) || runs < 1) {
    console.error("--runs must be a whole number, at least 1.");
    return 2;
  }
  const inspector = `127.0.0.1:${await findFreePort()}`;
  const env = { E2B_API_KEY: "", FLOOM_INSPECTOR: inspector, NODE_OPTIONS: "--inspect-port=0" };
  const floom = await startFloom({ seed: false, env });
  try {
    const runOnce = await pushWorker(floom);
    await inLanes(WARM_UPS, runOnce);
    const profiles = await startProfiles(inspector);
    profiles.push(await startProfile("sandbox server", await openDebugger(floom)));
    await inLanes(runs, runOnce);
    const taken = await Promise.all(
      profiles.map(async ({ title, stop }) => ({ title, profile: await stop() })),
    );
    const flames = taken.map(({ title, profile }) => foldProfile(title, profile));
    mkdirSync(values.out, { recursive: true });
    for (const { title, profile } of taken)
      writeFileSync(join(values.out, `${title.replaceAll(/\W+/g, "-")}.cpuprofile`), JSON.stringify(profile));
    const page = resolve(values.out, "index.html");
    const busy = flames.filter(({ value }) => value > 0).toSorted((a, b) => b.value - a.value);
    writeFileSync(page, renderFlamePage(`${runs} runs of ${basename(values.worker)}`, busy));
    for (const { name, value } of busy) console.log(`${name}: ${(value / 1000 / runs).toFixed(1)} ms a run`);
    console.log(page);
    return 0;
  } finally {
    await floom.stop();
  }
}

/** Answers what runs the worker once and waits for its end. */
async function pushWorker({ url, token }: FloomInstance): Promise<() => Promise<void>> {
  const client: Client<Response> = createClient({ origin: url, token, fetch: (to, init) => fetch(to, init) });
  const { zip } = await packFolder(values.worker);
  const params = { worker: basename(values.worker) };
  const headers = { "content-type": "application/zip" };
  const inputs = z.record(z.string(), z.json()).parse(JSON.parse(values.inputs));
  await client.call(routes.putWorkerBundle, { params, body: zip, headers });
  return async () => {
    const options = { params, query: { wait: 60 }, json: { inputs } };
    const { status, error } = await client.call(routes.startRun, options);
    if (status !== "completed")
      throw new Error(`${params.worker} did not complete: ${status} ${error ?? ""}`);
  };
}

async function inLanes(times: number, work: () => Promise<void>): Promise<void> {
  let left = times;
  const lane = async () => {
    while (left-- > 0) await work();
  };
  await Promise.all(Array.from({ length: LANES }, lane));
}

/** Has the sandbox server open its inspector, as Node does at this signal; answers the address that it says. */
async function openDebugger({ pids, home }: FloomInstance): Promise<string> {
  process.kill(pids().sandbox, "SIGUSR1");
  const deadline = performance.now() + DEBUGGER_DEADLINE_MS;
  while (performance.now() < deadline) {
    const log = readFileSync(join(home, "log", "sandbox.log"), "utf8");
    const address = /Debugger listening on (ws:\/\/127\.0\.0\.1:\d+\/\S+)/.exec(log)?.[1];
    if (address !== undefined) return address;
    await sleep(50);
  }
  throw new Error("The sandbox server did not open its inspector.");
}

async function findFreePort(): Promise<number> {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  server.close();
  await once(server, "close");
  if (address === null || typeof address === "string") throw new Error("This machine gives no port.");
  return address.port;
}

process.exitCode = await main();
