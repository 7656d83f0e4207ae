import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { limits } from "#contract/limits";
import { openHome } from "../local/home.ts";
import { startLocal } from "../local/start-local.ts";
import { connect } from "./careful-client.ts";
import { injectFaults } from "./faults.ts";
import { FaultyNetwork } from "./faulty-network.ts";
import { gatherRun, listRunIds } from "./gather.ts";
import { judge } from "./judge.ts";
import type { Testimony, Verdict } from "./judge.ts";
import { planOrders } from "./plan.ts";
import { watchScripts } from "./script-witness.ts";
import { Traffic } from "./traffic.ts";
import { createTriggers, endSchedule } from "./triggers.ts";
import { pushWorkers, SCRIPT_TIMEOUT_SECONDS } from "./workers.ts";

export interface ChaosOptions {
  runs: number;
  seed: number;
  /** Whether the network between the parts is faulty as well. */
  faults: boolean;
  /** An empty folder for the state of the Floom that suffers. */
  folder: string;
  say: (line: string) => void;
}

export interface ChaosReport {
  /** Runs that were ordered and accepted. */
  runs: number;
  /** Runs that the schedule started besides. */
  scheduled: number;
  kills: number;
  /** Requests that were refused, cut, dropped, delayed or repeated on their way. */
  disturbed: number;
  /** Attempts whose script was seen in the machine's process table. */
  witnessed: number;
  verdict: Verdict;
}

const PROGRESS_EVERY_MS = 10_000;
/** Restarts come soon, however often a process was killed before. */
const MOST_BACKOFF_MS = 400;
/** Without any progress for so long, what has not ended is stuck. */
const STALL_MS = 180_000;
/** What the record promises for one attempt: a sandbox, the install, the script, the results. */
const DEADLINE_MS =
  1000 *
  (limits.launch_patience_seconds.value +
    limits.install_timeout_seconds.value +
    SCRIPT_TIMEOUT_SECONDS +
    limits.run_grace_seconds.value);

/** Starts a whole Floom, kills its processes by the seed's schedule while orders arrive, and judges the record. */
export async function runChaos(options: ChaosOptions): Promise<ChaosReport> {
  const { folder, say, seed } = options;
  const network = options.faults ? new FaultyNetwork(seed) : undefined;
  const environment = { ...process.env, FLOOM_HOME: folder, PORT: "0", E2B_API_KEY: "" };
  const floom = await startLocal({
    environment,
    say: () => undefined,
    maxBackoffMs: MOST_BACKOFF_MS,
    ...(network ? { detour: (to, url) => network.detour(to, url) } : {}),
  });
  try {
    say(`a Floom of its own at ${floom.url}`);
    const client = connect({ ...floom, url: network?.edgeUrl ?? floom.url });
    const workers = join(folder, "chaos-workers");
    mkdirSync(workers);
    await pushWorkers(client, workers);
    return await sufferAndJudge({ ...options, client, network, runDir: openHome(environment).runDir });
  } finally {
    await floom.stop();
    network?.close();
  }
}

type Stage = ChaosOptions & {
  client: ReturnType<typeof connect>;
  network: FaultyNetwork | undefined;
  runDir: string;
};

async function sufferAndJudge(stage: Stage): Promise<ChaosReport> {
  const { client, network, say } = stage;
  const witness = watchScripts();
  const { traffic, kills, scheduled, missing } = await suffer(stage);
  witness.stop();
  say("all quiet; reading the record");
  const patience = AbortSignal.timeout(STALL_MS);
  const testimonies: Testimony[] = [];
  for (const accepted of traffic.accepted) testimonies.push(await gatherRun(client, accepted, patience));
  const verdict = judge({
    testimonies,
    listed: await listRunIds(client, patience),
    scripts: witness.seen,
    deadlineMs: DEADLINE_MS,
  });
  verdict.lost.push(...missing);
  const runs = traffic.accepted.length - scheduled;
  const disturbed = network?.disturbed ?? 0;
  return { runs, scheduled, kills, disturbed, witnessed: witness.seen.size, verdict };
}

interface Suffered {
  traffic: Traffic;
  kills: number;
  scheduled: number;
  /** Starts of the schedule that did not happen. */
  missing: string[];
}

/** Traffic under faults, until every run has ended or nothing moves any more. */
async function suffer({ client, network, runs, seed, runDir, say }: Stage): Promise<Suffered> {
  const startedAt = performance.now();
  const over = new AbortController();
  const stalled = new AbortController();
  const triggers = await createTriggers(client, network?.edgeUrl);
  const orders = planOrders(seed, runs);
  const { deliver } = triggers;
  const traffic = new Traffic({ client, orders, deliver, startedAt, signal: stalled.signal });
  let ticks: Awaited<ReturnType<typeof endSchedule>> = { accepted: [], missing: [] };
  const faults = injectFaults({ seed, runDir, startedAt, signal: over.signal, say });
  network?.begin(startedAt);
  const watch = setInterval(() => {
    const seconds = Math.round((performance.now() - startedAt) / 1000);
    say(`${seconds} s: ${traffic.accepted.length} of ${runs} accepted, ${traffic.ended} ended`);
    const idleMs = performance.now() - traffic.lastProgressAt;
    if (idleMs > PROGRESS_EVERY_MS) say(`nothing moves; the last refusal: ${traffic.lastRefusal}`);
    if (idleMs > STALL_MS) stalled.abort();
  }, PROGRESS_EVERY_MS);
  try {
    await traffic.run();
    ticks = await endSchedule(client, triggers, stalled.signal);
    await traffic.follow(ticks.accepted);
  } catch (error) {
    if (!stalled.signal.aborted) throw error;
  } finally {
    clearInterval(watch);
    over.abort();
    network?.end();
  }
  return { traffic, kills: await faults, scheduled: ticks.accepted.length, missing: ticks.missing };
}
