import { runInDurableObject, runDurableObjectAlarm } from "cloudflare:test";
import { vi } from "vitest";

declare module "vitest" {
  interface TaskMeta {
    /** What `npm run bench` reads from a test: the name of a budget and what was counted. */
    measured?: { name: string; value: number };
  }
}

function alarmOf(stub: DurableObjectStub): Promise<number | null> {
  return runInDurableObject(stub, (_, { storage }) => storage.getAlarm());
}

/** Rings the alarms of objects in order, each at its time, until `ms` have passed; answers how many. */
export async function ringFor(stubs: readonly DurableObjectStub[], ms: number): Promise<number> {
  const end = Date.now() + ms;
  for (let rung = 0; ; rung++) {
    const alarms = await Promise.all(stubs.map(alarmOf));
    const at = Math.min(...alarms.map((alarm) => alarm ?? Infinity));
    const next = stubs[alarms.indexOf(at)];
    if (at > end || next === undefined) {
      vi.setSystemTime(end);
      return rung;
    }
    vi.setSystemTime(Math.max(at, Date.now()));
    await runDurableObjectAlarm(next);
  }
}

/** What the log tells of runs that end from now on: the rows that each has cost, by its id. */
export function watchEnds(): Map<string, number> {
  const costs = new Map<string, number>();
  vi.spyOn(console, "log").mockImplementation((line: string) => {
    const { event, run_id, rows } = JSON.parse(line) as { event: string; run_id: string; rows: number };
    if (event === "run.ended") costs.set(run_id, rows);
  });
  return costs;
}
