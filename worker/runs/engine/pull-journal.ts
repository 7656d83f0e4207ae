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
 * True when the runner is gone from a sandbox that lives on and its script had begun: then the script, or the kernel for
 * want of memory, has ended it. Asks twice, because the first look may have come between the runner's last line and its end.
 */
export async function endedItsRunner(request: PullRequest): Promise<boolean> {
  if ((await pullJournal(request)) !== "silent") return false;
  const start = await request.executor.readJournal(request.sandboxId, 0, limits.journal_post_bytes.value);
  return start.kind === "read" && new TextDecoder().decode(start.bytes).includes(RUN_BEGUN);
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
