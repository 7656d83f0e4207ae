import * as z from "zod";
import { artifactSchema } from "#contract/runs/run";
import type { Artifact } from "#contract/runs/run";
import type { RunEvent } from "#contract/runs/run-event";
import type { RunnerResult } from "#contract/runner/runner";
import { defineDocument } from "../../platform/objects/stored-document.ts";
import { keptResultSchema } from "../lifecycle/run-outcome.ts";

/** What is known of the current attempt from the parts of its journal; kept with each part. */
const attemptTallySchema = z.object({
  last_seq: z.int(),
  /** Where the attempt's journal stands, in bytes. */
  offset: z.number(),
  bytes: z.number(),
  artifacts: z.array(artifactSchema),
  result: keptResultSchema.nullable(),
  progress: z.object({ percent: z.number().nullable(), message: z.string().nullable() }).nullable(),
});
export type AttemptTally = z.infer<typeof attemptTallySchema>;
export const attemptTallyDocument = defineDocument("tally of an attempt", attemptTallySchema);

/** What one accepted part of the runner's journal brings. */
export interface JournalPart {
  attempt: number;
  seq_from: number;
  seq_to: number;
  /** Where the attempt's journal stands after this part, in bytes. */
  end_offset: number;
  events: RunEvent[];
  artifacts: Artifact[];
  result: RunnerResult | null;
  progress: AttemptTally["progress"];
}

/** The tally of no journal at all: what a new attempt starts from. Pure. */
export function emptyTally(lastSeq: number): AttemptTally {
  return { last_seq: lastSeq, offset: 0, bytes: 0, artifacts: [], result: null, progress: null };
}

/** The tally after one more part of the journal. Pure. */
export function extendTally(tally: AttemptTally, part: JournalPart): AttemptTally {
  return {
    last_seq: Math.max(tally.last_seq, part.seq_to),
    offset: part.end_offset,
    bytes: part.end_offset,
    artifacts: part.artifacts.length > 0 ? [...tally.artifacts, ...part.artifacts] : tally.artifacts,
    result: part.result ?? tally.result,
    progress: part.progress ?? tally.progress,
  };
}
