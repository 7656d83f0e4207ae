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

/** Lets the schedules of a worker's object find a time that has passed, until that is on the list of missed starts. */
export async function missStart(workerId: string): Promise<void> {
  const stub = env.WORKER_OBJECT.get(env.WORKER_OBJECT.idFromName(workerId));
  await runInDurableObject(stub, (_instance, { storage }) => {
    storage.sql.exec("UPDATE schedules SET next_at = ?", Date.parse(missedAt)).toArray();
  });
  await runDurableObjectAlarm(stub);
  const waiting = () =>
    runInDurableObject(stub, (_instance, { storage: { sql } }) =>
      Number(sql.exec("SELECT count(*) AS n FROM alert_deliveries WHERE channel = 'list'").one()["n"]),
    );
  await expect.poll(waiting).toBe(0);
}
