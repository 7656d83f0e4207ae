import { expect, test } from "vitest";
import { formatAgo, formatBytes, formatDuration } from "./format.ts";

const NOW = Date.parse("2026-03-02T12:00:00Z");

test.each([
  ["2026-03-02T11:59:30Z", "just now"],
  ["2026-03-02T12:00:05Z", "just now"],
  ["2026-03-02T11:57:00Z", "3 minutes ago"],
  ["2026-03-02T10:00:00Z", "2 hours ago"],
  ["2026-03-01T11:00:00Z", "yesterday"],
])("%s is said as %s", (iso, words) => {
  expect(formatAgo(iso, NOW)).toBe(words);
});

test.each([
  [0, "0.0 s"],
  [450, "0.5 s"],
  [12_400, "12 s"],
  [59_900, "1 min 0 s"],
  [185_000, "3 min 5 s"],
])("%i milliseconds are said as %s", (ms, words) => {
  expect(formatDuration(ms)).toBe(words);
});

test.each([
  [812, "812 B"],
  [4200, "4.1 KiB"],
  [2_097_152, "2.0 MiB"],
])("%i bytes are said as %s", (bytes, words) => {
  expect(formatBytes(bytes)).toBe(words);
});
