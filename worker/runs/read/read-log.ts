import type { LogLine } from "#contract/runs/run";
import { linesOf } from "#contract/runs/run-event";
import type { RunEvent } from "#contract/runs/run-event";
import type { Files } from "../../platform/files.ts";
import { parseArchive } from "../record/archive.ts";
import type { RunObjectStub } from "../record/run-api.ts";

export interface ReadLogDeps {
  runObject: (runId: string) => RunObjectStub;
  files: Files;
}

const TAIL_LINES = 200;
const severity = { debug: 0, info: 1, warning: 2, error: 3, critical: 4 } as const;

/** Events after `after`, from the run's object or from the archive. `next` is null at the end of what is there. */
export async function readEvents(
  deps: ReadLogDeps,
  request: { runId: string; after: number; limit: number },
): Promise<{ events: RunEvent[]; next: number | null }> {
  const page = await deps.runObject(request.runId).readEvents(request.after, request.limit);
  if (!page) return { events: [], next: null };
  if (!page.archived) return { events: page.events, next: page.next_after };
  const stored = await deps.files.getRunEvents(request.runId);
  const events = stored ? parseArchive(await stored.text(), request.after) : [];
  return { events, next: null };
}

/** A page of log lines at least as severe as `level`; whole events, so a page may be a little longer than `limit`. */
export async function readLog(
  deps: ReadLogDeps,
  request: { runId: string; after: number; limit: number; level: LogLine["level"] | undefined },
): Promise<{ logs: LogLine[]; next_after: number | null }> {
  const { events, next } = await readEvents(deps, request);
  const least = severity[request.level ?? "debug"];
  const logs: LogLine[] = [];
  for (const [index, event] of events.entries()) {
    logs.push(...linesOf(event).filter((line) => severity[line.level] >= least));
    if (logs.length >= request.limit && index < events.length - 1) return { logs, next_after: event.seq };
  }
  return { logs, next_after: next };
}

/** The last lines among some events. */
export function lastLines(events: readonly RunEvent[]): LogLine[] {
  return events.flatMap(linesOf).slice(-TAIL_LINES);
}
