import type { LiveText } from "#contract/agents/live-text";
import type { ArtifactId } from "#contract/ids";
import type { RunSummary } from "#contract/runs/run";
import type { RowPlace } from "../record/row-store.ts";
import type { RunEvent } from "#contract/runs/run-event";
import type { Clock } from "../../platform/clock.ts";
import type { Files } from "../../platform/files.ts";
import type { After } from "../../platform/within.ts";
import type { Meter } from "../../platform/objects/meter.ts";
import { backoffMs } from "../lifecycle/backoff.ts";
import type { RunInput } from "../lifecycle/run-state.ts";
import type { AttemptTally } from "../record/attempt-tally.ts";
import type { RunNotice } from "../record/build-notice.ts";
import type { RunRecord, RunStorage } from "../record/run-storage.ts";
import { edgeProgramOf } from "../spec/edge-program.ts";
import type { RunSpec } from "../spec/run-spec.ts";
import type { WaitDeps } from "./approval-effects.ts";
import type { ContextPort } from "../ports/contexts.ts";
import type { DependencyBuilds } from "../ports/dependency-builds.ts";
import type { EdgeAttempts } from "../ports/edge-attempts.ts";
import type { Executor } from "../ports/executor.ts";
import type { Room } from "../ports/room.ts";
import type { SpendPort } from "../ports/spend.ts";
import type { RunWrites } from "../ports/run-writes.ts";
import type { BoundSecret } from "./put-headers.ts";
import type { RunMasking } from "../masking/run-masking.ts";
import type { MaskWant } from "../spec/mask-want.ts";

/** Which secrets a run is given, and who is given them. */
export interface SecretUse {
  names: readonly string[];
  workerId: string;
  runId: string;
}

/** What a run is given of its secrets. */
export interface GivenSecrets {
  /** What its script finds, by name: the value, or for a secret that is bound to hosts a word in its place. */
  values: Record<string, string>;
  /** Those that go into requests on their way out. */
  bound: readonly BoundSecret[];
}

/** What the object of a run hands its engine of its own; the rest is the same for all. */
export type OwnToRun =
  | "storage"
  | "broadcast"
  | "show"
  | "watchers"
  | "waitUntil"
  | "armWake"
  | "disarmWake"
  | "meter"
  | "listCalls";

/** All that a run's engine touches outside its own memory. */
export interface EngineDeps {
  storage: RunStorage;
  files: Files;
  executor: Executor;
  /** Carries out what needs no sandbox. */
  edge: EdgeAttempts;
  /** Gives out room for sandboxes. */
  room: Room;
  dependencies: DependencyBuilds;
  clock: Clock;
  after: After;
  /** A number in [0, 1). */
  random: () => number;
  newArtifactId: () => ArtifactId;
  /** The token with which the program in the sandbox speaks for the run. */
  mintRunToken: (
    run: Pick<RunSpec, "run_id" | "workspace_id"> & { attempt: number; launch: number; until: number },
  ) => Promise<string>;
  /** Asks whoever is the run's object now whether that launch is its own: another life of it may have taken over. */
  ownsLaunch: (runId: string, asked: LaunchTry) => Promise<boolean>;
  /** The newest of the run's declared secrets; those that are not set (any more) are left out. */
  resolveSecrets: (workspaceId: string, want: SecretUse) => Promise<GivenSecrets>;
  /** Every value of these secrets that the run may have been given, to be masked in what it tells. */
  listValuesToMask: (workspaceId: string, want: MaskWant) => Promise<string[]>;
  /** Ids of the connections that the run's worker declares, by the names it gives them; asked only where it declares any. */
  findConnections: (spec: RunSpec) => Promise<Record<string, string>>;
  contexts: ContextPort;
  /** Asked of runs alone that cost something. */
  spend: SpendPort;
  /** Writes the run's row for lists; answers the rows that cost. */
  project: (place: RowPlace, summary: RunSummary) => Promise<number>;
  /** Gives the place in the queue back and tells the worker's alerts; answers the rows written there since last time. */
  release: (workerId: string, runId: string, news?: RunNotice) => Promise<number>;
  /** Asks the worker's queue to look again at what may start. */
  nudge: (workerId: string) => Promise<void>;
  /**
   * Asks the worker's queue whether it still waits for the run, which it does until the run has ended or asks people. False
   * for one that it has given up. Throws where the queue does not answer.
   */
  isQueued: (workerId: string, runId: string) => Promise<boolean>;
  /** How long the worker has been paused while the run waited in its queue. */
  pausedMs: (workerId: string, runId: string) => Promise<number>;
  /** Tells the worker's object what people want to hear of; the same question makes no second message. */
  tell: (workerId: string, notice: RunNotice) => Promise<void>;
  broadcast: (events: readonly RunEvent[]) => void;
  /** Shows those who watch what is being said, which is on no record. */
  show: (live: LiveText) => void;
  watchers: () => number;
  /** Has what was begun behind an answer come to its end. */
  waitUntil: (work: Promise<unknown>) => void;
  armWake: (at: number) => void;
  /** No wake-up is needed any more. */
  disarmWake: () => void;
  /** Ids of the runs that this one started by calling other workers. */
  listCalls: () => readonly string[];
  /** Cancels another run; one that has ended stays as it ended. False: its object has not been told of it yet. */
  cancelRun: (runId: string) => Promise<boolean>;
  waits: WaitDeps;
  writes: RunWrites;
  meter: Meter;
}

/** One try to launch an attempt; its number counts from 1 within the attempt. */
export interface LaunchTry {
  attempt: number;
  launch: number;
}

/**
 * One run as everything about it is handed it: what is known, and the one way to change it. What is not on the record
 * may be forgotten between any two lines.
 */
export interface RunHandle {
  readonly deps: EngineDeps;
  /** Null until the run has been accepted. */
  record: RunRecord | null;
  /** What the current attempt's journal amounts to. */
  tally: AttemptTally;
  /** Takes the run's secrets out of what it tells. */
  readonly masking: RunMasking;
  /** When the queue said last that the run is to go on, by the queue's clock; 0 when this object was not told. */
  wordAt: number;
  /** When the runner was heard last, by this object; 0 for never. */
  lastPostAt: number;
  /** Told of the attempt whose runner has been heard, by a post that is taken. */
  onHeard: (attempt: number) => void;
  /** The try whose number this object has written down and not used yet. One that an object before it wrote may be used. */
  unusedTry: LaunchTry | null;
  /** Settles as the run ends in this object. */
  readonly ended: PromiseWithResolvers<true>;
  /** Settles once the provider has answered the launch under way, if there is one. Never rejects. */
  launching: Promise<unknown>;
  /**
   * The turn that this object has launched the attempt in, where another run may have the next one in that sandbox; null for none,
   * and where an object before this one launched it.
   */
  leaves: { attempt: number; sandboxId: string; endsAt: number } | null;
  /** Takes one event: decides, saves, tells followers, then acts. */
  dispatch: (event: RunInput) => Promise<void>;
}

/** A run that is on the record. */
export interface AcceptedRun extends RunHandle {
  record: RunRecord;
}

/** What carries out the run's attempts. */
export function carrierOf({
  deps,
  record,
}: Pick<AcceptedRun, "deps" | "record">): Pick<
  Executor,
  "readJournal" | "openFile" | "kill" | "killAttempt"
> {
  return edgeProgramOf(record.spec) === null ? deps.executor : deps.edge;
}

/** The last number given to an event of the run. */
export function lastSeq({ tally, record }: Pick<AcceptedRun, "tally" | "record">): number {
  return Math.max(tally.last_seq, record.milestones.at(-1)?.seq ?? 0);
}

/**
 * Has an act that failed tried again: soon at first, then ever more seldom, as long as the phase lasts. A wait for people
 * ends at its time all the same: that may have come while the act hung, and then nothing else wakes the run for it.
 */
export function armRetry({ deps, record: { state } }: AcceptedRun): void {
  const now = deps.clock();
  const again = now + backoffMs(now - state.phase_since, deps.random());
  const endsAt = state.phase === "held" ? (state.hold?.expires_at ?? Infinity) : Infinity;
  deps.armWake(Math.min(again, Math.max(now, endsAt)));
}
