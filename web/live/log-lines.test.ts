import { expect, test } from "vitest";
import { appendLog, emptyLog, MAX_SHOWN_LINES } from "./log-lines.ts";

const logEvent = (message: string) => ({
  type: "log" as const,
  seq: 1,
  timestamp: "2026-01-01T00:00:00.000Z",
  level: "info" as const,
  stream: "stdout" as const,
  message,
});

test("an event with several lines becomes several lines with keys of their own", () => {
  const log = appendLog(appendLog(emptyLog, [logEvent("a\nb")]), [logEvent("c")]);
  expect(log.lines.map(({ key, text }) => [key, text])).toEqual([
    [0, "a"],
    [1, "b"],
    [2, "c"],
  ]);
});

test("beyond the limit the oldest lines are let go and counted, and keys go on", () => {
  const full = appendLog(emptyLog, [logEvent(Array(MAX_SHOWN_LINES).fill("x").join("\n"))]);
  const log = appendLog(full, [logEvent("y\nz")]);
  expect(log.lines).toHaveLength(MAX_SHOWN_LINES);
  expect(log.dropped).toBe(2);
  expect(log.lines.at(-1)).toMatchObject({ key: MAX_SHOWN_LINES + 1, text: "z" });
  expect(log.lines.at(0)?.key).toBe(2);
});
