import { env } from "cloudflare:workers";
import { expect } from "vitest";
import { runDetailSchema } from "#contract/runs/run";
import type { RunDetail } from "#contract/runs/run";
import { callApi, runTokenOf } from "./api-harness.ts";
import { logEntry, resultEntry } from "./engine-harness.ts";
import { toJournal } from "./fake-driver.ts";

export const readRun = async (id: string): Promise<RunDetail> =>
  runDetailSchema.parse(await (await callApi("GET", `/api/runs/${id}`)).json());

/** Ends a run as its script would. */
export const finishRun = (id: string, value: unknown): Promise<void> =>
  postJournal(id, [resultEntry({ outputs: { result: value } } as never)]);

/** Has a run's script say this line by line: all that it has said so far. */
export const sayLines = (id: string, texts: readonly string[]): Promise<void> =>
  postJournal(
    id,
    texts.map((text) => logEntry(text)),
  );

/** What stands in a run's journal, from its beginning. */
async function postJournal(id: string, entries: Parameters<typeof toJournal>[0]): Promise<void> {
  await expect.poll(async () => (await readRun(id)).attempt).toBe(1);
  const posted = await callApi("POST", `/api/runs/${id}/runner/journal?attempt=1&offset=0`, {
    token: await runTokenOf(id),
    headers: { "content-type": "application/x-ndjson" },
    body: toJournal(entries) as BodyInit,
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
