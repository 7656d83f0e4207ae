import * as z from "zod";
import { runEventSchema } from "#contract/runs/run-event";
import type { RunEvent } from "#contract/runs/run-event";
import { defineUnmarked } from "../../platform/objects/stored-document.ts";
import type { Files } from "../../platform/files.ts";
import type { RunStorage, RunRecord } from "./run-storage.ts";

/** Journals larger than this are archived and then let go of; smaller ones are cheaper to keep than to write once more. */
const KEEP_BYTES = 256 * 1024;

/** JSON writes one character as six at most. */
const LONGEST_CHARACTER = 6;

/** The record in pieces of whole lines, each about as large as a page of storage: a journal may be larger than a heap. */
function* piecesOf(storage: RunStorage, milestones: readonly RunEvent[]): Generator<string> {
  let own = milestones.toSorted((a, b) => a.seq - b.seq);
  let after = 0;
  for (let more = true; more;) {
    const page = storage.eventsAfter(after, Number.MAX_SAFE_INTEGER);
    ({ more } = page);
    after = page.events.at(-1)?.seq ?? after;
    const upTo = more ? after : Infinity;
    const due = own.filter(({ seq }) => seq <= upTo);
    own = own.filter(({ seq }) => seq > upTo);
    const events = [...page.events, ...due].sort((a, b) => a.seq - b.seq);
    yield events.map((event) => `${JSON.stringify(event)}\n`).join("");
  }
}

/** The first pieces, until they are more than is kept with the run or all there is. */
function takeFirst(pieces: Iterator<string>): { text: string; isAll: boolean } {
  let text = "";
  for (;;) {
    const next = pieces.next();
    if (next.done === true) return { text, isAll: true };
    text += next.value;
    if (text.length > KEEP_BYTES) return { text, isAll: false };
  }
}

/**
 * A large record of an ended run as ndjson in R2: one event a line, in order; a small one stays where it is, and there alone.
 * Repeatable. Never holds more than a piece of it. `bytes`: what its events weigh as they were counted, by which most are
 * known to be small without being read; null where nobody counted them.
 */
export async function archiveRun(run: {
  storage: RunStorage;
  files: Pick<Files, "putRunEvents">;
  record: RunRecord;
  bytes: number | null;
}): Promise<void> {
  const { storage, files, record, bytes } = run;
  if (record.archived) return;
  const own = JSON.stringify(record.milestones).length;
  if (bytes !== null && bytes * LONGEST_CHARACTER + own <= KEEP_BYTES) return;
  const runId = record.spec.run_id;
  const pieces = piecesOf(storage, record.milestones);
  const { text, isAll } = takeFirst(pieces);
  if (isAll) return;
  await files.putRunEvents(runId, (sink) => writePieces(sink, text, pieces));
  storage.dropEvents(record.spec);
  record.archived = true;
  storage.save(record);
}

async function writePieces(
  sink: WritableStream<Uint8Array>,
  first: string,
  rest: Iterable<string>,
): Promise<void> {
  const encoder = new TextEncoder();
  const writer = sink.getWriter();
  await writer.write(encoder.encode(first));
  for (const piece of rest) await writer.write(encoder.encode(piece));
  await writer.close();
}

/** A line of an archive: an event as the API shows it, or one of a kind that only younger code knows. */
const archiveLine = defineUnmarked(
  "line of a run's record",
  z.union([runEventSchema, z.unknown().transform(() => null)]),
);

/** Reads an archived record back, from after `after`. */
export function parseArchive(ndjson: string, after: number): RunEvent[] {
  return ndjson
    .split("\n")
    .filter((line) => line !== "")
    .map((line) => archiveLine.readText(line))
    .filter((event) => event !== null)
    .filter((event) => event.seq > after);
}
