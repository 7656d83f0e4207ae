import { setTimeout as sleep } from "node:timers/promises";
import { ApiProblem, createClient } from "#contract/client";
import type { Client } from "#contract/client";
import { routes } from "#contract/routes";
import type { Inputs, RunDetail } from "#contract/runs/run";

export type FloomClient = Client<Response>;

const POLL_MS = 200;

/** A client of the Floom under test. */
export function connect({ url, token }: { url: string; token: string }): FloomClient {
  return createClient<Response>({ origin: url, token, fetch: (to, init) => fetch(to, init) });
}

export async function startRun(client: FloomClient, worker: string, inputs: Inputs): Promise<RunDetail> {
  return client.call(routes.startRun, { params: { worker }, json: { inputs } });
}

/** Waits until `isReached` holds for the run, however often the server goes away meanwhile. */
async function waitForRun(
  client: FloomClient,
  run: string,
  isReached: (detail: RunDetail) => boolean,
): Promise<RunDetail> {
  for (;;) {
    const detail = await findRun(client, run);
    if (detail !== undefined && isReached(detail)) return detail;

    await sleep(POLL_MS);
  }
}

/** Waits until the script has reported that it is so far. */
export async function waitForProgress(client: FloomClient, run: string, percent: number): Promise<void> {
  await waitForRun(client, run, ({ progress }) => (progress?.percent ?? 0) >= percent);
}

/** Waits for the run's end. */
export async function waitForEnd(client: FloomClient, run: string): Promise<RunDetail> {
  return waitForRun(client, run, ({ completed_at }) => completed_at !== null);
}

/** What the script itself printed, in order. */
export async function readPrintedLines(client: FloomClient, run: string): Promise<string[]> {
  const { logs } = await client.call(routes.getRunLogs, { params: { run } });
  return logs.filter(({ stream }) => stream !== "system").map(({ message }) => message);
}

/** The run, or undefined while nobody answers; a refusal is thrown, as the run must never be lost. */
async function findRun(client: FloomClient, run: string): Promise<RunDetail | undefined> {
  try {
    return await client.call(routes.getRun, { params: { run } });
  } catch (error) {
    if (error instanceof ApiProblem && !error.problem.retryable && error.problem.code !== "unexpected_answer")
      throw error;

    return undefined;
  }
}
