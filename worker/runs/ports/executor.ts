import type { BuildConfig, RunnerConfig } from "#contract/runner/runner";
import type { FailureCodeName } from "#contract/runs/run-failure";

/** A sandbox that is there and in which nothing goes on yet, or which an earlier try had made. */
export interface MadeSandbox {
  /** The number of the try that had it made. */
  launch: number;
  /** Of a sandbox that has served earlier runs of the version: the id of this run's turn in it (sandbox-use). Else absent. */
  turn?: string;
}

/** A turn in a sandbox of earlier runs, and when that sandbox ends by itself, epoch milliseconds; 0 where nobody knows. */
export interface GivenTurn {
  turn: string;
  endsAt: number;
}

/** What a sandbox is to be started with. */
export interface LaunchRequest {
  runId: string;
  workspaceId: string;
  workerId: string;
  attempt: number;
  /** The number of this try, by which a sandbox that is made for it is known. */
  launch: number;
  /** An earlier try at this attempt may have got as far as a sandbox: look for it first. */
  recover: boolean;
  /** The number of the only sandbox in which the script may be; null while it may be started in any. */
  chosen: number | null;
  /**
   * The turn in a sandbox of earlier runs that this one is to have, if it is still there. Where one is `chosen`: it must be that.
   */
  turn: string | null;
  /** When the sandbox of that turn ends by itself, as it was told last; 0 where nobody knows. */
  turnEndsAt: number;
  apiUrl: string;
  /**
   * Asked once the sandbox is there and before anything goes into it: the runner's orders, or null where it must not be
   * started there (by now another life of the run's object launches).
   */
  order: (made: MadeSandbox) => Promise<RunnerConfig | null>;
  /**
   * Whether the runner has been heard, by a post that was taken: then it has begun, and nobody need ask the sandbox. Waits for
   * that a short while.
   */
  heard: () => Promise<boolean>;
  bundle: { size: number; open: () => Promise<ReadableStream> };
  /** Uploaded input files, by absolute path in the sandbox. */
  files: { path: string; open: () => Promise<ReadableStream> }[];
  network: {
    allow_out: string[];
    deny_out: string[];
    /** What is put into requests on their way out, by host and header: secrets that nothing in the sandbox may have. */
    headers: Record<string, Record<string, string>>;
  };
  /** What it is made of, by the provider's name; null for what every sandbox is made of. */
  template: string | null;
  /** How long the sandbox has to live at least. */
  lifetimeMs: number;
  /** How much longer it is asked to, for another turn that begins soon: it need not be told anything then. */
  spareMs: number;
}

/** What a sandbox that builds a version's dependencies is to be started with: the bundle, and nothing of any run. */
export interface BuildRequest {
  /** What the sandbox is found and counted by, in the place of a run's id. */
  buildId: string;
  workspaceId: string;
  workerId: string;
  /** Names one try at the build. */
  attempt: number;
  recover: boolean;
  config: BuildConfig;
  bundle: LaunchRequest["bundle"];
  template: LaunchRequest["template"];
  lifetimeMs: number;
}

export interface LaunchRefusal {
  kind: "refused";
  code: FailureCodeName;
  message: string;
  retryAfterMs: number | null;
  /** There is no room now, which is nobody's failure: the run waits as in a queue. */
  waits?: true;
  /** It is called once it may go on, and asks by itself only after so long: the call may have been lost. */
  asksAgainMs?: number;
  /** Said by a bare status, which anybody in between may have sent: believed when it is said again and again. */
  doubtful?: true;
  /** The provider does not have the template any more: it has to be built again. */
  lostTemplate?: true;
}

export type BuildLaunch = { kind: "launched"; sandboxId: string } | LaunchRefusal;

declare const ownersWord: unique symbol;

/**
 * A sandbox is no more, by the word of who owns the fact: the provider's control plane, or the list of what it keeps. An
 * error of anybody in between (a gateway, the way into the sandbox, a time-out) says nothing of the kind, and what says
 * nothing never ends or repeats an attempt. It can be made by `saidByOwner` alone.
 */
export interface Absent {
  readonly kind: "gone";
  readonly [ownersWord]: true;
}

/** To be called where the owner has answered that the sandbox is not there, and nowhere else. */
export function saidByOwner(): Absent {
  return { kind: "gone" } as Absent;
}

/**
 * `launch`: the number of the sandbox that was started. `overtaken`: it must not be started there, and was not. Absent:
 * the only sandbox in which the script may be is no more. `endsAt`: when the sandbox ends by itself, epoch
 * milliseconds; absent where that is not known.
 */
export type LaunchResult =
  | { kind: "launched"; sandboxId: string; launch: number; endsAt?: number }
  | { kind: "overtaken" }
  | LaunchRefusal
  | Absent;

/** `unavailable`: nothing is known. */
export type JournalRead =
  { kind: "read"; bytes: Uint8Array; runnerAlive: boolean } | Absent | { kind: "unavailable" };

/** `missing`: the sandbox is there, and no such file in it. */
export type FileRead = { kind: "open"; body: ReadableStream<Uint8Array> } | { kind: "missing" } | Absent;

/** The port to whatever runs sandboxes. Every call is safe to repeat. */
export interface Executor {
  /**
   * Gets a sandbox with bundle, inputs and runner in it and the runner started; does not wait for the script. Each of
   * these is a call of its own, so that one which comes through late, after whoever made it has gone, leaves no more than
   * a sandbox in which nothing goes on. However often the runner of one sandbox is started, its script is once.
   */
  launch(request: LaunchRequest): Promise<LaunchResult>;
  /** Gets a sandbox with the bundle in it and the build started; does not wait for it. Its journal is read as a run's. */
  build(request: BuildRequest): Promise<BuildLaunch>;
  /** The archive that a build has left; null when it or the sandbox is gone. Throws where nobody can say. */
  openBuilt(sandboxId: string): Promise<FileRead>;
  /** Reads the runner's journal from a byte offset, at most `maxBytes`. */
  readJournal(sandboxId: string, offset: number, maxBytes: number): Promise<JournalRead>;
  /** A file of the work directory. Throws where nobody can say. */
  openFile(sandboxId: string, path: string): Promise<FileRead>;
  /** True when it is gone for sure. */
  kill(sandboxId: string): Promise<boolean>;
  /** Kills every sandbox of an attempt, found by what it was created for. True when none is left. */
  killAttempt(runId: string, attempt: number): Promise<boolean>;
}
