import * as z from "zod";
import { runEventSchema } from "#contract/runs/run-event";
import type { RunEvent } from "#contract/runs/run-event";
import { defineUnmarked } from "../../platform/objects/stored-document.ts";
import type { Files } from "../../platform/files.ts";
import type { RunStorage, RunRecord } from "./run-storage.ts";

/** Journals larger than this are let go of once they are archived; smaller ones are cheaper to keep than to delete. */
const KEEP_BYTES = 256 * 1024;

function allEvents(storage: RunStorage): RunEvent[] {
  const events: RunEvent[] = [];
  for (let more = true; more;) {
    const page = storage.eventsAfter(events.at(-1)?.seq ?? 0, Number.MAX_SAFE_INTEGER);
    events.push(...page.events);
    more = page.more;
  }
  return events;
}

/** An ended run's record as ndjson in R2: one event a line, in order. Repeatable. */
export async function archiveRun(run: {
  storage: RunStorage;
  files: Files;
  record: RunRecord;
}): Promise<void> {
  const { storage, files, record } = run;
  if (record.archived) return;
  const all = [...allEvents(storage), ...record.milestones].sort((a, b) => a.seq - b.seq);
  const ndjson = all.map((event) => `${JSON.stringify(event)}\n`).join("");
  await files.putRunEvents(record.spec.run_id, ndjson);
  if (ndjson.length <= KEEP_BYTES) return;
  storage.dropEvents();
  record.archived = true;
  storage.save(record);
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
