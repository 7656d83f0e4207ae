import { expect, it } from "vitest";
import * as admission from "../../worker/queue/admission.ts";
import type { QueueEntry } from "../../worker/queue/admission.ts";
import { createRandom } from "../support/random.ts";
import { verifies } from "../verifies.ts";
import { playQueue } from "./queue-world.ts";
import type { Decisions } from "./queue-world.ts";

/** `FLOOM_SIM_SEED` plays one history again; `FLOOM_SIM_RUNS` says how many. */
const firstSeed = Number(process.env["FLOOM_SIM_SEED"] ?? 1);
const histories = Number(process.env["FLOOM_SIM_RUNS"] ?? (process.env["FLOOM_SIM_SEED"] ? 1 : 5000));

it(
  "in every history the limits hold, turns come in order, nobody starves and no accepted run is lost",
  { timeout: 3_600_000 },
  async () => {
    verifies("queue:admission:no-stuck-lost-starved");
    const seen = { conflicts: new Set<string>(), superseded: 0, runs: 0 };
    for (let seed = firstSeed; seed < firstSeed + histories; seed++) {
      const world = await playQueue(seed, createRandom(seed));
      for (const rule of world.versions) seen.conflicts.add(rule.on_conflict);
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

/** The real decision over entries that were tampered with; what is due are the entries as they are. */
function dueOver(change: (entry: QueueEntry) => QueueEntry): Decisions["dueToStart"] {
  return (entries, terms) => {
    const due = admission.dueToStart(entries.map(change), terms).map(({ run_id }) => run_id);
    return due.flatMap((id) => entries.find((entry) => entry.run_id === id) ?? []);
  };
}

/** Bugs put in on purpose. A simulator that does not find them proves nothing. */
const mutants: Record<string, Decisions> = {
  "one more than the active version's limit starts": {
    ...admission,
    dueToStart: (entries, { active, paused }) =>
      admission.dueToStart(entries, { active: active && { ...active, limit: active.limit + 1 }, paused }),
  },
  "the active version's total is not looked at": {
    ...admission,
    dueToStart: (entries, { active, paused }) =>
      admission.dueToStart(entries, { active: active && { ...active, total: 99 }, paused }),
  },
  "what a run's own version says is not looked at": {
    ...admission,
    dueToStart: dueOver((entry) => ({ ...entry, own: { limit: 99, total: 99 } })),
  },
  "the newest run's version speaks for all": {
    ...admission,
    dueToStart: (entries, { active, paused }) => {
      const own = entries.at(-1)?.own;
      const rule = active && own ? { ...active, ...own } : active;
      return admission.dueToStart(own ? entries.map((entry) => ({ ...entry, own })) : entries, {
        active: rule,
        paused,
      });
    },
  },
  "an old version's runs end those of the active one": {
    ...admission,
    admit: (entries, newcomer, context) => admission.admit(entries, newcomer, { ...context, active: null }),
  },
  "nobody waits for one that its own version holds back": {
    ...admission,
    dueToStart: (entries, terms) => {
      const due = [...admission.dueToStart(entries, terms)];
      const rest = () => entries.filter((entry) => !due.includes(entry));
      for (let one = admission.lineUp(rest()); one.length > 0; one = one.slice(1)) {
        const [next] = one;
        const others = [...entries.filter((entry) => entry.started), ...due.map(started)];
        if (next) due.push(...admission.dueToStart([...others, next], terms));
      }
      return due;
    },
  },
  "the newest starts first": {
    ...admission,
    dueToStart: dueOver((entry) => ({ ...entry, arrived_at: -entry.arrived_at, seq: -entry.seq })),
  },
  "high always comes first": {
    ...admission,
    dueToStart: dueOver((e) => (e.priority === "high" ? { ...e, arrived_at: e.arrived_at - 1e12 } : e)),
  },
  "a place is free only when all are": {
    ...admission,
    dueToStart: (entries, terms) =>
      entries.some((entry) => entry.started) ? [] : admission.dueToStart(entries, terms),
  },
  "a superseded run still starts": {
    ...admission,
    dueToStart: dueOver((entry) => ({ ...entry, superseded: false })),
  },
  "a pause is not looked at": {
    ...admission,
    dueToStart: (entries, terms) => admission.dueToStart(entries, { ...terms, paused: false }),
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

function started(entry: QueueEntry): QueueEntry {
  return { ...entry, started: true };
}

it.each(Object.keys(mutants))("the simulator finds the bug: %s", async (name) => {
  const play = async () => {
    for (let seed = 1; seed <= 2000; seed++) await playQueue(seed, createRandom(seed), mutants[name]);
  };
  await expect(play()).rejects.toThrow(/^seed \d+/);
});
