import { expect, test } from "vitest";
import { runEventSchema } from "./run-event.ts";
import type { RunEvent } from "./run-event.ts";
import { emptyRunView, reduceRunView } from "./run-view.ts";

const timestamp = "2026-01-01T00:00:00.000Z";
const artifact = (sha256: string) => ({
  id: "art_01jabcdefghjkmnpqrstvwxyz0",
  run_id: "run_01jabcdefghjkmnpqrstvwxyz0",
  name: "chart",
  type: "image/svg+xml",
  kind: "artifact",
  path: "chart.svg",
  relative_path: "chart.svg",
  size_bytes: 3,
  sha256,
  created_at: timestamp,
});

const EVENTS: RunEvent[] = [
  { seq: 1, type: "status", status: "running", why_waiting: "A sandbox is being started." },
  { seq: 2, type: "log", level: "info", stream: "stdout", message: "a\nb" },
  { seq: 4, type: "progress", percent: 50, message: "half" },
  { seq: 5, type: "artifact", artifact: artifact("1") },
  { seq: 6, type: "artifact", artifact: artifact("2") },
  { seq: 7, type: "status", status: "completed", completed_at: timestamp, duration_ms: 12 },
  { seq: 8, type: "close", status: "completed" },
].map((event) =>
  runEventSchema.parse({
    timestamp,
    ...(event.type === "status" && {
      run_id: "run_01jabcdefghjkmnpqrstvwxyz0",
      attempt: 1,
      why_waiting: null,
      error: null,
      failure: null,
      completed_at: null,
      duration_ms: null,
    }),
    ...event,
  }),
);

test("the events of a run add up to what a reader shows", () => {
  const view = EVENTS.reduce(reduceRunView, emptyRunView);
  expect(view).toMatchObject({
    status: "completed",
    attempt: 1,
    why_waiting: null,
    duration_ms: 12,
    progress: { percent: 50, message: "half" },
    last_seq: 8,
    closed: true,
  });
  expect(view.artifacts.map(({ sha256 }) => sha256)).toEqual(["2"]);
});

test("a stream that is read again from anywhere changes nothing", () => {
  const view = EVENTS.reduce(reduceRunView, emptyRunView);
  for (const event of EVENTS) expect(reduceRunView(view, event)).toBe(view);
});
