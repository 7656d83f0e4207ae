import { expect, it } from "vitest";
import { admit, checkKey, dueToStart } from "./admission.ts";

it("a run starts only when a place is free and nobody waits before it", () => {
  const limits = { concurrency: 2, depth: 3 };
  expect(admit({ started: 0, waiting: 0 }, limits)).toEqual({ kind: "start" });
  expect(admit({ started: 2, waiting: 0 }, limits)).toEqual({ kind: "wait" });
  expect(admit({ started: 1, waiting: 1 }, limits)).toEqual({ kind: "wait" });
  expect(admit({ started: 2, waiting: 3 }, limits)).toEqual({ kind: "full", limit: 3 });
});

it("as many as there are free places start, oldest first, whatever order they are given in", () => {
  const entries = [3, 1, 2].map((seq) => ({ seq, run_id: `run_${seq}`, started: false }));
  const busy = { seq: 0, run_id: "run_0", started: true };
  expect(dueToStart([...entries, busy], 3).map((entry) => entry.seq)).toEqual([1, 2]);
  expect(dueToStart([...entries, busy], 1)).toEqual([]);
});

it("a key is new again once it has expired", () => {
  const known = { run_id: "run_1", digest: "a", expires_at: 100 };
  expect(checkKey(known, { digest: "a", now: 99 })).toEqual({ kind: "repeat", run_id: "run_1" });
  expect(checkKey(known, { digest: "b", now: 99 })).toEqual({ kind: "conflict" });
  expect(checkKey(known, { digest: "b", now: 100 })).toEqual({ kind: "new" });
  expect(checkKey(undefined, { digest: "b", now: 0 })).toEqual({ kind: "new" });
});
