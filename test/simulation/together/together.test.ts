import { beforeEach, expect, it, vi } from "vitest";
import { createRandom } from "../../support/random.ts";
import { verifies } from "../../verifies.ts";
import { playTogether } from "./together-world.ts";

/** `FLOOM_SIM_SEED` plays one history again; `FLOOM_SIM_RUNS` says how many. */
const firstSeed = Number(process.env["FLOOM_SIM_SEED"] ?? 1);
const histories = Number(process.env["FLOOM_SIM_RUNS"] ?? (process.env["FLOOM_SIM_SEED"] ? 1 : 150));

beforeEach(() => {
  // What the platform notes of failures it meets is what this world is made of.
  for (const name of ["log", "warn", "error"] as const) vi.spyOn(console, name).mockReturnValue();
});

it("whatever fails, and for however long, each run that a schedule or a person starts ends once and in time", async () => {
  verifies("chaos:simulation:together", "run:lifecycle:no-stuck-lost-doubled");
  const ends = new Set<string>();
  let followUps = 0;
  for (let seed = firstSeed; seed < firstSeed + histories; seed++) {
    // What the bugs of `finds-bugs.test.ts` are stricken with is borne by what is right.
    const strike = seed % 10 === 5 ? { strike: { way: "kill", times: 12 } as const } : {};
    const played = await playTogether(seed, createRandom(seed), strike);
    for (const end of played.ends) ends.add(end);
    followUps += played.followUps;
  }
  if (histories < 100) return;
  // Many histories are worth something only if they reach every end.
  expect([...ends].sort()).toEqual(["cancelled", "completed", "failed"]);
  expect(followUps).toBeGreaterThan(histories / 10);
});
