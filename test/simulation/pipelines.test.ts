import { expect, it } from "vitest";
import { createRandom } from "../support/random.ts";
import { verifies } from "../verifies.ts";
import { playPipeline } from "./pipeline-world.ts";

/** `FLOOM_SIM_SEED` plays one history again; `FLOOM_SIM_RUNS` says how many. */
const firstSeed = Number(process.env["FLOOM_SIM_SEED"] ?? 1);
const histories = Number(process.env["FLOOM_SIM_RUNS"] ?? (process.env["FLOOM_SIM_SEED"] ? 1 : 2000));

it("in every history a pipeline gives what its stages give one after the other, and begins each run once", async () => {
  verifies("pipelines:simulation:as-one-after-the-other");
  let begun = 0;
  let good = 0;
  for (let seed = firstSeed; seed < firstSeed + histories; seed++) {
    const played = await playPipeline(seed, createRandom(seed));
    begun += played.begun;
    good += played.isGood ? 1 : 0;
  }
  expect(begun).toBeGreaterThan(histories);
  expect(good).toBeGreaterThan(histories / 4);
}, 120_000);
