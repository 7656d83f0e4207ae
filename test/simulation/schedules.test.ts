import { expect, it } from "vitest";
import { createRandom } from "../support/random.ts";
import { verifies } from "../verifies.ts";
import { playSchedules } from "./schedule-world.ts";

/** `FLOOM_SIM_SEED` plays one history again; `FLOOM_SIM_RUNS` says how many. */
const firstSeed = Number(process.env["FLOOM_SIM_SEED"] ?? 1);
const histories = Number(process.env["FLOOM_SIM_RUNS"] ?? (process.env["FLOOM_SIM_SEED"] ? 1 : 1000));

it("in every history no time is lost, none starts early or twice, whatever crashes and however clocks jump", async () => {
  verifies("schedule:simulation:none-lost-none-twice", "schedule:start:never-early-never-twice");
  let started = 0;
  for (let seed = firstSeed; seed < firstSeed + histories; seed++)
    started += (await playSchedules(seed, createRandom(seed))).admitted.length;
  expect(started).toBeGreaterThan(histories);
});
