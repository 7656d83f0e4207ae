import { describe, expect, it } from "vitest";
import { applyRunEvents, emptyRunScreen } from "./run-screen.ts";
import type { RunEvent } from "./run-event.ts";
import { buildFailure } from "./run-failure.ts";
import { artifactSchema } from "./run.ts";

const timestamp = "2026-01-01T00:00:00.000Z";

function log(seq: number, message: string): RunEvent {
  return { seq, timestamp, type: "log", level: "info", stream: "stdout", message };
}

function status(seq: number, change: Partial<Extract<RunEvent, { type: "status" }>>): RunEvent {
  return {
    seq,
    timestamp,
    type: "status",
    run_id: "run_1",
    status: "running",
    attempt: 1,
    why_waiting: null,
    error: null,
    failure: null,
    completed_at: null,
    duration_ms: null,
    ...change,
  };
}

function artifact(path: string, sizeBytes: number) {
  return artifactSchema.parse({
    id: "art_00000000000000000000000000",
    run_id: "run_00000000000000000000000000",
    name: path,
    type: "text/plain",
    kind: "artifact",
    path,
    relative_path: path,
    size_bytes: sizeBytes,
    sha256: "0".repeat(64),
    created_at: timestamp,
  });
}

describe("applyRunEvents", () => {
  it("splits a log event into its lines, empty ones included", () => {
    const view = applyRunEvents(emptyRunScreen, [log(1, "one\n\ntwo")]);
    expect(view.lines.map((line) => line.message)).toEqual(["one", "", "two"]);
  });

  it("takes an event once, however often it comes", () => {
    const events = [log(1, "one"), log(2, "two")];
    const once = applyRunEvents(emptyRunScreen, events);
    expect(applyRunEvents(once, events)).toEqual(once);
    expect(applyRunEvents(once, [...events, log(3, "three")]).lines).toHaveLength(3);
  });

  it("counts what may be about a call of a tool, once, and nothing that a script prints", () => {
    const told: RunEvent[] = [log(1, "one"), { ...log(2, "calls"), stream: "system" } as RunEvent];
    const view = applyRunEvents(applyRunEvents(emptyRunScreen, told), told);
    expect(view.toolNews).toBe(1);
  });

  it("gives the same view for one batch as for one event at a time", () => {
    const events = [
      status(1, { status: "queued", why_waiting: "Waits for a free place." }),
      status(2, {}),
      log(3, "a\nb"),
      { seq: 4, timestamp, type: "progress", percent: 10, message: "a tenth" } satisfies RunEvent,
      log(9, "c"),
      status(11, { status: "completed", completed_at: timestamp, duration_ms: 12 }),
      { seq: 12, timestamp, type: "close", status: "completed" } satisfies RunEvent,
    ];
    const stepwise = events.reduce((view, event) => applyRunEvents(view, [event]), emptyRunScreen);
    expect(stepwise).toEqual(applyRunEvents(emptyRunScreen, events));
    expect(stepwise).toMatchObject({ status: "completed", isClosed: true, lastSeq: 12, durationMs: 12 });
  });

  it("lets the oldest lines go above the number it may keep, and counts them", () => {
    const view = applyRunEvents(emptyRunScreen, [log(1, "1\n2\n3"), log(2, "4\n5")], { keepLines: 2 });
    expect(view.lines.map((line) => line.message)).toEqual(["4", "5"]);
    expect(view.droppedLines).toBe(3);
  });

  it("forgets the progress of a lost attempt when the next one begins", () => {
    const before = applyRunEvents(emptyRunScreen, [
      status(1, {}),
      { seq: 2, timestamp, type: "progress", percent: 90, message: null },
    ]);
    expect(applyRunEvents(before, [status(3, { attempt: 2 })]).progress).toBeNull();
    expect(applyRunEvents(before, [status(3, { attempt: 1 })]).progress?.percent).toBe(90);
  });

  it("keeps the newest file of each path", () => {
    const view = applyRunEvents(emptyRunScreen, [
      { seq: 1, timestamp, type: "artifact", artifact: artifact("out/a.txt", 1) },
      { seq: 2, timestamp, type: "artifact", artifact: artifact("out/b.txt", 2) },
      { seq: 3, timestamp, type: "artifact", artifact: artifact("out/a.txt", 3) },
    ]);
    expect(view.artifacts.map(({ path, size_bytes: size }) => [path, size])).toEqual([
      ["out/b.txt", 2],
      ["out/a.txt", 3],
    ]);
  });

  it("shows the failure of a failed run and no reason to wait", () => {
    const failure = buildFailure("timeout");
    const view = applyRunEvents(emptyRunScreen, [
      status(1, { status: "failed", failure, error: failure.message, why_waiting: "stale" }),
    ]);
    expect(view).toMatchObject({ status: "failed", failure, whyWaiting: null });
  });
});
