import type { RunEvent } from "#contract/run-event";

/** One line on the screen. `key` is unique in a log and grows. */
export interface ShownLine {
  key: number;
  stream: "stdout" | "stderr" | "system";
  level: string;
  text: string;
}

/** The end of a run's log that is kept in the page, and how many lines before it were let go. */
export interface LogLines {
  lines: readonly ShownLine[];
  dropped: number;
}

/** More than this is kept on the server only; the page offers the whole log as a download. */
export const MAX_SHOWN_LINES = 20_000;

export const emptyLog: LogLines = { lines: [], dropped: 0 };

type LogEvent = Extract<RunEvent, { type: "log" }>;

/** Adds the lines of `events` at the end and lets go of the oldest beyond the limit. */
export function appendLog(log: LogLines, events: readonly LogEvent[]): LogLines {
  if (events.length === 0) return log;
  let key = log.dropped + log.lines.length;
  const added = events.flatMap(({ stream, level, message }) =>
    message.split("\n").map((text) => ({ key: key++, stream, level, text })),
  );
  const all = [...log.lines, ...added];
  const excess = Math.max(0, all.length - MAX_SHOWN_LINES);
  return { lines: excess === 0 ? all : all.slice(excess), dropped: log.dropped + excess };
}
