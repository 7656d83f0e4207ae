import { env } from "cloudflare:workers";
import { runDurableObjectAlarm, runInDurableObject } from "cloudflare:test";
import { expect } from "vitest";
import { createdTriggerSchema } from "#contract/triggers/trigger";
import { callApi } from "./api-harness.ts";

/** When the schedules that {@link addSchedule} makes were due last. */
export const missedAt = "2026-03-02T08:00:00.000Z";

/** Gives a worker a schedule that starts nothing late; answers its trigger's id. */
export async function addSchedule(worker: string, token?: string): Promise<string> {
  const json = { type: "schedule", cron: "0 8 2 3 *", missed: "skip" };
  const made = await callApi("POST", `/api/workers/${worker}/triggers`, {
    json,
    ...(token === undefined ? {} : { token }),
  });
  return createdTriggerSchema.parse(await made.json()).id;
}

const stubOf = (workerId: string) => env.WORKER_OBJECT.get(env.WORKER_OBJECT.idFromName(workerId));

/** Lets the schedules of a worker's object find a time that has passed. */
export async function findMissed(workerId: string): Promise<void> {
  await runInDurableObject(stubOf(workerId), (_instance, { storage }) => {
    storage.sql.exec("UPDATE schedules SET next_at = ?", Date.parse(missedAt)).toArray();
  });
  await runDurableObjectAlarm(stubOf(workerId));
}

/** How often a worker's object has tried to put each missed start on their list that is not there yet. */
export function listUnlisted(workerId: string): Promise<number[]> {
  return runInDurableObject(stubOf(workerId), (_instance, { storage: { sql } }) =>
    sql
      .exec<{ tries: number }>("SELECT tries FROM alert_deliveries WHERE channel = 'list'")
      .toArray()
      .map(({ tries }) => tries),
  );
}

/** The same as findMissed, until what was found is on the list of missed starts. */
export async function missStart(workerId: string): Promise<void> {
  await findMissed(workerId);
  await expect.poll(() => listUnlisted(workerId)).toEqual([]);
}
