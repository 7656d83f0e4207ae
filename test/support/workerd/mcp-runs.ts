import { env } from "cloudflare:workers";
import { expect } from "vitest";
import { runDetailSchema } from "#contract/runs/run";
import type { RunDetail } from "#contract/runs/run";
import { callApi, runTokenOf } from "./api-harness.ts";
import { resultEntry } from "./engine-harness.ts";
import { toJournal } from "./fake-driver.ts";

export const readRun = async (id: string): Promise<RunDetail> =>
  runDetailSchema.parse(await (await callApi("GET", `/api/runs/${id}`)).json());

/** Ends a run as its script would. */
export async function finishRun(id: string, value: unknown): Promise<void> {
  await expect.poll(async () => (await readRun(id)).attempt).toBe(1);
  const posted = await callApi("POST", `/api/runs/${id}/runner/journal?attempt=1&offset=0`, {
    token: await runTokenOf(id),
    headers: { "content-type": "application/x-ndjson" },
    body: toJournal([resultEntry({ outputs: { result: value } } as never)]) as BodyInit,
  });
  expect(posted.status).toBe(200);
}

/** The run that was started last, as soon as there is one. */
export async function newestRun(): Promise<string> {
  const row = () => env.DB.prepare("SELECT id FROM runs ORDER BY id DESC LIMIT 1").first<{ id: string }>();
  await expect.poll(row).not.toBeNull();
  return (await row())?.id ?? "";
}

/** The run of this worker that was started last, as soon as it is the newest of all. */
export async function newestRunOf(worker: string): Promise<string> {
  await expect.poll(async () => (await readRun(await newestRun())).worker_id).toBe(worker);
  return newestRun();
}
