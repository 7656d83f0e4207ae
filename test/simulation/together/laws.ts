import type { RunnerConfig } from "#contract/runner/runner";
import type { LaunchRequest } from "../../../worker/runs/ports/executor.ts";
import { GIVEN_UP } from "../../../worker/runs/lifecycle/given-up.ts";
import { buildTimes } from "../../../worker/runs/lifecycle/run-state.ts";
import type { RunState } from "../../../worker/runs/lifecycle/run-state.ts";
import { GIVEN_UP_NOTE } from "../../../worker/queue/handover.ts";
import { boundOf } from "../phase-bounds.ts";
import type { RunHome } from "./run-home.ts";
import { SimFloom } from "./sim-floom.ts";
import type { Witness } from "./sim-floom.ts";
import type { Surroundings } from "./surroundings.ts";

const MINUTE = 60_000;
/** A wake-up may come after the handler before it, which lasts as long as what it waits for is silent. */
const SLACK_MS = 20 * MINUTE;
/** How long the sandbox of an ended run may go on where killing works. */
const LEFT_MS = 8 * MINUTE;
/** So often may an object's alarm ring in a day, whatever fails and for however long. */
export const mostRings = { run: 1000, worker: 5000 };

/** What must hold at every moment, held against what the world has seen and not against what the engine says of itself. */
export class Laws implements Witness {
  /** How long the worker has been paused in all. */
  pausedMs = 0;
  readonly #world: Surroundings;
  readonly #floom: SimFloom;
  /** How each run ended, as it was seen first. */
  readonly ends = new Map<string, string>();

  constructor(world: Surroundings, floom: SimFloom) {
    this.#world = world;
    this.#floom = floom;
  }

  /** No sandbox is asked for on behalf of a run that is over. */
  launchAsked(home: RunHome, { attempt }: LaunchRequest): void {
    const state = home.look();
    this.#judgeAct(home, "asks for a sandbox");
    if (state?.phase !== "launching" || state.attempt !== attempt)
      this.#world.blame(`${home.id} asks for a sandbox and is ${state?.phase}/${state?.attempt}`);
  }

  /** The queue has put on record that it gave the run up: people count on that nothing comes of it any more. */
  #judgeAct({ id }: RunHome, act: string): void {
    if (this.#floom.givenUp.has(id)) this.#world.blame(`${id} ${act} though its queue gave it up`);
  }

  /** What a script has come to counts all the same where the queue has not answered for minutes. */
  #isQueueSilent(): boolean {
    const { faults, now, troubledAt } = this.#world;
    return faults.isBroken("queue") || now - (troubledAt.get("queue") ?? 0) < 3 * MINUTE;
  }

  /** No script begins that nobody is to wait for any more. */
  begun(home: RunHome): void {
    this.#judgeAct(home, "begins its script");
  }

  /** Nothing is told to act for what was cancelled, or for what nobody approved. */
  ordered(home: RunHome, config: RunnerConfig): void {
    this.#judgeAct(home, "is told to act");
    const asked = this.#floom.homes.get(this.#floom.askedBy.get(home.id) ?? "");
    if (asked && this.ends.get(asked.id) === "cancelled")
      this.#world.blame(`${home.id} acts though ${asked.id} was cancelled`);
    const verdict = asked?.look()?.hold?.verdict;
    const mayAct = verdict?.status === "approved" && verdict.follow_up_run_id === home.id;
    if (config.inputs["decision"] === "approved" && !mayAct)
      this.#world.blame(`${home.id} acts and nobody approved`);
  }

  /** With one more, no more are under way than its own version and the active one allow. */
  started(seq: number): void {
    const { entries, active, paused } = this.#floom.worker.facts();
    const entry = entries.find((one) => one.seq === seq);
    if (!entry) return this.#world.blame(`entry ${seq} started and is not there`);
    const { limit, total } = SimFloom.placesOf(active, entry.own);
    const under = entries.filter((other) => other.started);
    if (under.length > total)
      this.#world.blame(`${under.length} under way with ${entry.run_id}, of ${total}`);
    if (under.filter(({ key }) => key === entry.key).length > limit)
      this.#world.blame(`more than ${limit} under way in the group of ${entry.run_id}`);
    if (paused) this.#world.blame(`${entry.run_id} started while the worker was paused`);
  }

  /** Once sandboxes can be killed again, none outlives its run by more than the wait for the next try. */
  #checkLeft({ id: runId, silence }: RunHome, endedAt: number): void {
    const { now, troubledAt } = this.#world;
    const soundSince = Math.max(endedAt, troubledAt.get("kill") ?? 0, troubledAt.get("crash") ?? 0);
    if (now - soundSince < LEFT_MS + 0.4 * (soundSince - endedAt) + (silence?.ms ?? 0)) return;
    const left = this.#floom.provider.sandboxes.find((one) => one.isAlive && one.run_id === runId);
    if (left) this.#world.blame(`${left.id} of ${runId} is alive long after its end`);
  }

  check(): void {
    for (const home of this.#floom.homes.values()) this.#checkRun(home);
    for (const [name, starts] of this.#floom.provider.starts)
      if (starts > 1) this.#world.blame(`the script of ${name} was started ${starts} times`);
    const rings = this.#floom.worker.alarm.mostRings;
    if (rings > mostRings.worker) this.#world.blame(`the worker's alarm rang ${rings} times in a day`);
  }

  #checkRun(home: RunHome): void {
    const state = home.look();
    const { record, seen } = home;
    if (!state || !record || !seen) return;
    const lasted = this.#world.now - seen.since;
    const heldMs = Math.max(30 * MINUTE, record.spec.approvals?.expires_ms ?? 0);
    const bound = boundOf(seen.phase, buildTimes(record.spec), { pausedMs: this.pausedMs, heldMs });
    if (lasted > bound + SLACK_MS + (home.silence?.ms ?? 0))
      this.#world.blame(`${home.id} has been ${seen.phase} for ${Math.round(lasted / MINUTE)} minutes`);
    if (home.alarm.mostRings > mostRings.run)
      this.#world.blame(`the alarm of ${home.id} rang ${home.alarm.mostRings} times in a day`);
    if (state.phase !== "ended" && home.alarm.at === null && !home.alarm.isRinging)
      this.#world.blame(`${home.id} is ${state.phase} and nothing will wake it`);
    const givenUpAt = this.#floom.givenUp.get(home.id) ?? Infinity;
    if (seen.phase === "held" && seen.since > givenUpAt && !this.#isQueueSilent())
      this.#world.blame(`${home.id} asks people though its queue gave it up`);
    if (seen.phase === "ended") this.#checkLeft(home, seen.since);
    this.#checkGivenUp(home.id, state);
    this.#checkEnd(home.id, state.phase === "ended" ? (state.outcome?.status ?? "without outcome") : null);
    const lost = state.attempts.filter((attempt) => attempt.lost);
    const wrong = lost.find(({ attempt }) => !this.#mayBeLost(`${home.id}:${attempt}`));
    if (wrong) this.#world.blame(`attempt ${wrong.attempt} of ${home.id} is called lost and is not`);
    if (state.attempts.length - lost.length > (record.spec.retry?.max_attempts ?? 1))
      this.#world.blame(`${home.id} has had more tries than its version gives`);
  }

  /** A queue that does not answer has given nothing up. */
  #checkGivenUp(id: string, { phase, outcome }: RunState): void {
    if (phase !== "ended" || this.ends.has(id) || outcome?.failure?.message !== GIVEN_UP) return;
    const { entries, refusals } = this.#floom.worker.facts();
    const isAwaited = entries.some((entry) => entry.run_id === id) && refusals.get(id) !== GIVEN_UP_NOTE;
    if (isAwaited) this.#world.blame(`${id} ends as given up and its queue waits for it`);
  }

  #checkEnd(id: string, end: string | null): void {
    const known = this.ends.get(id);
    if (known !== undefined && known !== end) this.#world.blame(`${id} had ended as ${known} and is ${end}`);
    if (known !== undefined || end === null) return;
    this.ends.set(id, end);
    const givenUpAt = this.#floom.givenUp.get(id) ?? Infinity;
    // One that asked people before, and could put neither that into the lists nor give its place back, ends as they say.
    const hadAsked = (this.#floom.homes.get(id)?.look()?.hold?.since ?? Infinity) < givenUpAt;
    if (end === "completed" && givenUpAt < Infinity && !hadAsked && !this.#isQueueSilent())
      this.#world.blame(`${id} ends as ${end} though its queue gave it up`);
  }

  /** Only what went away by itself, or ended its own runner, may count as lost. */
  #mayBeLost(name: string): boolean {
    const [runId, attempt] = name.split(":");
    const { provider } = this.#floom;
    return (
      provider.lost.has(name) ||
      provider.sandboxes.some(
        (one) => one.run_id === runId && String(one.attempt) === attempt && !one.runnerAlive && !one.isOver,
      )
    );
  }
}
