import { expect, it } from "vitest";
import { admit, checkKey, describeWait, dueToStart, lineUp } from "./admission.ts";
import type { QueueEntry } from "./admission.ts";
import { numberedId } from "../../test/support/numbered-id.ts";

const entry = (seq: number, change: Partial<QueueEntry> = {}): QueueEntry => ({
  seq,
  run_id: numberedId("run", seq),
  key: "",
  priority: "normal",
  arrived_at: seq * 1e3,
  started: false,
  superseded: false,
  ...change,
});
const rule = { limit: 2, total: 2, depth: 3, on_conflict: "queue" as const };
const ask = (entries: QueueEntry[], newcomer: QueueEntry, change: Partial<typeof rule> | object = {}) =>
  admit(entries, newcomer, { rule: { ...rule, ...change }, paused: false });
const seqs = (entries: QueueEntry[]) => entries.map(({ seq }) => seq);

it("a run starts only when a place is free and nobody waits before it", () => {
  const busy = [1, 2].map((seq) => entry(seq, { started: true }));
  expect(ask([], entry(1))).toEqual({ kind: "start", supersede: [] });
  expect(ask(busy, entry(3))).toEqual({ kind: "wait", supersede: [] });
  expect(ask([...busy.slice(1), entry(3)], entry(4))).toEqual({ kind: "wait", supersede: [] });
  expect(ask([...busy, entry(3), entry(4), entry(5)], entry(6))).toEqual({ kind: "full", limit: 3 });
  expect(admit([], entry(1), { rule, paused: true }).kind).toBe("wait");
});

it("as many as there are free places start, oldest first, whatever order they are given in", () => {
  const entries = [3, 1, 2].map((seq) => entry(seq));
  const busy = entry(0, { started: true });
  expect(seqs(dueToStart([...entries, busy], { limit: 3, total: 3 }, false))).toEqual([1, 2]);
  expect(dueToStart([...entries, busy], { limit: 1, total: 1 }, false)).toEqual([]);
  expect(dueToStart(entries, { limit: 3, total: 3 }, true)).toEqual([]);
});

it("each group has its own limit, and a full one holds up nobody but its own", () => {
  const entries = [entry(1, { key: "a", started: true }), entry(2, { key: "a" }), entry(3, { key: "b" })];
  expect(seqs(dueToStart(entries, { limit: 1, total: 9 }, false))).toEqual([3]);
  expect(dueToStart(entries, { limit: 1, total: 1 }, false)).toEqual([]);
});

it("a priority is a head start of five minutes and not a class of its own", () => {
  const minute = 60_000;
  const at = (seq: number, priority: QueueEntry["priority"], minutes: number) =>
    entry(seq, { priority, arrived_at: minutes * minute });
  const line = [at(1, "low", 0), at(2, "normal", 1), at(3, "high", 2), at(4, "normal", 4), at(5, "high", 11)];
  expect(seqs(lineUp(line))).toEqual([3, 2, 4, 1, 5]);
});

it("skip answers the run that is there, and lets one in when there is room", () => {
  const skip = { on_conflict: "skip", limit: 1 };
  expect(ask([entry(1, { started: true })], entry(2), skip)).toEqual({
    kind: "skip",
    run_id: numberedId("run", 1),
  });
  expect(ask([entry(1, { started: true, key: "a" })], entry(2, { key: "b" }), skip).kind).toBe("start");
});

it("cancel_previous keeps the newest of a group, and the newcomer waits until a place is given back", () => {
  const before = [entry(1, { started: true }), entry(2, { started: true }), entry(3)];
  const cancel = { on_conflict: "cancel_previous" };
  expect(ask(before, entry(4), cancel)).toEqual({
    kind: "wait",
    supersede: [numberedId("run", 1), numberedId("run", 2)],
  });
  expect(
    ask([entry(1, { superseded: true, started: true })], entry(2), { ...cancel, limit: 1, total: 1 }),
  ).toEqual({ kind: "wait", supersede: [] });
  expect(lineUp([entry(1, { superseded: true })])).toEqual([]);
});

it("a waiting run says what it waits for and how many come before it", () => {
  const places = { limit: 1, total: 9 };
  const entries = [entry(1, { key: "a", started: true }), entry(2, { key: "a" }), entry(3, { key: "a" })];
  expect(describeWait(entries, numberedId("run", 3), { places, paused: false })).toEqual({
    position: 2,
    why: "Waiting for its turn: 1 of 1 runs with the key a are under way; 1 before it.",
  });
  expect(describeWait(entries, numberedId("run", 2), { places, paused: true })?.why).toContain("paused");
  expect(describeWait(entries, numberedId("run", 1), { places, paused: false })).toBeNull();
});

it("a key is new again once it has expired", () => {
  const known = { run_id: numberedId("run", 1), digest: "a", expires_at: 100 };
  expect(checkKey(known, { digest: "a", now: 99 })).toEqual({ kind: "repeat", run_id: numberedId("run", 1) });
  expect(checkKey(known, { digest: "b", now: 99 })).toEqual({ kind: "conflict" });
  expect(checkKey(known, { digest: "b", now: 100 })).toEqual({ kind: "new" });
  expect(checkKey(undefined, { digest: "b", now: 0 })).toEqual({ kind: "new" });
});
