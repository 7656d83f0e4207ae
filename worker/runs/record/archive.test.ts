import { expect, it } from "vitest";
import type { RunEvent } from "#contract/runs/run-event";
import { KvInMemory } from "../../../test/support/workerd/kv-in-memory.ts";
import { buildSampleSpec, sampleStart } from "../../../test/support/workerd/sample-spec.ts";
import { verifies } from "../../../test/verifies.ts";
import type { Files } from "../../platform/files.ts";
import { acceptRun } from "../lifecycle/lifecycle.ts";
import { archiveRun, parseArchive } from "./archive.ts";
import { emptyTally } from "./attempt-tally.ts";
import { RunStorage } from "./run-storage.ts";
import type { RunRecord } from "./run-storage.ts";

const LINE = "x".repeat(1000);
const LINES_A_PART = 200;

function logEvent(seq: number, message = LINE): RunEvent {
  const timestamp = new Date(sampleStart).toISOString();
  return { seq, timestamp, type: "log", level: "info", stream: "stdout", message };
}

/** A run's storage with so many parts of 200 kB; every part is followed by a word of the edge's own. */
function fillStorage(parts: number): { storage: RunStorage; record: RunRecord; kv: KvInMemory } {
  const kv = new KvInMemory();
  const storage = new RunStorage(kv as unknown as SyncKvStorage, { rows: 0 });
  const milestones: RunEvent[] = [];
  for (let part = 0; part < parts; part++) {
    const first = part * (LINES_A_PART + 1) + 1;
    const events = Array.from({ length: LINES_A_PART }, (_, index) => logEvent(first + index));
    const seq_to = first + LINES_A_PART - 1;
    storage.append({ attempt: 1, seq_from: first, seq_to, events }, emptyTally(seq_to));
    milestones.push(logEvent(seq_to + 1, "told"));
  }
  const { state } = acceptRun(true, sampleStart);
  return { storage, record: { spec: buildSampleSpec(), state, milestones, archived: false }, kv };
}

/** Files that remember the record as it came. */
function watchFiles() {
  const pieces: Uint8Array[] = [];
  const files: Pick<Files, "putRunEvents"> = {
    putRunEvents: async (_runId, record) => {
      await record(new WritableStream({ write: (piece: Uint8Array) => void pieces.push(piece) }));
    },
  };
  const read = () => parseArchive(Buffer.concat(pieces).toString(), 0);
  return { files, pieces, read };
}

it("a long record is archived piece by piece, in order, and never held whole", async () => {
  verifies("run:archive:bounded");
  const { storage, record } = fillStorage(60);
  const { files, pieces, read } = watchFiles();
  await archiveRun({ storage, files, record, bytes: null });
  expect(read().map(({ seq }) => seq)).toEqual(Array.from({ length: 60 * 201 }, (_, index) => index + 1));
  const whole = pieces.reduce((sum, { byteLength }) => sum + byteLength, 0);
  expect(whole).toBeGreaterThan(12_000_000);
  expect(Math.max(...pieces.map(({ byteLength }) => byteLength))).toBeLessThan(1_000_000);
  expect(record.archived).toBe(true);
});

it("a short record stays with its run, and is written nowhere else", async () => {
  const { storage, record } = fillStorage(1);
  const { files, pieces } = watchFiles();
  await archiveRun({ storage, files, record, bytes: null });
  expect(pieces).toEqual([]);
  expect(record.archived).toBe(false);
  expect(storage.eventsAfter(0, 1000).events).toHaveLength(200);
});

it("a record that could not be stored whole stays with its run", async () => {
  const { storage, record } = fillStorage(10);
  const broken = { putRunEvents: () => Promise.reject(new Error("Storage is away.")) };
  await expect(archiveRun({ storage, files: broken, record, bytes: null })).rejects.toThrow(
    "Storage is away.",
  );
  expect(record.archived).toBe(false);
  const { files, read } = watchFiles();
  await archiveRun({ storage, files, record, bytes: null });
  expect(read()).toHaveLength(2010);
});

it("a record that was counted as small is not even read", async () => {
  const { storage, record } = fillStorage(2);
  const { files, pieces } = watchFiles();
  const read = storage.eventsAfter.bind(storage);
  let reads = 0;
  storage.eventsAfter = (...range) => {
    reads += 1;
    return read(...range);
  };
  await archiveRun({ storage, files, record, bytes: 30_000 });
  expect([reads, pieces, record.archived]).toEqual([0, [], false]);
  // As much as this may be too large, written out: it is looked at.
  await archiveRun({ storage, files, record, bytes: 60_000 });
  expect(reads).toBeGreaterThan(0);
  expect(record.archived).toBe(true);
});
