import { beforeEach, expect, it, vi } from "vitest";
import * as admission from "../../../worker/queue/admission.ts";
import { saidByOwner } from "../../../worker/runs/ports/executor.ts";
import type { Executor } from "../../../worker/runs/ports/executor.ts";
import { createRandom } from "../../support/random.ts";
import { verifies } from "../../verifies.ts";
import type { Tampering } from "./sim-floom.ts";
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
    // What the bugs below are stricken with is borne by what is right.
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

it("a call to the provider that comes through when its run is over starts no script a second time", async () => {
  verifies("run:fence:one-sandbox-per-attempt");
  // This history had one: a launch that outlived both its object and the end of its attempt.
  const { ends } = await playTogether(401_001, createRandom(401_001));
  expect(ends.length).toBeGreaterThan(0);
});

it("a run that is still on its way to its queue when all else is over comes there, and ends", async () => {
  verifies("chaos:simulation:together");
  // In this history the only run was asked for last, and its queue was late: nothing else was left to be waited for.
  const { ends } = await playTogether(8_807_189, createRandom(8_807_189));
  expect(ends).toHaveLength(1);
});

it("a run whose queue gave it up while its object was silent does not begin when the object comes back", async () => {
  verifies("queue:given-up:begins-no-more");
  // In these histories objects come back after their runs were given up, before and after they had begun.
  for (const seed of [7, 11, 33, 40, 59, 305, 3893, 6117]) {
    const { ends } = await playTogether(seed, createRandom(seed));
    expect(ends).toContain("failed");
  }
});

it("a wait for people whose time comes while a call about it hangs ends then, not at the call's next try", async () => {
  verifies("chaos:simulation:together");
  const { ends } = await playTogether(41_614_000, createRandom(41_614_000));
  expect(ends.length).toBeGreaterThan(0);
});

function withExecutor(change: (executor: Executor) => Partial<Executor>): Tampering {
  return { engine: (deps) => ({ ...deps, executor: { ...deps.executor, ...change(deps.executor) } }) };
}

const isDone = () => true;

/** Bugs put in on purpose. A simulation that does not find them proves nothing. */
const mutants: Record<string, Tampering> = {
  "a kill that failed is forgotten": {
    ...withExecutor((executor) => ({
      kill: (id) => executor.kill(id).then(isDone, isDone),
      killAttempt: (id, attempt) => executor.killAttempt(id, attempt).then(isDone, isDone),
    })),
    strike: { way: "kill", times: 12 },
  },
  "after a crash nobody looks for the sandbox of an earlier try": withExecutor((executor) => ({
    launch: (request) => executor.launch({ ...request, recover: false }),
  })),
  "an object that was replaced starts the script of the sandbox that it gets": {
    engine: (deps) => ({ ...deps, ownsLaunch: async () => true }),
  },
  "a gateway's error counts as the sandbox's end": withExecutor((executor) => ({
    readJournal: async (id, offset, most) => {
      const read = await executor.readJournal(id, offset, most);
      return read.kind === "unavailable" ? saidByOwner() : read;
    },
  })),
  "a duty that failed is not tried again": {
    engine: (deps) => ({ ...deps, armWake: (at) => void (at > deps.clock() + 6000 && deps.armWake(at)) }),
  },
  "a run that comes back after its queue gave it up goes on": {
    engine: (deps) => ({ ...deps, isQueued: async () => true }),
  },
  "a queue that does not answer counts as one that has given the run up": {
    engine: (deps) => ({ ...deps, isQueued: (...of) => deps.isQueued(...of).catch(() => false) }),
  },
  "no alarm is armed": { engine: (deps) => ({ ...deps, armWake: () => {} }) },
  "an alarm is armed every second": {
    engine: (deps) => ({ ...deps, armWake: () => deps.armWake(deps.clock() + 1000) }),
  },
  "the end of a run is not told to its lists": { engine: (deps) => ({ ...deps, project: async () => 0 }) },
  "a cancelled approval still acts": {
    engine: (deps) => ({
      ...deps,
      cancelRun: async () => true,
      waits: { ...deps.waits, authorizes: async () => true },
    }),
  },
  "settling begins anew with each life of the object": {
    strike: { way: "sandbox_files", times: Infinity },
    engine: (deps) => {
      const tally = deps.storage.tally.bind(deps.storage);
      deps.storage.tally = (attempt) => ({ ...tally(attempt), result_at: null });
      return deps;
    },
  },
  "what the active version says is not looked at": {
    queue: {
      ...admission,
      dueToStart: (entries, { paused }) => admission.dueToStart(entries, { active: null, paused }),
    },
  },
  "a pause is not looked at": {
    queue: {
      ...admission,
      dueToStart: (entries, terms) => admission.dueToStart(entries, { ...terms, paused: false }),
    },
  },
};

it.each(Object.keys(mutants))("the simulation finds the bug: %s", async (name) => {
  verifies("chaos:simulation:together");
  const play = async () => {
    for (let seed = 1; seed <= 2000; seed++) await playTogether(seed, createRandom(seed), mutants[name]);
  };
  await expect(play()).rejects.toThrow(/^seed \d+/);
});
