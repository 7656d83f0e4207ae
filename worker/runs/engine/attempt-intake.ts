import type { JournalAnswer, JournalEntry } from "#contract/runner/runner";
import { extendTally } from "../record/attempt-tally.ts";
import { buildEvents } from "../record/build-events.ts";
import { buildRefusal, packEntries, parseEntry, takeBytes } from "../record/take-bytes.ts";
import { lastSeq } from "./run-handle.ts";
import type { AcceptedRun, RunHandle } from "./run-handle.ts";

/** A part of the runner's journal: the bytes from `offset` on. */
export interface JournalPost {
  attempt: number;
  offset: number;
  body: Uint8Array;
}

const WATCHED_FLUSH_MS = 100;
const UNWATCHED_FLUSH_MS = 2000;
const HEARTBEAT_MS = 10_000;
const RUNNER_ENDED =
  "The program that watches over the script was ended while the script ran: by the script itself (pkill, kill -9 -1), or because it used more memory than there is.";

/** Takes a part of the journal, whichever road it came by, and answers what the runner should do next. */
export function takeJournal(run: RunHandle, post: JournalPost): JournalAnswer {
  if (!takesEntries(run, post.attempt)) return buildAnswer(run, post.offset + post.body.byteLength, true);
  run.lastPostAt = run.deps.clock();
  const taken = takeBytes(run.tally.offset, post.offset, post.body);
  if (taken.lines.length > 0) append(run, taken.lines, taken.next_offset);
  const { result } = run.tally;
  if (result) void run.dispatch({ type: "reported", attempt: post.attempt, result });
  return buildAnswer(run, run.tally.offset, false);
}

/**
 * Ends an attempt whose script ended the program that watches over it. It is the script's failure and told once: a new
 * attempt would do all that the script does to others once more, and meet the same end.
 */
export async function reportEndedRunner(run: AcceptedRun, attempt: number): Promise<void> {
  if (!takesEntries(run, attempt)) return;
  append(run, [JSON.stringify(buildRefusal("execution_error", RUNNER_ENDED))], run.tally.offset);
  const { result } = run.tally;
  if (result) await run.dispatch({ type: "reported", attempt, result });
}

/** Only the current attempt is heard, and only until it has reported a result. */
function takesEntries(run: RunHandle, attempt: number): run is AcceptedRun {
  const state = run.record?.state;
  if (state?.attempt !== attempt || run.tally.result !== null) return false;
  return state.phase === "running" || state.phase === "launching";
}

/** Keeps what the lines say, in as many parts as it takes; `nextOffset` counts once the last of them is kept. */
function append(run: AcceptedRun, lines: readonly string[], nextOffset: number): void {
  const packs = packEntries(lines.flatMap((line) => parseEntry(line) ?? []));
  for (const pack of packs) appendPart(run, pack, pack === packs.at(-1) ? nextOffset : run.tally.offset);
}

function appendPart(run: AcceptedRun, entries: readonly JournalEntry[], nextOffset: number): void {
  const { record, tally, deps } = run;
  const seq = lastSeq(run);
  const built = buildEvents(entries, {
    run_id: record.spec.run_id,
    seq,
    taken_bytes: tally.bytes,
    artifacts: tally.artifacts.length,
    artifact_bytes: tally.artifacts.reduce((sum, artifact) => sum + artifact.size_bytes, 0),
    now: deps.clock(),
    newArtifactId: deps.newArtifactId,
  });
  const part = {
    attempt: record.state.attempt,
    // A part without events still moves the offset; it takes a number so that parts keep distinct keys.
    seq_from: seq + 1,
    seq_to: built.events.at(-1)?.seq ?? seq + 1,
    end_offset: nextOffset,
    ...built,
  };
  const extended = extendTally(tally, part);
  deps.storage.append(part, extended);
  run.tally = extended;
  if (built.events.length > 0) deps.broadcast(built.events);
}

function buildAnswer({ deps }: RunHandle, nextOffset: number, stop: boolean): JournalAnswer {
  const flushMs = deps.watchers() > 0 ? WATCHED_FLUSH_MS : UNWATCHED_FLUSH_MS;
  return { next_offset: nextOffset, flush_ms: flushMs, heartbeat_ms: HEARTBEAT_MS, stop };
}
