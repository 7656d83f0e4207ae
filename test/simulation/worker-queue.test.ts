import { expect, it } from "vitest";
import * as admission from "../../worker/queue/admission.ts";
import type { QueueEntry } from "../../worker/queue/admission.ts";
import { createRandom } from "../support/random.ts";
import { verifies } from "../verifies.ts";
import { playQueue } from "./queue-world.ts";
import type { Decisions } from "./queue-world.ts";

/** `FLOOM_SIM_SEED` plays one history again; `FLOOM_SIM_RUNS` says how many. */
const firstSeed = Number(process.env["FLOOM_SIM_SEED"] ?? 1);
const histories = Number(process.env["FLOOM_SIM_RUNS"] ?? (process.env["FLOOM_SIM_SEED"] ? 1 : 10_000));

it(
  "in every history the limits hold, turns come in order, nobody starves and no accepted run is lost",
  { timeout: 3_600_000 },
  async () => {
    verifies("queue:admission:no-stuck-lost-starved");
    const seen = { conflicts: new Set<string>(), superseded: 0, runs: 0 };
    for (let seed = firstSeed; seed < firstSeed + histories; seed++) {
      const world = await playQueue(seed, createRandom(seed));
      seen.conflicts.add(world.rule.on_conflict);
      for (const run of world.runs.values()) {
        seen.runs += 1;
        if (run.superseded) seen.superseded += 1;
      }
    }
    // Many histories are worth something only if they reach every rule.
    if (histories > 1000) {
      expect([...seen.conflicts].sort()).toEqual(["cancel_previous", "queue", "skip"]);
      expect(seen.superseded).toBeGreaterThan(100);
    }
    expect(seen.runs).toBeGreaterThan(0);
  },
);

/** Bugs put in on purpose. A simulator that does not find them proves nothing. */
const mutants: Record<string, Decisions> = {
  "one more than the limit starts": {
    ...admission,
    dueToStart: (entries, { limit, total }, paused) =>
      admission.dueToStart(entries, { limit: limit + 1, total }, paused),
  },
  "the worker's total is not looked at": {
    ...admission,
    dueToStart: (entries, { limit }, paused) => admission.dueToStart(entries, { limit, total: 99 }, paused),
  },
  "the newest starts first": {
    ...admission,
    dueToStart: (entries, places, paused) =>
      admission
        .dueToStart(
          entries.map((entry) => ({ ...entry, arrived_at: -entry.arrived_at, seq: -entry.seq })),
          places,
          paused,
        )
        .map(({ seq }) => entries.find((entry) => entry.seq === -seq) as QueueEntry),
  },
  "high always comes first": {
    ...admission,
    dueToStart: (entries, places, paused) =>
      admission
        .dueToStart(
          entries.map((e) => (e.priority === "high" ? { ...e, arrived_at: e.arrived_at - 1e12 } : e)),
          places,
          paused,
        )
        .map(({ seq }) => entries.find((entry) => entry.seq === seq) as QueueEntry),
  },
  "a place is free only when all are": {
    ...admission,
    dueToStart: (entries, places, paused) =>
      entries.some((entry) => entry.started) ? [] : admission.dueToStart(entries, places, paused),
  },
  "a superseded run still starts": {
    ...admission,
    dueToStart: (entries, places, paused) =>
      admission
        .dueToStart(
          entries.map((e) => ({ ...e, superseded: false })),
          places,
          paused,
        )
        .map(({ seq }) => entries.find((entry) => entry.seq === seq) as QueueEntry),
  },
  "a pause is not looked at": {
    ...admission,
    dueToStart: (entries, places) => admission.dueToStart(entries, places, false),
  },
  "skip names a run of another group": {
    ...admission,
    admit: (entries, newcomer, context) => {
      const decision = admission.admit(entries, newcomer, context);
      const other = entries.find((entry) => entry.key !== newcomer.key);
      return decision.kind === "skip" && other ? { kind: "skip", run_id: other.run_id } : decision;
    },
  },
};

it.each(Object.keys(mutants))("the simulator finds the bug: %s", async (name) => {
  const play = async () => {
    for (let seed = 1; seed <= 2000; seed++) await playQueue(seed, createRandom(seed), mutants[name]);
  };
  await expect(play()).rejects.toThrow(/^seed \d+/);
});
