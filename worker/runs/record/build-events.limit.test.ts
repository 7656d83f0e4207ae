import { expect, it } from "vitest";
import type { ArtifactId } from "#contract/ids";
import { limits } from "#contract/limits";
import type { JournalEntry } from "#contract/runner/runner";
import { numberedId } from "../../../test/support/numbered-id.ts";
import { verifies } from "../../../test/verifies.ts";
import { buildEvents } from "./build-events.ts";
import type { BuiltEvents, IntakePlace } from "./build-events.ts";

const most = limits.journal_bytes.value;
const now = Date.parse("2026-03-02T09:00:00Z");
const place: IntakePlace = {
  run_id: numberedId("run", 1),
  seq: 0,
  taken_bytes: 0,
  part_bytes: 0,
  artifacts: [],
  now,
  newArtifactId: () => "art_1" as ArtifactId,
};

const log = (text: string): JournalEntry => ({ type: "log", at: now, stream: "stdout", level: "info", text });
const progress = (message: string): JournalEntry => ({ type: "progress", at: now, percent: 1, message });
const install: JournalEntry = { type: "phase", at: now, phase: "install" };
const file: JournalEntry = {
  type: "file",
  at: now,
  kind: "artifact",
  name: "a",
  path: "a.txt",
  media_type: "text/plain",
  size_bytes: 1,
  sha256: "0".repeat(64),
};
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

/** Posts `entries` again and again, each time as `bytes` of journal, until `posts` were taken. */
function flood(entries: readonly JournalEntry[], { bytes, posts }: { bytes: number; posts: number }) {
  let taken = 0;
  const all: BuiltEvents[] = [];
  for (let post = 0; post < posts; post++) {
    const built = buildEvents(entries, { ...place, taken_bytes: taken, part_bytes: bytes });
    taken = built.bytes;
    all.push(built);
  }
  return { events: all.flatMap(({ events }) => events), taken };
}

const notices = (events: BuiltEvents["events"]) =>
  events.filter((event) => event.type === "log" && event.stream === "system" && event.level === "warning");

it.each([
  ["log lines", log("x".repeat(480_000)), 480_100],
  ["progress", progress("x".repeat(480_000)), 480_100],
  ["phases", { ...install, detail: "x".repeat(480_000) } as JournalEntry, 480_100],
])("%s beyond what a journal may hold are left out, and one line says so", (_, entry, bytes) => {
  verifies("run:limits:journal-counts-all");
  const { events } = flood([entry], { bytes, posts: 200 });
  expect(notices(events)).toHaveLength(1);
  expect(notices(events)[0]).toHaveProperty("message", expect.stringContaining("32 MiB"));
  expect(JSON.stringify(events).length).toBeLessThan(most + 1_000_000);
  expect(events.length).toBeLessThan(200);
});

it("what is no entry at all counts as well", () => {
  verifies("run:limits:journal-counts-all");
  const { events } = flood([], { bytes: 500_000, posts: 200 });
  expect(notices(events)).toHaveLength(1);
  const after = buildEvents([log("x")], { ...place, taken_bytes: most + 1, part_bytes: 10 });
  expect(after.events).toEqual([]);
});

it("many small entries count as what they become, not as the few bytes they came in", () => {
  verifies("run:limits:journal-counts-all");
  const entries = Array.from({ length: 10_000 }, () => install);
  const { events } = flood(entries, { bytes: 10_000 * 42, posts: 60 });
  expect(notices(events)).toHaveLength(1);
  expect(events.reduce((sum, event) => sum + JSON.stringify(event).length, 0)).toBeLessThan(most + 2_000_000);
});

it("posts of a byte or two cost a row each and come to an end, too", () => {
  const { taken } = flood([], { bytes: 2, posts: 100_000 });
  expect(taken).toBeGreaterThan(most);
});

it("files and the end are taken however much came before them", () => {
  const built = buildEvents([log("x"), progress("x"), file, result], { ...place, taken_bytes: most + 1 });
  expect(built.artifacts).toHaveLength(1);
  expect(built.result).toEqual(result);
  expect(built.events.map(({ type }) => type)).toEqual(["artifact"]);
});

it("a log of the size that a log may have is kept whole", () => {
  const text = "x".repeat(64 * 1024 - 100);
  const posts = Math.floor(limits.log_bytes.value / text.length);
  const { events } = flood([log(text)], { bytes: text.length + 80, posts });
  expect(events).toHaveLength(posts);
  expect(notices(events)).toEqual([]);
});

it("a message of progress, a file's name and the sentence of a failure have bounds", () => {
  const long = "x".repeat(400_000);
  expect(buildEvents([progress(long)], place).progress?.message).toHaveLength(
    limits.progress_characters.value,
  );
  const { artifacts } = buildEvents(
    [{ ...file, name: long, media_type: `text/${long}` } as JournalEntry],
    place,
  );
  expect(artifacts[0]?.name.length).toBeLessThanOrEqual(255);
  expect(artifacts[0]?.type.length).toBeLessThanOrEqual(128);
  const failure = { ...result, outcome: "failure", error: long, error_raw: `${long}END` } as JournalEntry;
  const { result: kept } = buildEvents([failure], place);
  expect(kept?.error).toHaveLength(limits.error_characters.value);
  expect(kept?.error_raw).toMatch(/^x{4093}END$/);
});

it("a file whose digest is none is not taken, and the log says why", () => {
  for (const sha256 of ["", "0", "../../other", "G".repeat(64), "A".repeat(64)]) {
    const { artifacts, events } = buildEvents([{ ...file, sha256 } as JournalEntry], place);
    expect(artifacts, sha256).toEqual([]);
    expect(events[0], sha256).toMatchObject({ type: "log", stream: "system", level: "warning" });
  }
});

it("a path that is named again stands for the file that was named last", () => {
  const second = { ...file, sha256: "1".repeat(64) } as JournalEntry;
  const { artifacts } = buildEvents([file, second], place);
  expect(artifacts.map(({ sha256 }) => sha256)).toEqual(["1".repeat(64)]);
  const earlier = buildEvents([file], place).artifacts;
  expect(buildEvents([second], { ...place, artifacts: earlier }).artifacts).toHaveLength(1);
});
