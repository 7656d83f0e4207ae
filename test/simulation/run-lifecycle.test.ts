import { expect, it } from "vitest";
import { step } from "../../worker/runs/lifecycle/lifecycle.ts";
import type { Moment, RunInput, RunState } from "../../worker/runs/lifecycle/run-state.ts";
import { createRandom } from "../support/random.ts";
import { verifies } from "../verifies.ts";
import { playRun } from "./run-world.ts";

/** `FLOOM_SIM_SEED` plays one history again; `FLOOM_SIM_RUNS` says how many. */
const firstSeed = Number(process.env["FLOOM_SIM_SEED"] ?? 1);
const histories = Number(process.env["FLOOM_SIM_RUNS"] ?? (process.env["FLOOM_SIM_SEED"] ? 1 : 20_000));

it("in every history a run ends, once, with its script started once per attempt and its place given back", () => {
  verifies("run:lifecycle:no-stuck-lost-doubled");
  verifies("approvals:simulation:never-unapproved");
  const ends = new Map<string, number>();
  const verdicts = new Set<string>();
  let followUps = 0;
  for (let seed = firstSeed; seed < firstSeed + histories; seed++) {
    const world = playRun(seed, createRandom(seed));
    const end = world.state.outcome?.status ?? "none";
    verdicts.add(world.state.hold?.verdict?.status ?? "none");
    followUps += world.deciders.admitted.size;
    ends.set(end, (ends.get(end) ?? 0) + 1);
  }
  expect(ends.size).toBeGreaterThan(0);
  // Many histories are worth something only if they reach every end.
  if (histories <= 1000) return;
  expect([...ends.keys()].sort()).toEqual(["cancelled", "completed", "failed"]);
  expect([...verdicts].sort()).toEqual(["approved", "expired", "none", "rejected"]);
  expect(followUps).toBeGreaterThan(histories / 100);
});

type Transition = typeof step;

/** Bugs put in on purpose. A simulator that does not find them proves nothing. */
const mutants: Record<string, Transition> = {
  "an ended run takes a late result": (state: RunState, event: RunInput, moment: Moment) =>
    event.type === "reported" && state.phase === "ended"
      ? { state: { ...state, phase: "finishing" }, effects: [] }
      : step(state, event, moment),
  "a wake-up is ignored": (state, event, moment) =>
    event.type === "woke" ? { state, effects: [] } : step(state, event, moment),
  "a refusal starts another attempt": (state, event, moment) =>
    event.type === "refused" && state.phase === "launching"
      ? {
          state: { ...state, attempt: state.attempt + 1 },
          effects: [{ type: "launch", attempt: state.attempt + 1 }],
        }
      : step(state, event, moment),
  "the first decision does not stand": (state, event, moment) =>
    event.type === "voted" && state.phase === "resuming" && state.hold
      ? step({ ...state, phase: "held", hold: { ...state.hold, votes: [], verdict: null } }, event, moment)
      : step(state, event, moment),
  "a decision counts after its time": (state, event, moment) =>
    event.type === "voted" && state.phase === "held" && state.hold
      ? step({ ...state, hold: { ...state.hold, expires_at: Infinity } }, event, moment)
      : step(state, event, moment),
  "one approval is enough for any rule": (state, event, moment) =>
    event.type === "voted" && state.hold
      ? step({ ...state, hold: { ...state.hold, approvers_needed: 1 } }, event, moment)
      : step(state, event, moment),
  "who asked may approve": (state, event, moment) =>
    event.type === "voted" && state.hold
      ? step({ ...state, hold: { ...state.hold, not_by_requester: false } }, event, moment)
      : step(state, event, moment),
  "a waiting run is looked at only when its time is over": (state, event, moment) => {
    const next = step(state, event, moment);
    const { hold } = next.state;
    return event.type === "settled" && hold
      ? { state: { ...next.state, hold: { ...hold, parked: true } }, effects: [] }
      : next;
  },
  "an approved run ends before its follow-up is admitted": (state, event, moment) => {
    const next = step(state, event, moment);
    return next.state.phase === "resuming" && state.phase === "held"
      ? step(next.state, { type: "followed_up" }, moment)
      : next;
  },
  "the end does not give the place back": (state, event, moment) => {
    const next = step(state, event, moment);
    return { ...next, effects: next.effects.filter((effect) => effect.type !== "conclude") };
  },
};

it.each(Object.keys(mutants))("the simulator finds the bug: %s", (name) => {
  const transition = mutants[name];
  const play = () => {
    for (let seed = 1; seed <= 10_000; seed++) playRun(seed, createRandom(seed), transition);
  };
  expect(play).toThrow(/^seed \d+/);
});
