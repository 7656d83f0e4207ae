import { limits } from "#contract/limits";
import type { Executor } from "../ports/executor.ts";

/** What a look into the sandbox found: `silent` means that the runner is no more and left no result. */
export type PullVerdict = "ended" | "alive" | "silent" | "gone" | "unavailable";

export interface PullRequest {
  executor: Pick<Executor, "readJournal">;
  sandboxId: string;
  offset: () => number;
  take: (offset: number, body: Uint8Array) => void;
  ended: () => boolean;
}

const RUN_BEGUN = '"phase":"run"';

/**
 * A look that found no runner is made once more, because it may have come between the runner's last line and its end, or
 * found nothing for want of anything: an attempt is over only when both say so. `runner_ended`: the sandbox lives on and
 * the script had begun, so the script, or the kernel for want of memory, has ended the program that watches over it.
 */
export async function lookAgain(request: PullRequest): Promise<PullVerdict | "runner_ended"> {
  const second = await pullJournal(request);
  if (second !== "silent") return second;
  const start = await request.executor.readJournal(request.sandboxId, 0, limits.journal_post_bytes.value);
  if (start.kind !== "read") return start.kind;
  return new TextDecoder().decode(start.bytes).includes(RUN_BEGUN) ? "runner_ended" : "silent";
}

/** Fetches what the runner could not post, part by part, until the journal's end or its result. */
export async function pullJournal(request: PullRequest): Promise<PullVerdict> {
  const most = limits.journal_post_bytes.value;
  for (;;) {
    const offset = request.offset();
    const read = await request.executor.readJournal(request.sandboxId, offset, most);
    if (request.ended()) return "ended";
    if (read.kind !== "read") return read.kind;
    request.take(offset, read.bytes);
    if (request.ended()) return "ended";
    const stuck = request.offset() === offset;
    if (read.bytes.byteLength < most || stuck) return read.runnerAlive ? "alive" : "silent";
  }
}
