import { expect, it } from "vitest";
import { createRandom } from "../support/random.ts";
import { verifies } from "../verifies.ts";
import { ScheduleWorld } from "./schedule-world.ts";

const HISTORIES = Number(process.env["FLOOM_SIM_RUNS"] ?? "1000");
const FIRST_SEED = Number(process.env["FLOOM_SIM_SEED"] ?? "1");

/** One history: what was started, and that every time is accounted for. */
async function live(seed: number): Promise<ScheduleWorld> {
  const world = new ScheduleWorld(createRandom(seed));
  await world.begin();
  for (let step = 0; step < 150; step++) await world.step();
  await world.calm();
  expect(world.violations).toEqual([]);
  for (const entry of world.entries) {
    const record = (await world.record(entry)).toReversed();
    const [first] = record;
    const times = record.map(({ due_at }) => due_at);
    const last = times.at(-1) ?? 0;
    if (first) expect(times).toEqual(world.expected(entry, { first: first.due_at, last }));
    const allowed = entry.missed === "all" ? ["started"] : ["started", "skipped"];
    expect(allowed).toEqual(expect.arrayContaining([...new Set(record.map(({ status }) => status))]));
    const started = record.filter(({ status }) => status === "started").length;
    const admitted = world.admitted.filter((key) => key.startsWith(`sched:${entry.trigger_id}:`));
    expect(admitted).toHaveLength(started);
  }
  return world;
}

it("in every history no time is lost, none starts early or twice, whatever crashes and however clocks jump", async () => {
  verifies("schedule:simulation:none-lost-none-twice", "schedule:start:never-early-never-twice");
  let started = 0;
  for (let seed = FIRST_SEED; seed < FIRST_SEED + HISTORIES; seed++) {
    try {
      started += (await live(seed)).admitted.length;
    } catch (error) {
      throw new Error(
        `seed ${seed} (FLOOM_SIM_SEED=${seed} FLOOM_SIM_RUNS=1 plays it again): ${String(error)}`,
        {
          cause: error,
        },
      );
    }
  }
  expect(started).toBeGreaterThan(HISTORIES);
});
