import { env, runDurableObjectAlarm } from "cloudflare:test";
import { expect, it } from "vitest";
import { seedWorker } from "../../../test/support/workerd/api-harness.ts";
import { holdDate, passTime, workerStubOf } from "../../../test/support/workerd/housekeeping.ts";
import { askWire } from "../../../test/support/workerd/mcp-wire.ts";
import { addSchedule, findMissed, listUnlisted } from "../../../test/support/workerd/miss-start.ts";
import { verifies } from "../../../test/verifies.ts";

holdDate();

const HOUR_MS = 3_600_000;

async function poll(cursor: string | null) {
  const { result } = await askWire("events/poll", { name: "schedule.missed", cursor });
  return result as { events: { timestamp: string }[]; cursor: string };
}

it("a start that the database took an hour late is told to who has polled all the while, once", async () => {
  verifies("events:missed:kept-until-listed");
  const workerId = await seedWorker("late");
  await addSchedule("late");
  const { cursor } = await poll(null);
  const rename = (from: string, to: string) => env.DB.exec(`ALTER TABLE ${from} RENAME TO ${to}`);
  await rename("missed_starts", "missed_starts_away");
  try {
    await findMissed(workerId);
    await expect.poll(() => listUnlisted(workerId)).toEqual([1]);
  } finally {
    await rename("missed_starts_away", "missed_starts");
  }
  const noted = Date.now();
  passTime(HOUR_MS);
  const meanwhile = await poll(cursor);
  await runDurableObjectAlarm(workerStubOf(workerId));
  await expect.poll(() => listUnlisted(workerId)).toEqual([]);
  const told = await poll(meanwhile.cursor);
  expect([meanwhile.events, told.events.map(({ timestamp }) => Date.parse(timestamp))]).toEqual([
    [],
    [noted],
  ]);
  expect((await poll(told.cursor)).events).toEqual([]);
});
