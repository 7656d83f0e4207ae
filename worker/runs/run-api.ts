import type { Artifact, RunDetail } from "#contract/run";
import type { RunEvent } from "#contract/run-event";
import type { JournalAnswer } from "#contract/runner";
import type { RunSpec } from "./run-spec.ts";

/** What a run's object knows, for its owner. `outputs_stored`: they lie in R2 because of their size. */
export interface RunView {
  workspace_id: string;
  detail: Omit<RunDetail, "logs" | "queue_position">;
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

export type JournalReply = { kind: "answer"; answer: JournalAnswer } | { kind: "missing" };

export interface UploadPermit {
  kind: "granted" | "missing" | "stale" | "ended";
  worker_id: string;
}

/** The remote calls of a RunObject. None throws for what a caller can do wrong: the answer says it. */
export interface RunObjectApi {
  /** Takes a run over from the queue; a repeat changes nothing. `ended` tells the queue to let go of it. */
  accept(spec: RunSpec, go: boolean): Promise<{ ended: boolean }>;
  read(): Promise<RunView | null>;
  readEvents(after: number, limit: number): Promise<EventPage | null>;
  takeJournal(post: { attempt: number; offset: number; body: Uint8Array }): Promise<JournalReply>;
  permitUpload(attempt: number | null): Promise<UploadPermit>;
  findArtifact(
    artifactId: string,
  ): Promise<{ workspace_id: string; artifact: Artifact; attempt: number } | null>;
  cancel(): Promise<RunView | null>;
}

/** A RunObject as others see it: its calls, and `fetch` for the WebSocket that follows its events. */
export interface RunObjectStub extends RunObjectApi {
  fetch(request: Request): Promise<Response>;
}
