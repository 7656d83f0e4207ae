import { expect, it } from "vitest";
import { workerIdSchema } from "#contract/ids";
import { limits } from "#contract/limits";
import { templateSpecSchema } from "#contract/templates/template";
import { numberedId } from "../../test/support/numbered-id.ts";
import { createRandom } from "../../test/support/random.ts";
import { verifies } from "../../test/verifies.ts";
import type { BuildOrder, DependencyOrder } from "../runs/ports/dependency-builds.ts";
import { buildLifeMs, nextBuildWake, stepBuild } from "./build-lifecycle.ts";
import type { BuildDuty, BuildEvent, BuildLook } from "./build-lifecycle.ts";
import type { BuildState } from "./build-state.ts";

const order: DependencyOrder = {
  kind: "dependencies",
  workspace_id: numberedId("wsp", 1),
  worker_id: workerIdSchema.parse(`wrk_${"0".repeat(26)}`),
  bundle_digest: "b".repeat(64),
  install_timeout_seconds: 180,
  sandbox_template: null,
};
const archive = { size_bytes: 3, sha256: "a".repeat(64) };
const template: BuildOrder = {
  kind: "template",
  template: { name: "floom-1", spec: templateSpecSchema.parse({}) },
};
/** The provider has no room, and calls when it has. */
const full = {
  code: "e2b_quota_exhausted",
  message: "full",
  retry_after_ms: 600_000,
  waits: true,
  doubtful: false,
} as const;
/** The build of what was ordered, at its beginning. */
const begun = (wanted: BuildOrder): BuildState => {
  const { state } = stepBuild(null, { type: "asked", order: wanted, since: 1000 }, 1000);
  if (!state) throw new Error("nothing was begun");
  return state;
};
const asked = (since: number): BuildEvent => ({ type: "asked", order, since });
const woke = (wanted_at = 0): BuildEvent => ({ type: "woke", wanted_at });
const looked = (state: BuildState, look: BuildLook): BuildEvent => ({
  type: "looked",
  attempt: state.attempt,
  look,
});
const types = (duties: readonly BuildDuty[]) => duties.map(({ type }) => type);

/** The state after these events, each at the next second from 1000 on. */
function after(...events: ((state: BuildState) => BuildEvent)[]): BuildState {
  let { state } = stepBuild(null, asked(1000), 1000);
  let now = 1000;
  for (const event of events) {
    now += 1000;
    if (state) state = stepBuild(state, event(state), now).state;
  }
  if (!state) throw new Error("the build was forgotten");
  return state;
}

const launched = ({ attempt }: BuildState): BuildEvent => ({
  type: "launched",
  attempt,
  sandbox_id: `sbx-${attempt}`,
});
const done = (state: BuildState): BuildEvent =>
  looked(state, { kind: "done", lines: ["installed"], failed: false, archive });
const failed = (state: BuildState): BuildEvent =>
  looked(state, { kind: "done", lines: ["no", "result"], failed: true, archive: null });
const gone = (state: BuildState): BuildEvent => looked(state, { kind: "gone" });
const stored = ({ attempt }: BuildState): BuildEvent => ({ type: "stored", attempt });

/** What the last line of a build says, in words; the runs that waited fail with it. */
const words = (state: BuildState | null) => String(JSON.parse(state?.lines.at(-1) ?? "{}").error);

it("whoever asks while a build is under way waits for that one", () => {
  verifies("runner:dependencies:built-once");
  for (const state of [after(), after(launched), after(launched, done)])
    expect(stepBuild(state, asked(9000), 9000)).toEqual({ state, duties: [] });
});

it("what was built is stored at once, and a lost build is begun again at once", () => {
  const building = after(launched);
  expect(types(stepBuild(building, done(building), 3000).duties)).toEqual(["store"]);
  expect(types(stepBuild(building, gone(building), 3000).duties)).toEqual(["launch"]);
});

it("a build that is called because there is room is launched at once; one that has its sandbox stays as it is", () => {
  const waiting = after(({ attempt }) => ({ type: "refused", attempt, refusal: full }));
  expect(waiting.retry_at).toBeGreaterThan(2500);
  const called = stepBuild(waiting, { type: "called" }, 2500);
  expect(called.duties).toEqual([{ type: "launch", attempt: waiting.attempt }]);
  expect(called.state).toEqual({ ...waiting, retry_at: 2500 });
  const building = after(launched);
  expect(stepBuild(building, { type: "called" }, 2500)).toEqual({ state: building, duties: [] });
});

it("a build that stands in line for a sandbox is given up only after an hour without anybody who wants it", () => {
  const inLine = { ...after(({ attempt }) => ({ type: "refused", attempt, refusal: full })), retry_at: 9e9 };
  expect(stepBuild(inLine, woke(1000), 3_600_999).state).toBe(inLine);
  expect(types(stepBuild(inLine, woke(1000), 3_601_000).duties)).toEqual(["kill", "forget"]);
  const refused = { ...inLine, refusal: { ...full, waits: false } };
  expect(types(stepBuild(refused, woke(1000), 61_000).duties)).toEqual(["kill", "forget"]);
});

/** The failure that runs get which waited for a build like this one, and what the people read. */
const failure = (state: BuildState | null) => {
  const { error_code, error } = JSON.parse(state?.lines.at(-1) ?? "{}");
  return [state?.phase, error_code, error];
};

it.each([
  ["dependencies", order, "install_failed"],
  ["a template", template, "template_failed"],
] as const)("%s that cannot be built now or later fails at once, with the reason", (_, wanted, code) => {
  const starting = begun(wanted);
  const event: BuildEvent = { type: "impossible", attempt: 1000, message: "The name is taken." };
  const over = stepBuild(starting, event, 2000);
  expect(failure(over.state)).toEqual(["ended", code, "The name is taken."]);
  expect(types(over.duties)).toEqual(["kill", "tell"]);
  const building = stepBuild(starting, launched(starting), 2000).state;
  expect(stepBuild(building, event, 3000)).toEqual({ state: building, duties: [] });
});

it("a template's build fails as such, and says what went wrong with it", () => {
  const starting = begun(template);
  const building = stepBuild(starting, launched(starting), 2000).state;
  const mostMs = limits.template_build_seconds.value * 1000 + 60_000;
  expect(types(stepBuild(building, woke(), 2000 + mostMs - 1).duties)).toEqual(["look"]);
  expect(failure(stepBuild(building, woke(), 2000 + mostMs).state)).toEqual([
    "ended",
    "template_failed",
    `Building the sandbox template took longer than ${limits.template_build_seconds.value} seconds.`,
  ]);
  const storing = stepBuild(building, done(starting), 3000).state;
  const unstored = failure(stepBuild(storing, woke(), 500_000).state);
  expect(unstored).toEqual([
    "ended",
    "internal_error",
    expect.stringContaining("sandbox template was built"),
  ]);
  const lost = stepBuild({ ...starting, phase: "building", losses: 2 }, gone(starting), 4000).state;
  expect(failure(lost)).toEqual([
    "ended",
    "e2b_sandbox_error",
    expect.stringContaining("builds of the sandbox template"),
  ]);
});

it("an end is told after the sandbox is gone, so that its room is free for the runs that waited", () => {
  const storing = after(launched, done);
  const { state, duties } = stepBuild(storing, stored(storing), 5000);
  expect(types(duties)).toEqual(["kill", "tell"]);
  expect(state).toMatchObject({ phase: "ended", lines: ["installed"] });
});

it("who waited for a build that failed gets its end; who comes later gets another build", () => {
  const ended = after(launched, failed);
  expect(ended).toMatchObject({ phase: "ended", phase_since: 3000, lines: ["no", "result"] });
  expect(stepBuild(ended, asked(3000), 9000).state).toBe(ended);
  const again = stepBuild(ended, asked(3001), 9000);
  expect(again.state).toMatchObject({ phase: "starting", lines: [], refusals: 0 });
  expect(again.state?.attempt).not.toBe(ended.attempt);
  expect(types(again.duties)).toEqual(["launch"]);
});

it("a refusal is tried again after growing pauses, or when the provider says", () => {
  const refused =
    (retry_after_ms: number | null) =>
    ({ attempt }: BuildState): BuildEvent => ({
      type: "refused",
      attempt,
      refusal: { code: "e2b_quota_exhausted", message: "full", retry_after_ms, waits: true, doubtful: false },
    });
  const state = after(refused(null), refused(null), refused(7000));
  expect(state).toMatchObject({ refusals: 3, retry_at: 4000 + 7000, refusal: { message: "full" } });
  expect(nextBuildWake(state, 5000)).toBe(11_000);
  expect(types(stepBuild(state, woke(4000), 10_999).duties)).toEqual([]);
  expect(types(stepBuild(state, woke(4000), 11_000).duties)).toEqual(["launch"]);
  expect(stepBuild(state, launched(state), 12_000).state).toMatchObject({ phase: "building", refusal: null });
});

it("a build that nobody waits for any more is given up while it has no sandbox", () => {
  const state = after();
  expect(stepBuild(state, woke(1000), 60_999).state).toBe(state);
  const given = stepBuild(state, woke(1000), 61_000);
  expect(given.state).toBeNull();
  expect(types(given.duties)).toEqual(["kill", "forget"]);
});

it("a build that has a sandbox goes on to its end, whether or not its run was cancelled", () => {
  const state = after(launched);
  expect(types(stepBuild(state, woke(0), 200_000).duties)).toEqual(["look"]);
});

it("a lost sandbox is replaced, twice; the third loss is the platform's failure", () => {
  const second = after(launched, gone);
  expect(second).toMatchObject({ phase: "starting", losses: 1, sandbox_id: null });
  const third = after(launched, gone, launched, done, gone);
  expect(third).toMatchObject({ phase: "starting", losses: 2, archive: null, lines: [] });
  expect(new Set([after().attempt, second.attempt, third.attempt]).size).toBe(3);
  const over = after(launched, gone, launched, gone, launched, gone);
  expect(over.phase).toBe("ended");
  expect(over.lines.at(-1)).toContain('"error_code":"e2b_sandbox_error"');
});

it("an installer that ends its own watch fails the build, with what it had said", () => {
  const state = after(launched, (at) => looked(at, { kind: "silent", lines: ["said"] }));
  expect(state.lines).toHaveLength(2);
  expect(state.lines[0]).toBe("said");
  expect(state.lines[1]).toContain('"error_code":"install_failed"');
});

it("every phase with a sandbox has an end, and says which", () => {
  const building = after(launched);
  expect(types(stepBuild(building, woke(), 2000 + 239_999).duties)).toEqual(["look"]);
  expect(stepBuild(building, woke(), 2000 + 240_000).state?.lines.at(-1)).toContain("install_failed");
  const storing = after(launched, done);
  expect(types(stepBuild(storing, woke(), 3000 + 119_999).duties)).toEqual(["store"]);
  const over = stepBuild(storing, woke(), 3000 + 120_000);
  expect(over.state?.lines.at(-1)).toContain("internal_error");
  expect(types(over.duties)).toEqual(["kill", "tell"]);
});

it("an end is known for ten minutes and then costs nothing", () => {
  const ended = after(launched, failed);
  expect(nextBuildWake(ended, 4000)).toBe(3000 + 600_000);
  expect(stepBuild(ended, woke(), 602_999).state).toBe(ended);
  expect(types(stepBuild(ended, woke(), 603_000).duties)).toEqual(["forget"]);
  expect(nextBuildWake(null, 0)).toBeNull();
});

it("the sandbox is looked into often at first and never less than every three seconds", () => {
  const state = after(launched);
  expect(nextBuildWake(state, 2000)).toBe(2400);
  expect(nextBuildWake(state, 10_000)).toBe(12_000);
  expect(nextBuildWake(state, 100_000)).toBe(103_000);
});

it("word of a former try changes nothing, and neither does word that comes twice", () => {
  const ended = after(launched, done, stored);
  const storing = after(launched, done);
  const all = [launched, done, failed, gone, stored];
  for (const event of all) expect(stepBuild(ended, event(ended), 9000).state).toBe(ended);
  expect(stepBuild(storing, done(storing), 9000).state).toBe(storing);
  for (const event of all) {
    const late = event({ ...storing, attempt: storing.attempt - 1 });
    expect(stepBuild(storing, late, 9000)).toEqual({ state: storing, duties: [] });
    expect(stepBuild(null, late, 9000)).toEqual({ state: null, duties: [] });
  }
});

it("a build begins with nothing known, and its first try is launched at once", () => {
  const { state, duties } = stepBuild(null, asked(900), 1000);
  expect(state).toEqual({
    order,
    phase: "starting",
    phase_since: 1000,
    attempt: 1000,
    losses: 0,
    sandbox_id: null,
    retry_at: 1000,
    refusals: 0,
    refusal: null,
    lines: [],
    archive: null,
  });
  expect(duties).toEqual([{ type: "launch", attempt: 1000 }]);
});

it("its sandbox lives as long as the installers may take, with a minute before and after", () => {
  expect(buildLifeMs(order)).toBe((180 + 2 * 60) * 1000);
});

it("a failed build says in words what happened to it", () => {
  const building = after(launched);
  expect(words(stepBuild(building, woke(), 500_000).state)).toBe(
    "Installing the dependencies took longer than 180 seconds.",
  );
  expect(words(after(launched, (at) => looked(at, { kind: "silent", lines: [] })))).toContain(
    "was ended while it worked",
  );
  expect(words(stepBuild(after(launched, done), woke(), 500_000).state)).toContain("could not be stored");
  const lost = after(launched, gone, launched, gone, launched, done, gone);
  expect(words(lost)).toContain("were lost");
  expect(lost.lines).toHaveLength(1);
});

it("a look that finds the installers at work, or finds again what was found, changes nothing", () => {
  const building = after(launched);
  expect(stepBuild(building, looked(building, { kind: "going" }), 9000)).toEqual({
    state: building,
    duties: [],
  });
  const storing = after(launched, done);
  const silent = looked(storing, { kind: "silent", lines: ["said"] });
  expect(stepBuild(storing, silent, 9000)).toEqual({ state: storing, duties: [] });
  const starting = after();
  expect(stepBuild(starting, gone(starting), 9000)).toEqual({ state: starting, duties: [] });
});

it("an answer to a launch that is past changes nothing", () => {
  const building = after(launched);
  const refusal = {
    code: "e2b_quota_exhausted",
    message: "full",
    retry_after_ms: null,
    waits: true,
    doubtful: false,
  } as const;
  const refused: BuildEvent = { type: "refused", attempt: building.attempt, refusal };
  expect(stepBuild(building, refused, 9000)).toEqual({ state: building, duties: [] });
  expect(stepBuild(building, launched(building), 9000)).toEqual({ state: building, duties: [] });
  expect(stepBuild(building, stored(building), 9000)).toEqual({ state: building, duties: [] });
});

it("a launch under way is looked after in half a minute, and storing every five seconds", () => {
  expect(nextBuildWake(after(), 1000)).toBe(31_000);
  expect(nextBuildWake(after(launched, done), 9000)).toBe(14_000);
});

it("whatever happens in whatever order, a build ends, and tells its end once", () => {
  for (let seed = 1; seed <= 300; seed++) {
    const random = createRandom(seed);
    let state = stepBuild(null, asked(0), 0).state;
    let told = 0;
    let now = 0;
    for (let turn = 0; turn < 2000 && state !== null && state.phase !== "ended"; turn++) {
      now += random.below(5000);
      const refusal = {
        code: "e2b_quota_exhausted",
        message: "full",
        retry_after_ms: null,
        waits: true,
        doubtful: false,
      } as const;
      const { attempt } = state;
      const events: BuildEvent[] = [woke(now), asked(0), stored(state), launched(state)];
      if (random.chance(0.3)) events.push({ type: "refused", attempt, refusal });
      if (random.chance(0.05)) events.push(done(state), gone(state), failed(state));
      const next = stepBuild(state, random.pick(events) ?? woke(now), now);
      told += types(next.duties).filter((type) => type === "tell").length;
      if (next.state && nextBuildWake(next.state, now) === null) throw new Error("no wake-up");
      state = next.state;
    }
    expect(state?.phase).toBe("ended");
    expect(told).toBe(1);
  }
});
