import type { ContextId } from "#contract/ids";
import type { AttemptContext } from "../lifecycle/run-state.ts";
import type { MountedByRun } from "../spec/run-spec.ts";

/** A file that a run has changed in a context, and that lies among the run's files. */
export interface WrittenFile {
  context_id: ContextId;
  path: string;
  size_bytes: number;
  /** Hex SHA-256 of the content. */
  sha256: string;
}

/** What a run wants written: from which versions, and by which attempt, which writes once. */
export interface WriteRequest {
  workspaceId: string;
  runId: string;
  workerName: string;
  attempt: number;
  contexts: readonly AttemptContext[];
  files: readonly WrittenFile[];
}

/** `conflict` and `refused`: nothing was written; in words for people. */
export type WriteVerdict =
  | { kind: "written"; versions: { context_id: ContextId; version: number }[] }
  | { kind: "conflict" | "refused"; message: string };

/** The port to whoever keeps contexts. Every call may be repeated. */
export interface ContextPort {
  /** These contexts as they are now; names of those that are gone, or that may not be written any more. */
  find(
    workspaceId: string,
    mounts: readonly MountedByRun[],
  ): Promise<{ contexts: AttemptContext[]; missing: string[] }>;
  /** The zip of the files that are mounted. Throws when it cannot be made. */
  openArchive(workspaceId: string, context: AttemptContext): Promise<ReadableStream>;
  /** Makes the next versions of all contexts that were changed, or of none. A repeat answers what the first had done. */
  write(request: WriteRequest): Promise<WriteVerdict>;
}
