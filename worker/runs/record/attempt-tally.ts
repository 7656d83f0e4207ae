import * as z from "zod";
import { artifactSchema } from "#contract/runs/run";
import type { Artifact } from "#contract/runs/run";
import { partialOutputSchema } from "#contract/runs/partial";
import type { PartialOutput } from "#contract/runs/partial";
import type { RunnerResult } from "#contract/runner/runner";
import { defineDocument } from "../../platform/objects/stored-document.ts";
import { keptResultSchema } from "../lifecycle/run-outcome.ts";

/** A file that the script changed in a context, by what it says. */
const contextFileSchema = z.object({
  context: z.string(),
  path: z.string(),
  size_bytes: z.int(),
  sha256: z.string(),
});
export type LeftContextFile = z.infer<typeof contextFileSchema>;

/** What is known of the current attempt from the parts of its journal; kept with each post. */
const attemptTallySchema = z.object({
  last_seq: z.int(),
  /** The number of the sandbox of which it is, and of no other; null while nothing was taken from any. */
  launch: z.int().nullable().default(null),
  /** Where the attempt's journal stands, in bytes. */
  offset: z.number(),
  /** What the journal has cost of what it may hold, in bytes. */
  bytes: z.number(),
  artifacts: z.array(artifactSchema),
  /** What the script has left in its contexts, each file once; none where it mounts none. */
  context_files: z.array(contextFileSchema).optional(),
  result: keptResultSchema.nullable(),
  /** When the result was taken in, epoch milliseconds; null before, and on records of the time before it was kept. */
  result_at: z.number().nullable().default(null),
  progress: z.object({ percent: z.number().nullable(), message: z.string().nullable() }).nullable(),
  /** Absent where the function has handed back nothing piece by piece, and once there is a result. */
  partial: partialOutputSchema.optional(),
});
export type AttemptTally = z.infer<typeof attemptTallySchema>;
export const attemptTallyDocument = defineDocument("tally of an attempt", attemptTallySchema);

/** What one accepted post of the runner's journal brings. */
export interface TakenPost {
  seq_to: number;
  /** Of whose sandbox it is; null for what was built apart from the run. */
  launch: number | null;
  /** Where the attempt's journal stands after it, in bytes. */
  end_offset: number;
  /** What the attempt's journal has cost after it, in bytes. */
  bytes: number;
  /** The files on the record after it. */
  artifacts: Artifact[];
  contextFiles?: readonly LeftContextFile[];
  result: RunnerResult | null;
  /** When it was taken in, epoch milliseconds. */
  taken_at: number;
  progress: AttemptTally["progress"];
  /** What its function has handed back until then. */
  partial: PartialOutput | null;
}

/** The tally of no journal at all: what a new attempt starts from. Pure. */
export function emptyTally(lastSeq: number): AttemptTally {
  return {
    last_seq: lastSeq,
    launch: null,
    offset: 0,
    bytes: 0,
    artifacts: [],
    result: null,
    result_at: null,
    progress: null,
  };
}

/** The tally after one more post of the journal. Pure. */
export function extendTally(tally: AttemptTally, post: TakenPost): AttemptTally {
  return {
    last_seq: Math.max(tally.last_seq, post.seq_to),
    launch: tally.launch ?? post.launch,
    offset: post.end_offset,
    bytes: post.bytes,
    artifacts: post.artifacts,
    ...(post.contextFiles && post.contextFiles.length > 0 ? { context_files: [...post.contextFiles] } : {}),
    result: post.result ?? tally.result,
    result_at: post.result ? post.taken_at : tally.result_at,
    progress: post.progress ?? tally.progress,
    ...(post.partial === null || isDone(post.result ?? tally.result) ? {} : { partial: post.partial }),
  };
}

/** What there was before the result is nothing beside it; of what has failed it is all that there is. */
function isDone(result: AttemptTally["result"]): boolean {
  return result?.outcome === "success";
}
