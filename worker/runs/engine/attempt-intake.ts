import { isAgentPart } from "#contract/agents/agent-part";
import { limits } from "#contract/limits";
import type { JournalAnswer, JournalEntry } from "#contract/runner/runner";
import { extendTally } from "../record/attempt-tally.ts";
import { buildEvents, splitEvents } from "../record/build-events.ts";
import { readEvents } from "../record/read-record.ts";
import { buildRefusal, parseEntry, takeBytes } from "../record/take-bytes.ts";
import { needsNoPlace } from "../lifecycle/run-status.ts";
import type { BuildNews, JournalPost } from "../record/run-api.ts";
import { edgeProgramOf } from "../spec/edge-program.ts";
import type { RunSpec } from "../spec/run-spec.ts";
import { chosenLaunch } from "./own-sandbox.ts";
import { lastSeq } from "./run-handle.ts";
import type { AcceptedRun, LaunchTry, RunHandle } from "./run-handle.ts";

const WATCHED_FLUSH_MS = 100;
const UNWATCHED_FLUSH_MS = 2000;
const HEARTBEAT_MS = 10_000;
/** So many events are looked at for how the log ended, by an object that came back. */
const LAST_TOLD = 20;
const RUNNER_ENDED =
  "The program that watches over the script was ended while the script ran: by the script itself (pkill, kill -9 -1), or because it used more memory than there is.";

/** Takes a part of the journal, whichever road it came by, and answers what the runner should do next. */
export function takeJournal(run: RunHandle, post: JournalPost): JournalAnswer {
  if (!takesEntries(run, post)) {
    const sent = Math.min(post.offset + post.body.byteLength, Number.MAX_SAFE_INTEGER);
    return buildAnswer(run, sent, true);
  }
  run.lastPostAt = run.deps.clock();
  run.onHeard(post.attempt);
  const taken = takeBytes(run.tally.offset, post.offset, post.body);
  if (taken.next_offset > run.tally.offset) {
    const { record, deps } = run;
    const lastTold = () =>
      readEvents({ record, storage: deps.storage }, Math.max(0, lastSeq(run) - LAST_TOLD), LAST_TOLD)
        ?.events ?? [];
    const told = believed(record.spec, parseEntries(taken.lines));
    const entries = run.masking.entries(record.spec, told, lastTold);
    append(run, { launch: post.launch, entries, nextOffset: taken.next_offset });
  }
  if (post.live && run.deps.watchers() > 0) run.deps.show(run.masking.live(run.record.spec, post.live));
  const { result } = run.tally;
  if (result) run.deps.waitUntil(run.dispatch({ type: "reported", attempt: post.attempt, result }));
  return buildAnswer(run, run.tally.offset, false);
}

/**
 * Ends an attempt whose script ended the program that watches over it. It is the script's failure and told once: a new
 * attempt would do all that the script does to others once more, and meet the same end.
 */
export async function reportEndedRunner(run: AcceptedRun, from: LaunchTry): Promise<void> {
  if (!takesEntries(run, from)) return;
  const entries = [buildRefusal("execution_error", RUNNER_ENDED)];
  append(run, { launch: from.launch, entries, nextOffset: run.tally.offset });
  const { result } = run.tally;
  if (result) await run.dispatch({ type: "reported", attempt: from.attempt, result });
}

/**
 * Whether who holds the token of a launch may still be the script of the current attempt: a run has one at a time, and once
 * its sandbox is known no other one counts.
 */
export function isHeard(run: RunHandle, { attempt, launch }: LaunchTry): boolean {
  if (run.record?.state.attempt !== attempt) return false;
  return (chosenLaunch(run) ?? launch) === launch;
}

/**
 * Whether an upload from there is still part of what the run leaves. Once there is a result, what people are asked and
 * what is served stands on the record: nothing that comes later belongs to it.
 */
export function judgeUpload(run: RunHandle, from: LaunchTry): "granted" | "stale" | "ended" {
  const { record, tally } = run;
  if (!record || needsNoPlace(record.state)) return "ended";
  if (!isHeard(run, from)) return "stale";
  return tally.result === null ? "granted" : "ended";
}

/**
 * Takes what a build of dependencies that the attempt waits for has written down: its lines become part of the run's log,
 * and its failure is the attempt's, as if it had been installed there.
 */
export async function takeBuild(run: RunHandle, { attempt, lines }: BuildNews): Promise<void> {
  // What is built is of no sandbox of the run's: nothing is started before it is there.
  if (!takesEntries(run, { attempt, launch: null }) || run.record.state.phase !== "launching") return;
  // A build is given no secrets, so that nothing of it needs to be masked.
  if (lines.length > 0)
    append(run, { launch: null, entries: parseEntries(lines), nextOffset: run.tally.offset });
  const { result } = run.tally;
  return run.dispatch(result ? { type: "reported", attempt, result } : { type: "built", attempt });
}

/** Only the current attempt is heard, from one sandbox alone, and only until it has reported a result. */
function takesEntries(
  run: RunHandle,
  { attempt, launch }: { attempt: number; launch: number | null },
): run is AcceptedRun {
  const state = run.record?.state;
  if (state?.attempt !== attempt || run.tally.result !== null) return false;
  if (launch !== null && !isHeard(run, { attempt, launch })) return false;
  if (state.phase === "held") return state.hold?.in_place !== undefined;
  return state.phase === "running" || state.phase === "launching";
}

/** What models have said and cost is the edge's to say: a journal that lies in a script's reach says nothing of it. */
function believed(spec: RunSpec, entries: JournalEntry[]): JournalEntry[] {
  if (edgeProgramOf(spec) !== null) return entries;
  return entries.flatMap((entry): JournalEntry[] => {
    if (isAgentPart(entry) || entry.type === "stages") return [];
    if (entry.type !== "result") return [entry];
    const { model_usd: _claimed, model_tokens: _said, ...usage } = entry.usage;
    return [{ ...entry, usage }];
  });
}

function parseEntries(lines: readonly string[]): JournalEntry[] {
  return lines.flatMap((line) => parseEntry(line) ?? []);
}

interface FreshEntries {
  /** Of whose sandbox they are; null for those of no sandbox of the run's. */
  launch: number | null;
  entries: readonly JournalEntry[];
  nextOffset: number;
}

/** The first entries that are taken from a sandbox bind the attempt to it, in the same write. */
function append(run: AcceptedRun, { launch, entries, nextOffset }: FreshEntries): void {
  const { record, tally, deps } = run;
  const seq = lastSeq(run);
  const built = buildEvents(entries, {
    run_id: record.spec.run_id,
    seq,
    taken_bytes: tally.bytes,
    part_bytes: nextOffset - tally.offset,
    artifacts: tally.artifacts,
    contextFiles: tally.context_files ?? [],
    partial: tally.partial ?? null,
    now: deps.clock(),
    newArtifactId: deps.newArtifactId,
  });
  // Of a journal that is full nothing is written but what is kept of it: where it stands may then be forgotten.
  const isLeftOut = tally.bytes > limits.journal_bytes.value && built.events.length === 0 && !built.result;
  const { attempt } = record.state;
  const parts = splitEvents(built.events, {
    result: built.result,
    artifacts: built.artifacts,
    context_files: built.contextFiles,
    partial: built.partial,
  });
  // A part without events still moves the offset; it takes a number so that parts keep distinct keys.
  const numbered = parts.at(-1)?.length === 0 ? 1 : 0;
  run.tally = extendTally(tally, {
    ...built,
    launch,
    seq_to: (built.events.at(-1)?.seq ?? seq) + numbered,
    end_offset: nextOffset,
    taken_at: deps.clock(),
  });
  for (const [index, events] of parts.entries()) {
    const seqFrom = events.at(0)?.seq ?? run.tally.last_seq;
    const part = { attempt, seq_from: seqFrom, seq_to: events.at(-1)?.seq ?? seqFrom, events };
    // All parts of a post are written at once or not at all; what is known is read from the last one.
    if (!isLeftOut) deps.storage.append(part, index === parts.length - 1 ? run.tally : tally);
    if (events.length > 0) deps.broadcast(events);
  }
}

function buildAnswer({ deps }: RunHandle, nextOffset: number, stop: boolean): JournalAnswer {
  const flushMs = deps.watchers() > 0 ? WATCHED_FLUSH_MS : UNWATCHED_FLUSH_MS;
  return { next_offset: nextOffset, flush_ms: flushMs, heartbeat_ms: HEARTBEAT_MS, stop };
}
