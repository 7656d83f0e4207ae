import { ApiProblem } from "#contract/client";
import type { Client } from "#contract/client";
import { routes } from "#contract/routes";
import type { RunDetail } from "#contract/runs/run";
import { runEventSchema } from "#contract/runs/run-event";
import type { RunEvent } from "#contract/runs/run-event";
import { insist } from "./careful-client.ts";
import type { Testimony } from "./judge.ts";
import type { Order } from "./plan.ts";
import { planStages, runOfStage } from "./stages.ts";
import type { Accepted } from "./traffic.ts";
import { workerKinds, workerName } from "./workers.ts";

const PAGE_ITEMS = 200;

/** Asks for everything that is on the record of one accepted order. */
export async function gatherRun(
  client: Client<Response>,
  { order, answered }: Accepted,
  signal: AbortSignal,
): Promise<Testimony> {
  const id = answered[0] ?? "";
  const run = await findRun(client, id, signal);
  const stages =
    run === null || order.kind !== "pipeline" ? [] : await gatherStages(client, { order, run }, signal);
  const known = { order, answered, run, stages };
  if (run === null || run.completed_at === null) return { ...known, events: [], report: null };
  const events = await insist(() => readEvents(client, id), signal);
  return { ...known, events, report: await readReport(client, run, signal) };
}

/** What is on the record of the runs that a pipeline names for its stages. */
async function gatherStages(
  client: Client<Response>,
  { order, run }: { order: Order; run: RunDetail },
  signal: AbortSignal,
): Promise<Testimony[]> {
  const found: Testimony[] = [];
  for (const stage of planStages(order)) {
    const id = runOfStage(run, stage);
    if (id !== undefined) found.push(await gatherRun(client, { order: stage.order, answered: [id] }, signal));
  }
  return found;
}

async function findRun(client: Client<Response>, id: string, signal: AbortSignal): Promise<RunDetail | null> {
  try {
    return await insist(() => client.call(routes.getRun, { params: { run: id } }), signal);
  } catch (error) {
    if (error instanceof ApiProblem && error.problem.code === "not_found") return null;
    throw error;
  }
}

/** The whole stream of a run that has ended. */
async function readEvents(client: Client<Response>, id: string): Promise<RunEvent[]> {
  const response = await client.open(routes.streamRunEvents, { params: { run: id } });
  return (await response.text())
    .split("\n")
    .filter((line) => line.startsWith("data:"))
    .map((line) => runEventSchema.parse(JSON.parse(line.slice("data:".length))));
}

async function readReport(
  client: Client<Response>,
  run: RunDetail,
  signal: AbortSignal,
): Promise<string | null> {
  const artifact = run.artifacts.find(({ path }) => path === "out/report.txt");
  if (artifact === undefined) return null;
  const params = { run: run.id, artifact: artifact.id };
  return insist(async () => (await client.open(routes.downloadArtifact, { params })).text(), signal);
}

/** The ids in the lists of the chaos workers. */
export async function listRunIds(client: Client<Response>, signal: AbortSignal): Promise<string[]> {
  const ids: string[] = [];
  for (const kind of workerKinds) {
    let cursor: string | undefined;
    do {
      const query = { worker_id: workerName(kind), limit: PAGE_ITEMS, ...(cursor ? { cursor } : {}) };
      const page = await insist(() => client.call(routes.listRuns, { query }), signal);
      ids.push(...page.runs.map(({ id }) => id));
      cursor = page.next_cursor ?? undefined;
    } while (cursor !== undefined);
  }
  return ids;
}
