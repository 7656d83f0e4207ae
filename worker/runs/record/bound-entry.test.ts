import { expect, it } from "vitest";
import { limits } from "#contract/limits";
import type { JournalEntry } from "#contract/runner/runner";
import { boundEntry } from "./bound-entry.ts";

const file = {
  type: "file",
  at: 1,
  kind: "output",
  name: "a",
  path: "a.txt",
  media_type: "text/plain",
  size_bytes: 1,
  sha256: "0".repeat(64),
} as const satisfies JournalEntry;

const mediaTypeOf = (media_type: string) => {
  const bound = boundEntry({ ...file, media_type });
  return bound.type === "file" ? bound.media_type : bound.type;
};

it.each([
  "text/plain",
  "a/b",
  "image/svg+xml",
  "application/vnd.ms-excel",
  "application/x_y-1.0",
  "text/csv; charset=utf-8",
  "text/csv;header=present",
  "text/csv;",
  `a/${"b".repeat(126)}`,
])("a file is served as what it is said to be: %s", (mediaType) => {
  expect(mediaTypeOf(mediaType)).toBe(mediaType);
});

it.each([
  "",
  "text",
  "text/",
  "/plain",
  "text/html\r\nSet-Cookie: a=b",
  "text/html; a\r\nSet-Cookie: a=b",
  "text/html, text/plain",
  " text/plain",
  "text/ plain",
  "x text/plain",
  "text/plain charset",
  "text/plain; name=ä",
  'text/plain; name="a"',
  `a/${"b".repeat(127)}`,
])("a file that is said to be what no header may say is served as bytes: %j", (mediaType) => {
  expect(mediaTypeOf(mediaType)).toBe("application/octet-stream");
});

it("a file that cannot be kept becomes a line of the log, with its path and the reason", () => {
  const told = (change: object) => boundEntry({ ...file, ...change });
  expect(told({ path: "../x" })).toEqual({
    type: "log",
    at: 1,
    stream: "system",
    level: "warning",
    text: expect.stringMatching(/^The file "\.\.\/x" was not kept: its path .+\.$/),
  });
  expect(told({ sha256: "none" })).toMatchObject({
    text: 'The file "a.txt" was not kept: what it holds is not named.',
  });
  const long = `../${"x".repeat(1000)}`;
  expect(told({ path: long })).toHaveProperty("text", expect.stringContaining(`"${long.slice(0, 200)}"`));
});

it("progress may say nothing, and what it says has its bound", () => {
  const progress = (message: string | null) => boundEntry({ type: "progress", at: 1, percent: 50, message });
  expect(progress(null)).toEqual({ type: "progress", at: 1, percent: 50, message: null });
  const most = "x".repeat(limits.progress_characters.value);
  expect(progress(most)).toMatchObject({ message: most });
  expect(progress(`${most}y`)).toMatchObject({ message: most });
});

it("of a failure the beginning of its sentence is kept and the end of its trace, and nothing where there is none", () => {
  const result = (error: string | null, error_raw: string | null) =>
    boundEntry({
      type: "result",
      at: 1,
      outcome: "failure",
      error_code: null,
      error,
      error_raw,
      exit_code: 1,
      outputs: null,
      usage: { wall_ms: 1, cpu_ms: 1, max_memory_bytes: 1, log_bytes: 0 },
    });
  expect(result(null, null)).toMatchObject({ error: null, error_raw: null });
  const most = limits.error_characters.value;
  expect(result(`${"e".repeat(most)}END`, `START${"t".repeat(4096)}`)).toMatchObject({
    error: "e".repeat(most),
    error_raw: "t".repeat(4096),
  });
});
