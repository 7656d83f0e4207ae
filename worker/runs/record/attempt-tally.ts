import * as z from "zod";
import { artifactSchema } from "#contract/runs/run";
import type { Artifact } from "#contract/runs/run";
import type { RunnerResult } from "#contract/runner/runner";
import { defineDocument } from "../../platform/objects/stored-document.ts";
import { keptResultSchema } from "../lifecycle/run-outcome.ts";

/** What is known of the current attempt from the parts of its journal; kept with each post. */
const attemptTallySchema = z.object({
  last_seq: z.int(),
  /** Where the attempt's journal stands, in bytes. */
  offset: z.number(),
  /** What the journal has cost of what it may hold, in bytes. */
  bytes: z.number(),
  artifacts: z.array(artifactSchema),
  result: keptResultSchema.nullable(),
  /** When the result came, epoch milliseconds. Null without one, and on tallies of the time before it was written down. */
  reported_at: z.number().nullable().default(null),
  progress: z.object({ percent: z.number().nullable(), message: z.string().nullable() }).nullable(),
});
export type AttemptTally = z.infer<typeof attemptTallySchema>;
export const attemptTallyDocument = defineDocument("tally of an attempt", attemptTallySchema);

/** What one accepted post of the runner's journal brings. */
export interface TakenPost {
  seq_to: number;
  /** Where the attempt's journal stands after it, in bytes. */
  end_offset: number;
  /** What the attempt's journal has cost after it, in bytes. */
  bytes: number;
  /** The files on the record after it. */
  artifacts: Artifact[];
  result: RunnerResult | null;
  /** When it came, epoch milliseconds. */
  at: number;
  progress: AttemptTally["progress"];
}

/** The tally of no journal at all: what a new attempt starts from. Pure. */
export function emptyTally(lastSeq: number): AttemptTally {
  return {
    last_seq: lastSeq,
    offset: 0,
    bytes: 0,
    artifacts: [],
    result: null,
    reported_at: null,
    progress: null,
  };
}

/** The tally after one more post of the journal. Pure. */
export function extendTally(tally: AttemptTally, post: TakenPost): AttemptTally {
  return {
    last_seq: Math.max(tally.last_seq, post.seq_to),
    offset: post.end_offset,
    bytes: post.bytes,
    artifacts: post.artifacts,
    result: post.result ?? tally.result,
    reported_at: tally.reported_at ?? (post.result && post.at),
    progress: post.progress ?? tally.progress,
  };
}
