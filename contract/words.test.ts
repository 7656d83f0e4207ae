import { expect, test } from "vitest";
import { beginSentence, formatAgo, formatBytes, formatCount, formatDuration } from "./words.ts";

const NOW = Date.parse("2026-03-01T00:00:00Z");

test.each([
  ["2026-02-28T23:59:30Z", "just now"],
  ["2026-03-01T00:00:05Z", "just now"],
  ["2026-02-28T23:55:00Z", "5 min ago"],
  ["2026-02-28T23:00:00Z", "1 h ago"],
  ["2026-02-27T23:00:00Z", "1 day ago"],
  ["2026-02-20T00:00:00Z", "9 days ago"],
  ["2025-12-24T00:00:00Z", "2025-12-24"],
])("%s is said as %s", (iso, words) => {
  expect(formatAgo(iso, NOW)).toBe(words);
});

test.each([
  [0, "0 ms"],
  [999, "999 ms"],
  [1000, "1.0 s"],
  [59_999, "59.9 s"],
  [60_000, "1 min 0 s"],
  [3_660_000, "1 h 1 min"],
])("%i milliseconds are said as %s", (ms, words) => {
  expect(formatDuration(ms)).toBe(words);
});

test.each([
  [0, "0 B"],
  [1023, "1023 B"],
  [1536, "1.5 KiB"],
  [5 * 1024 * 1024, "5 MiB"],
])("%i bytes are said as %s", (bytes, words) => {
  expect(formatBytes(bytes)).toBe(words);
});

test("counts and sentences are said as people do", () => {
  expect([formatCount(1, "file"), formatCount(20_000, "line")]).toEqual(["1 file", "20,000 lines"]);
  expect(beginSentence("it came")).toBe("It came");
});
