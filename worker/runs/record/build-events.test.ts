import { expect, it } from "vitest";
import type { ArtifactId } from "#contract/ids";
import { limits } from "#contract/limits";
import type { JournalEntry } from "#contract/runner/runner";
import { buildEvents } from "./build-events.ts";
import type { IntakePlace } from "./build-events.ts";
import { numberedId } from "../../../test/support/numbered-id.ts";

const now = Date.parse("2026-03-02T09:00:00Z");
const place: IntakePlace = {
  run_id: numberedId("run", 1),
  seq: 7,
  taken_bytes: 0,
  part_bytes: 0,
  artifacts: [],
  now,
  newArtifactId: () => "art_1" as ArtifactId,
};
const file = (path: string, size = 1): JournalEntry => ({
  type: "file",
  at: now,
  kind: "artifact",
  name: path,
  path,
  media_type: "text/plain",
  size_bytes: size,
  sha256: "0".repeat(64),
});

it("events are numbered from where the record stands", () => {
  const built = buildEvents([file("a"), file("b")], place);
  expect(built.events.map((event) => event.seq)).toEqual([8, 9]);
});

it("a file that could harm where it is saved is not taken, and the log says why", () => {
  for (const path of ["../x", "a\\b", "x".repeat(513), "a\u009Bb", ".GIT/config", "a\u202Eb", "run.py:x"]) {
    const { artifacts, events } = buildEvents([file(path)], place);
    expect(artifacts, path).toEqual([]);
    expect(events[0], path).toMatchObject({ type: "log", stream: "system", level: "warning" });
  }
  const [event] = buildEvents([file("../x")], place).events;
  expect(event).toMatchObject({
    message: 'The file "../x" was not kept: its path leads out of the folder (..).',
  });
  const good = ["out/a.csv", "ä ö.txt", "a..b", ".hidden"];
  expect(
    buildEvents(
      good.map((path) => file(path)),
      place,
    ).artifacts.map(({ path }) => path),
  ).toEqual(good);
});

it("a time from a sandbox whose clock was turned is replaced by ours", () => {
  const entry: JournalEntry = { type: "log", at: 8.64e15 + 1, stream: "stdout", level: "info", text: "x" };
  expect(buildEvents([entry], place).events[0]?.timestamp).toBe("2026-03-02T09:00:00.000Z");
});

it("a media type that is no media type does not reach a header", () => {
  const entry = { ...file("a"), media_type: "text/html\r\nset-cookie: x" } as JournalEntry;
  expect(buildEvents([entry], place).artifacts[0]?.type).toBe("application/octet-stream");
});

it("files beyond the number or the size a run may leave are not taken", () => {
  const many = Array.from({ length: limits.artifacts_per_run.value + 5 }, (_, i) => file(`f${i}`));
  expect(buildEvents(many, place).artifacts).toHaveLength(limits.artifacts_per_run.value);
  expect(buildEvents([file("big", limits.artifacts_total_bytes.value + 1)], place).artifacts).toEqual([]);
});

it("nothing counts after the result", () => {
  const result: JournalEntry = {
    type: "result",
    at: now,
    outcome: "success",
    error_code: null,
    error: null,
    error_raw: null,
    exit_code: 0,
    outputs: {},
    usage: { wall_ms: 1, cpu_ms: 1, max_memory_bytes: 1, log_bytes: 0 },
  };
  expect(buildEvents([result, file("late")], place)).toMatchObject({ artifacts: [], result });
});
