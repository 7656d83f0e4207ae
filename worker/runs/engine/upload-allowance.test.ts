import { expect, it } from "vitest";
import { limits } from "#contract/limits";
import { verifies } from "../../../test/verifies.ts";
import { UploadAllowance } from "./upload-allowance.ts";
import type { Uploads } from "../record/run-storage.ts";
import type { UploadMemory } from "./upload-allowance.ts";

const most = 2 * limits.artifacts_per_run.value;

/** Storage that outlives the object, and how often it was written. */
function openMemory(): UploadMemory & { rows: number } {
  let kept: Uploads | null = null;
  const memory = {
    rows: 0,
    uploads: () => kept,
    saveUploads: (uploads: Uploads) => {
      kept = { ...uploads };
      memory.rows += 1;
    },
  };
  return memory;
}

/** Sends files of `bytes` until one is refused; how many were taken. */
function sendAll(allowance: UploadAllowance, { attempt = 1, bytes = 1 } = {}): number {
  let taken = 0;
  while (taken < 10 * most && allowance.take(attempt, bytes)) taken += 1;
  return taken;
}

it("every file a run may leave can be sent twice, and no more than that", () => {
  expect(sendAll(new UploadAllowance(openMemory()))).toBe(most);
});

it("bytes run out before files do when files are large", () => {
  const size = limits.artifact_bytes.value;
  const taken = sendAll(new UploadAllowance(openMemory()), { bytes: size });
  expect(taken).toBe(Math.floor((2 * limits.artifacts_total_bytes.value) / size));
});

it("an object that goes away and comes back, however often, lets through no more", () => {
  verifies("run:limits:uploads-outlive-memory");
  const memory = openMemory();
  let taken = 0;
  for (let life = 0; life < 5 * most; life++) if (new UploadAllowance(memory).take(1, 1)) taken += 1;
  expect(taken).toBeLessThanOrEqual(most);
  expect(sendAll(new UploadAllowance(memory))).toBe(0);
});

it("an object that comes back in the middle still takes all that a run may leave", () => {
  const memory = openMemory();
  const before = new UploadAllowance(memory);
  for (let file = 0; file < 100; file++) expect(before.take(1, 1)).toBe(true);
  expect(100 + sendAll(new UploadAllowance(memory))).toBeGreaterThanOrEqual(limits.artifacts_per_run.value);
});

it("another attempt may send as much again", () => {
  const allowance = new UploadAllowance(openMemory());
  sendAll(allowance);
  expect(sendAll(allowance, { attempt: 2 })).toBe(most);
});

it.each([
  ["many small files", 120, 1],
  ["some large files", 3, 0.6 * limits.artifact_bytes.value],
])("lives in which %s are sent let through no more together than one life", (_, files, bytes) => {
  verifies("run:limits:uploads-outlive-memory");
  const memory = openMemory();
  let taken = 0;
  for (let life = 0; life < 50; life++) {
    const allowance = new UploadAllowance(memory);
    for (let file = 0; file < files; file++) if (allowance.take(1, bytes)) taken += 1;
  }
  expect(taken).toBeLessThanOrEqual(most);
  expect(taken * bytes).toBeLessThanOrEqual(2 * limits.artifacts_total_bytes.value);
});

it("fifty files cost one row, large ones a row for every other, and none cost none", () => {
  const memory = openMemory();
  const allowance = new UploadAllowance(memory);
  expect(memory.rows).toBe(0);
  for (let file = 0; file < 50; file++) allowance.take(1, 1000);
  expect(memory.rows).toBe(1);
  allowance.take(1, 1000);
  expect(memory.rows).toBe(2);

  const ofLarge = openMemory();
  const large = new UploadAllowance(ofLarge);
  const rows = [1, 2, 3, 4].map(() => {
    large.take(1, limits.artifact_bytes.value);
    return ofLarge.rows;
  });
  expect(rows).toEqual([1, 1, 2, 2]);
});
