import { limits } from "#contract/limits";
import type { FailureCodeName } from "#contract/runs/run-failure";
import { launchDelayMs } from "../runs/lifecycle/patience.ts";
import { buildRefusal } from "../runs/record/take-bytes.ts";
import type { BuildOrder, DependencyOrder } from "../runs/ports/dependency-builds.ts";
import type { BuildRefusal, BuildState, BuiltArchive } from "./build-state.ts";

/*
 * The build of one version's dependencies, or of one template, as a pure function: (state, event, now) -> the next state and the duties.
 * What must stay true:
 *  - there is one build of each at a time, whoever asks and how often;
 *  - word of a former try changes nothing;
 *  - every phase has a deadline, and who waits is told of every end;
 *  - duties may be performed twice; each of them is a repeatable act.
 */

/** A build that nobody asks for any more while it has no sandbox is given up after this long. */
const UNWANTED_MS = 60_000;
/** The same while it stands in line for one: those that wait for it then ask seldom. */
const UNWANTED_IN_LINE_MS = 3_600_000;
/** Time for a build beyond what its installers have: packing, and a look that comes late. */
const GRACE_MS = limits.run_grace_seconds.value * 1000;
/** How long the archive may take on its way into storage, tries that fail included. */
const STORE_MS = 120_000;
/** How long the end of a build is known here, for runs whose word of it was lost. */
const LINGER_MS = 600_000;
const LAUNCH_PATIENCE_MS = 30_000;

/** What a look into the sandbox found. */
export type BuildLook =
  | { kind: "going" }
  | { kind: "done"; lines: string[]; failed: boolean; archive: BuiltArchive | null }
  | { kind: "silent"; lines: string[] }
  | { kind: "gone" };

export type BuildEvent =
  | { type: "asked"; order: BuildOrder; since: number }
  | { type: "launched"; attempt: number; sandbox_id: string }
  | { type: "refused"; attempt: number; refusal: BuildRefusal }
  /** It cannot be begun, now or later. */
  | { type: "impossible"; attempt: number; message: string }
  /** There is room for its sandbox. */
  | { type: "called" }
  | { type: "looked"; attempt: number; look: BuildLook }
  | { type: "stored"; attempt: number }
  /** `wanted_at`: when somebody asked last, as far as is remembered. */
  | { type: "woke"; wanted_at: number };

export interface BuildDuty {
  type: "launch" | "look" | "store" | "tell" | "kill" | "forget";
  attempt: number;
}

export interface BuildStep {
  state: BuildState | null;
  duties: BuildDuty[];
}

/** How long the sandbox of a build is asked to live. */
export function buildLifeMs({ install_timeout_seconds }: DependencyOrder): number {
  return install_timeout_seconds * 1000 + 2 * GRACE_MS;
}

/** How long it may take, by which code a run fails without it, and how people are told of it. */
function describeOrder(order: BuildOrder) {
  if (order.kind === "template") {
    return {
      seconds: limits.template_build_seconds.value,
      code: "template_failed",
      slow: "Building the sandbox template",
      unstored: "That the sandbox template was built could not be noted.",
      lost: "The sandbox provider lost the builds of the sandbox template.",
    } as const;
  }
  return {
    seconds: order.install_timeout_seconds,
    code: "install_failed",
    slow: "Installing the dependencies",
    unstored: "The dependencies that were built could not be stored.",
    lost: "The sandboxes in which the dependencies were installed were lost.",
  } as const;
}

function startingState(order: BuildOrder, now: number): BuildState {
  return {
    order,
    phase: "starting",
    phase_since: now,
    attempt: now,
    losses: 0,
    sandbox_id: null,
    retry_at: now,
    refusals: 0,
    refusal: null,
    lines: [],
    archive: null,
  };
}

const stay = (state: BuildState, ...duties: BuildDuty["type"][]): BuildStep => ({
  state,
  duties: duties.map((type) => ({ type, attempt: state.attempt })),
});

function begin(order: BuildOrder, now: number): BuildStep {
  return stay(startingState(order, now), "launch");
}

function end(state: BuildState, lines: string[], now: number): BuildStep {
  return stay({ ...state, phase: "ended", phase_since: now, lines }, "kill", "tell");
}

function fail(state: BuildState, why: { code: FailureCodeName; message: string }, now: number): BuildStep {
  return end(state, [...state.lines, JSON.stringify(buildRefusal(why.code, why.message))], now);
}

/** Asked while a build is under way, or by somebody who waited for one that has ended: nothing new is begun. */
function onAsked(state: BuildState | null, event: BuildEvent & { type: "asked" }, now: number): BuildStep {
  if (state === null) return begin(event.order, now);
  const isOver = state.phase === "ended" && event.since > state.phase_since;
  return isOver ? begin(event.order, now) : stay(state);
}

function onRefused(state: BuildState, { refusal }: BuildEvent & { type: "refused" }, now: number): BuildStep {
  if (state.phase !== "starting") return stay(state);
  const delay = launchDelayMs(state.refusals, refusal.retry_after_ms);
  return stay({ ...state, refusal, refusals: state.refusals + 1, retry_at: now + delay });
}

function onLooked(state: BuildState, { look }: BuildEvent & { type: "looked" }, now: number): BuildStep {
  if (state.phase === "starting" || state.phase === "ended") return stay(state);
  if (look.kind === "gone") return lose(state, now);
  if (state.phase !== "building") return stay(state);
  switch (look.kind) {
    case "going":
      return stay(state);
    case "silent": {
      const message =
        "The program that installs the dependencies was ended while it worked: by an installer, or because it used more memory than there is.";
      return fail({ ...state, lines: look.lines }, { code: "install_failed", message }, now);
    }
    case "done": {
      if (look.failed) return end(state, look.lines, now);
      const { lines, archive } = look;
      return stay({ ...state, phase: "storing", phase_since: now, lines, archive }, "store");
    }
  }
}

/** The sandbox is no more: another one, as often as a run would get one. */
function lose(state: BuildState, now: number): BuildStep {
  const losses = state.losses + 1;
  if (losses >= limits.platform_attempts.value) {
    const message = describeOrder(state.order).lost;
    return fail({ ...state, lines: [] }, { code: "e2b_sandbox_error", message }, now);
  }
  return stay({ ...startingState(state.order, now), attempt: state.attempt + 1, losses }, "launch");
}

function onWoke(state: BuildState, wantedAt: number, now: number): BuildStep {
  const lasted = now - state.phase_since;
  switch (state.phase) {
    case "starting":
      if (now - wantedAt >= (state.refusal?.waits ? UNWANTED_IN_LINE_MS : UNWANTED_MS))
        return { state: null, duties: stay(state, "kill", "forget").duties };
      return now >= state.retry_at ? stay(state, "launch") : stay(state);
    case "building": {
      const { seconds, code, slow } = describeOrder(state.order);
      if (lasted < seconds * 1000 + GRACE_MS) return stay(state, "look");
      return fail(state, { code, message: `${slow} took longer than ${seconds} seconds.` }, now);
    }
    case "storing":
      if (lasted < STORE_MS) return stay(state, "store");
      return fail(state, { code: "internal_error", message: describeOrder(state.order).unstored }, now);
    case "ended":
      return lasted < LINGER_MS
        ? stay(state)
        : { state: null, duties: [{ type: "forget", attempt: state.attempt }] };
  }
}

/** Takes one event. Late and repeated ones return the state as it is. */
export function stepBuild(state: BuildState | null, event: BuildEvent, now: number): BuildStep {
  if (event.type === "asked") return onAsked(state, event, now);
  if (state === null) return { state, duties: [] };
  if (event.type === "woke") return onWoke(state, event.wanted_at, now);
  if (event.type === "called")
    return state.phase === "starting" ? stay({ ...state, retry_at: now }, "launch") : stay(state);
  if (event.attempt !== state.attempt) return stay(state);
  switch (event.type) {
    case "launched":
      if (state.phase !== "starting") return stay(state);
      return stay({
        ...state,
        phase: "building",
        phase_since: now,
        sandbox_id: event.sandbox_id,
        refusal: null,
      });
    case "refused":
      return onRefused(state, event, now);
    case "impossible":
      return state.phase === "starting"
        ? fail(state, { code: describeOrder(state.order).code, message: event.message }, now)
        : stay(state);
    case "looked":
      return onLooked(state, event, now);
    case "stored":
      return state.phase === "storing" ? end(state, state.lines, now) : stay(state);
  }
}

/** How soon to look into the sandbox again: often at first, for what installs in a second. */
function lookDelayMs(lastedMs: number): number {
  return Math.min(3000, Math.max(400, lastedMs / 4));
}

/** When the build must be looked at again, epoch milliseconds; null when there is none. */
export function nextBuildWake(state: BuildState | null, now: number): number | null {
  switch (state?.phase) {
    case undefined:
      return null;
    case "starting":
      return state.retry_at > now ? state.retry_at : now + LAUNCH_PATIENCE_MS;
    case "building":
      return now + lookDelayMs(now - state.phase_since);
    case "storing":
      return now + 5000;
    case "ended":
      return state.phase_since + LINGER_MS;
  }
}
