import * as z from "zod";

/** The files of a version that is gone: its bundle, unless others share it, and the dependencies that were installed for it. */
const bundleDutySchema = z.object({
  kind: z.literal("bundle"),
  worker_id: z.string(),
  digest: z.string(),
});

/** The content of an upload whose row is gone. */
const uploadDutySchema = z.object({ kind: z.literal("upload"), sha256: z.string() });

/**
 * A worker that is gone, in the order in which its things go: runs that wait are stopped and those under way waited for,
 * the record of its runs goes if it is to go, then its object, then its files.
 */
const workerDutySchema = z.object({
  kind: z.literal("worker"),
  worker_id: z.string(),
  worker_name: z.string(),
  /** Of its bundles. */
  digests: z.array(z.string()),
  /** The record of its runs goes as well. */
  purge: z.boolean(),
  /** When its deletion was asked for, epoch milliseconds. */
  since: z.number(),
  stage: z.enum(["find", "stop", "runs", "object", "files"]),
  /** Its runs that have not ended, as far as they are known. */
  open: z.array(z.string()),
  /** Below which run the deletion of its runs goes on; null at the newest. */
  below: z.string().nullable(),
  /** Runs that could not be deleted yet since it was there last. */
  left: z.int(),
});

/**
 * A workspace that is gone, in the order in which its things go: its workers with their runs, runs of workers that went
 * before, files, its own rows, and last what its housekeeper remembers.
 */
const workspaceDutySchema = z.object({
  kind: z.literal("workspace"),
  /** When its deletion was asked for, epoch milliseconds. */
  since: z.number(),
  stage: z.enum(["announced", "workers", "runs", "files", "rows", "house"]),
  /** Below which run the deletion of runs goes on; null at the newest. */
  below: z.string().nullable(),
  /** Runs that could not be deleted yet since it was there last. */
  left: z.int(),
});

/** Something that was begun and must come to its end, whatever happens in between. */
export const dutySchema = z.discriminatedUnion("kind", [
  bundleDutySchema,
  uploadDutySchema,
  workerDutySchema,
  workspaceDutySchema,
]);
export type Duty = z.infer<typeof dutySchema>;
export type DutyOf<Kind extends Duty["kind"]> = Extract<Duty, { kind: Kind }>;

/** What came of a try: nothing is left to do, nor of the whole workspace (`gone`), or it goes on after `afterMs`. */
export type DutyOutcome = "done" | "gone" | { next: Duty; afterMs: number };

/** What a duty is known by: the same thing to be deleted twice is one duty. */
export function dutyKey(duty: Duty): string {
  switch (duty.kind) {
    case "bundle":
      return `bundle:${duty.worker_id}:${duty.digest}`;
    case "upload":
      return `upload:${duty.sha256}`;
    case "worker":
      return `worker:${duty.worker_id}`;
    case "workspace":
      return "workspace";
  }
}

/** The duty that begins when a worker is deleted. */
export function beginWorkerDuty(
  worker: Pick<DutyOf<"worker">, "worker_id" | "worker_name" | "digests" | "purge" | "since">,
): DutyOf<"worker"> {
  return { kind: "worker", ...worker, stage: "find", open: [], below: null, left: 0 };
}

/** The duty that begins when a workspace is deleted. */
export function beginWorkspaceDuty(since: number): DutyOf<"workspace"> {
  return { kind: "workspace", since, stage: "announced", below: null, left: 0 };
}
