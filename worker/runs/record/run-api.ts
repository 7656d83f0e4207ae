import type { Artifact, RunDetail } from "#contract/runs/run";
import type { RunEvent } from "#contract/runs/run-event";
import type { LiveText } from "#contract/agents/live-text";
import type { JournalAnswer } from "#contract/runner/runner";
import type { ApprovalRecord } from "#contract/approvals/approval";
import type {
  CallRecord,
  CallReply,
  CallWish,
  DecideReply,
  DecisionRequest,
  ExternalAnswer,
  InPlaceQuestion,
  InPlaceReply,
  ResumeReply,
} from "./run-replies.ts";
import type { HoldVerdict } from "../lifecycle/hold-state.ts";
import type { Caller, TriggerEvent } from "../spec/run-origin.ts";
import type { RunSpec } from "../spec/run-spec.ts";

/** What a run's object knows, for its owner. `outputs_stored`: they lie in R2 because of their size. */
export interface RunView {
  workspace_id: string;
  detail: Omit<RunDetail, "logs" | "transcript" | "tool_calls" | "stages" | "queue_position">;
  outputs_stored: boolean;
  /** The newest events, enough for the last lines of the log. */
  tail: RunEvent[];
}

/** A part of the record. `next_after` is null at the end of what is there now. */
export interface EventPage {
  events: RunEvent[];
  next_after: number | null;
  /** The events lie in R2 and are to be read from there. */
  archived: boolean;
}

/** A file that the run has left, and the attempt that it has now. */
export interface FoundArtifact {
  workspace_id: string;
  artifact: Artifact;
  attempt: number;
}

/** A part of the runner's journal, from the sandbox of that launch: the bytes from `offset` on. */
export interface JournalPost extends LaunchOf {
  offset: number;
  body: Uint8Array;
  /** What is being said meanwhile, for those who watch. */
  live?: LiveText;
}

export type JournalReply = { kind: "answer"; answer: JournalAnswer } | { kind: "missing" };

export interface UploadPermit {
  verdict: "granted" | "missing" | "stale" | "ended" | "full";
  /** Names of the run's secrets, whose values no file of it may hold. */
  secrets: readonly string[];
  /** When the run was accepted, epoch milliseconds. */
  created_at: number;
}

/** What became of the dependencies that an attempt waits for. */
export interface BuildNews {
  attempt: number;
  /** What the build wrote down, as lines of a runner's journal; the last one is a result where it failed. */
  lines: readonly string[];
}

/** Of which sandbox a run's token is: the attempt, and the number of the try to launch that had it made. */
export interface LaunchOf {
  attempt: number;
  launch: number;
}

/** What models that a script asks cost, in billionths of a dollar; `most`: what the whole run may have cost then, null for no cap. */
export interface ModelCharge {
  nano_usd: number;
  most: number | null;
}

/** A run as the store has to know it, for the script that holds the token of one of its launches. */
export interface StoreWriter {
  workspace_id: string;
  worker_id: string;
  /** Whether that script is the one that the run has now. */
  permit: "granted" | "stale" | "ended";
  /** What it writes waits for the run's end. */
  staged: boolean;
}

/** The remote calls of a RunObject. None throws for what a caller can do wrong: the answer says it. */
export interface RunObjectApi {
  /**
   * Takes a run over from the queue; a repeat changes nothing. `toldAt` is when the queue said it, epoch milliseconds: it
   * may arrive much later. `ended` tells the queue to let go of it.
   */
  accept(spec: RunSpec, go: boolean, toldAt: number): Promise<{ ended: boolean }>;
  read(): Promise<RunView | null>;
  readEvents(after: number, limit: number): Promise<EventPage | null>;
  takeJournal(post: JournalPost): Promise<JournalReply>;
  /** Whether the run takes an upload from there now. `sizeBytes` is taken off what it may still send; null only asks. */
  permitUpload(from: LaunchOf, sizeBytes: number | null): Promise<UploadPermit>;
  /** Whether the newest try to launch, as the run's object has it now, is this one. */
  ownsLaunch(asked: LaunchOf): Promise<boolean>;
  /** The build that the run waits for has ended. Word of it may be lost: the run asks again by itself. */
  dependenciesBuilt(news: BuildNews): Promise<void>;
  /** There is room for the sandbox that the run waits for. It asks for it, behind the answer whether it still wants any. */
  roomFree(): Promise<boolean>;
  findArtifact(artifactId: string): Promise<FoundArtifact | null>;
  /** Ends the run, whatever it is doing; `code` says why when it was not a person who asked. */
  cancel(code?: "superseded"): Promise<RunView | null>;
  /** What the run asks people; expired if its time is over. Null when it asks nothing. */
  readApproval(id?: string): Promise<ApprovalRecord | null>;
  /** A program of one of its launches asks people before it makes a call. */
  askInPlace(from: LaunchOf, asked: InPlaceQuestion): Promise<InPlaceReply>;
  /** How that was answered; null while it is not. */
  answerTo(approvalId: string): Promise<HoldVerdict | null>;
  /** One person's word on what the run asks. The first decision wins. */
  decide(vote: DecisionRequest, id?: string): Promise<DecideReply>;
  /** What the run waited for from outside has come. */
  resume(came: ExternalAnswer): Promise<ResumeReply>;
  /** May `followUpRunId` act on approval `approvalId`? The record of the run that asked is what answers. */
  authorizes(approvalId: string, followUpRunId: string): Promise<boolean>;
  /** Counts what models cost to the run, or takes some back; false where that is not to be. */
  charge(from: LaunchOf, charge: ModelCharge): Promise<boolean>;
  /** All that was frozen as the run was accepted; null when there is no such run. */
  readSpec(): Promise<RunSpec | null>;
  /** What came in from outside for the run. */
  findTriggerEvent(): Promise<TriggerEvent | null>;
  /** What the script that holds the token of that launch hands down to runs that it calls; null when there is no such run. */
  findCaller(from: LaunchOf): Promise<Caller | null>;
  /** As whom the script that holds the token of that launch may use the store; null when there is no such run. */
  findWriter(from: LaunchOf): Promise<StoreWriter | null>;
  /** Takes a call to another worker down; `run_id` is the child's if the call is new or `replaces` the child there is. */
  reserveCall(call: CallWish): Promise<CallReply>;
  /**
   * Deletes all that the object holds of a run that has ended, once nothing is left to be done for it. Answers whether
   * nothing is left; a repeat, and one for a run that never was, changes nothing.
   */
  forget(): Promise<boolean>;
  /** The calls of the run, in the order they were made. */
  listCalls(): Promise<CallRecord[]>;
}

/** A RunObject as others see it: its calls, and `fetch` for the WebSocket that follows its events. */
export interface RunObjectStub extends RunObjectApi {
  fetch(request: Request): Promise<Response>;
}
