import { expect, it } from "vitest";
import { admit, checkKey, describeWait, dueToStart, lineUp } from "./admission.ts";
import type { Places, QueueEntry, QueueRule } from "./admission.ts";
import { numberedId } from "../../test/support/numbered-id.ts";

const entry = (seq: number, change: Partial<QueueEntry> = {}): QueueEntry => ({
  seq,
  run_id: numberedId("run", seq),
  key: "",
  priority: "normal",
  arrived_at: seq * 1e3,
  started: false,
  superseded: false,
  own: { limit: 9, total: 9 },
  ...change,
});
const rule: QueueRule = { limit: 2, total: 2, on_conflict: "queue" };
/** One version, which is the active one. */
const ask = (entries: QueueEntry[], newcomer: QueueEntry, change: Partial<QueueRule> = {}) => {
  const active = { ...rule, ...change };
  return admit(entries, newcomer, { rule: active, active, depth: 3, paused: false });
};
const due = (entries: QueueEntry[], places: Places, paused = false) =>
  dueToStart(entries, { active: { ...places, on_conflict: "queue" }, paused });
const seqs = (entries: QueueEntry[]) => entries.map(({ seq }) => seq);

it("a run starts only when a place is free and nobody waits before it", () => {
  const busy = [1, 2].map((seq) => entry(seq, { started: true }));
  expect(ask([], entry(1))).toEqual({ kind: "start", supersede: [] });
  expect(ask(busy, entry(3))).toEqual({ kind: "wait", supersede: [] });
  expect(ask([...busy.slice(1), entry(3)], entry(4))).toEqual({ kind: "wait", supersede: [] });
  expect(ask([...busy, entry(3), entry(4), entry(5)], entry(6))).toEqual({ kind: "full", limit: 3 });
  expect(admit([], entry(1), { rule, active: rule, depth: 3, paused: true }).kind).toBe("wait");
});

it("as many as there are free places start, oldest first, whatever order they are given in", () => {
  const entries = [3, 1, 2].map((seq) => entry(seq));
  const busy = entry(0, { started: true });
  expect(seqs(due([...entries, busy], { limit: 3, total: 3 }))).toEqual([1, 2]);
  expect(due([...entries, busy], { limit: 1, total: 1 })).toEqual([]);
  expect(due(entries, { limit: 3, total: 3 }, true)).toEqual([]);
});

it("each group has its own limit, and a full one holds up nobody but its own", () => {
  const entries = [entry(1, { key: "a", started: true }), entry(2, { key: "a" }), entry(3, { key: "b" })];
  expect(seqs(due(entries, { limit: 1, total: 9 }))).toEqual([3]);
  expect(due(entries, { limit: 1, total: 1 })).toEqual([]);
});

it("a priority is a head start of five minutes and not a class of its own", () => {
  const minute = 60_000;
  const at = (seq: number, priority: QueueEntry["priority"], minutes: number) =>
    entry(seq, { priority, arrived_at: minutes * minute });
  const line = [at(1, "low", 0), at(2, "normal", 1), at(3, "high", 2), at(4, "normal", 4), at(5, "high", 11)];
  expect(seqs(lineUp(line))).toEqual([3, 2, 4, 1, 5]);
});

it("skip answers the run that is there, and lets one in when there is room", () => {
  const skip = { on_conflict: "skip" as const, limit: 1 };
  expect(ask([entry(1, { started: true })], entry(2), skip)).toEqual({
    kind: "skip",
    run_id: numberedId("run", 1),
  });
  expect(ask([entry(1, { started: true, key: "a" })], entry(2, { key: "b" }), skip).kind).toBe("start");
});

it("cancel_previous keeps the newest of a group, and the newcomer waits until a place is given back", () => {
  const before = [entry(1, { started: true }), entry(2, { started: true }), entry(3)];
  const cancel = { on_conflict: "cancel_previous" as const };
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
  const active = { limit: 1, total: 9, on_conflict: "queue" as const };
  const entries = [entry(1, { key: "a", started: true }), entry(2, { key: "a" }), entry(3, { key: "a" })];
  expect(describeWait(entries, numberedId("run", 3), { active, paused: false })).toEqual({
    position: 2,
    why: "Waiting for its turn: 1 of 1 runs with the key a are under way; 1 before it.",
  });
  expect(describeWait(entries, numberedId("run", 2), { active, paused: true })?.why).toContain("paused");
  expect(describeWait(entries, numberedId("run", 1), { active, paused: false })).toBeNull();
});

it("a waiting run names the limit that holds it, whichever version says it", () => {
  const why = (entries: QueueEntry[], change: Partial<QueueRule> = {}) => {
    const active = { limit: 9, total: 9, on_conflict: "queue" as const, ...change };
    return describeWait(entries, numberedId("run", 3), { active, paused: false })?.why;
  };
  const busy = [entry(1, { key: "a", started: true }), entry(2, { key: "b", started: true })];
  const next = (held: string) => `Waiting for its turn: ${held}; it is next.`;
  const ofWorker = next("2 of 2 runs of the worker are under way");
  expect(why([...busy, entry(3, { key: "c" })], { total: 2 })).toBe(ofWorker);
  expect(why([...busy, entry(3, { key: "c", own: { limit: 9, total: 2 } })])).toBe(ofWorker);
  const ofGroup = next("1 of 1 runs with the key a are under way");
  expect(why([...busy, entry(3, { key: "a" })], { limit: 1 })).toBe(ofGroup);
  expect(why([...busy, entry(3, { key: "a", own: { limit: 1, total: 9 } })])).toBe(ofGroup);
  const kept = next("places are kept free for a run of another version");
  expect(why([...busy, entry(3, { key: "a" })], { limit: 2, total: 3 })).toBe(kept);
  expect(describeWait(busy, numberedId("run", 3), { active: null, paused: true })).toBeNull();
  expect(describeWait([entry(3)], numberedId("run", 3), { active: null, paused: true })).toEqual({
    position: 1,
    why: "The worker is paused; the run goes on when the worker is resumed.",
  });
});

it("those who came at the same moment take their turns as they were taken in", () => {
  const line = [3, 1, 2].map((seq) => entry(seq, { arrived_at: 5 }));
  expect(seqs(lineUp(line))).toEqual([1, 2, 3]);
});

it("skip answers a run that is under way before one that waits, and counts none that was told to end", () => {
  const skip = { on_conflict: "skip" as const };
  const [waiting, busy] = [entry(1), entry(2, { started: true })];
  expect(ask([waiting, busy], entry(3), skip)).toEqual({ kind: "skip", run_id: busy.run_id });
  expect(ask([waiting], entry(3), { ...skip, limit: 1 })).toEqual({ kind: "skip", run_id: waiting.run_id });
  expect(ask([waiting], entry(3), skip).kind).toBe("start");
  const ending = entry(1, { started: true, superseded: true });
  expect(ask([ending], entry(3), { ...skip, limit: 1 })).toEqual({ kind: "wait", supersede: [] });
  const old: QueueRule = { limit: 9, total: 9, on_conflict: "skip" };
  const active: QueueRule = { limit: 1, total: 9, on_conflict: "queue" };
  expect(admit([busy], entry(3), { rule: old, active, depth: 3, paused: false }).kind).toBe("skip");
});

it("cancel_previous ends no more than it must, and those that it ends fill no queue", () => {
  const cancel = { on_conflict: "cancel_previous" as const };
  expect(ask([entry(1, { started: true })], entry(4), cancel)).toEqual({ kind: "start", supersede: [] });
  const line = [1, 2, 3].map((seq) => entry(seq));
  const all = { kind: "start", supersede: line.map(({ run_id }) => run_id) };
  expect(ask(line, entry(4), { ...cancel, limit: 1 })).toEqual(all);
  const alone: QueueRule = { limit: 1, total: 1, on_conflict: "cancel_previous" };
  expect(admit(line, entry(4), { rule: alone, active: null, depth: 3, paused: false })).toEqual(all);
});

it("a run of another version keeps to its own limit and to that of the active one", () => {
  const lax = { own: { limit: 100, total: 100 } };
  const strict = { own: { limit: 1, total: 1 } };
  const busy = entry(1, { ...lax, started: true });
  expect(due([busy, entry(2, lax), entry(3, lax)], { limit: 1, total: 1 })).toEqual([]);
  expect(due([busy, entry(2, strict)], { limit: 9, total: 9 })).toEqual([]);
  expect(seqs(due([busy, entry(2, strict), entry(3, lax)], { limit: 9, total: 9 }))).toEqual([3]);
  expect(seqs(due([entry(2, strict), entry(3, lax)], { limit: 9, total: 9 }))).toEqual([2, 3]);
});

it("one that its own version holds back is overtaken for ten minutes, and then places are kept free for it", () => {
  const minute = 60_000;
  const places = { limit: 3, total: 9 };
  const held = entry(2, { own: { limit: 1, total: 9 }, arrived_at: 0 });
  const busy = entry(1, { started: true, arrived_at: 0 });
  const at = (minutes: number, key = "") => [busy, held, entry(3, { arrived_at: minutes * minute, key })];
  expect(seqs(due(at(10), places))).toEqual([3]);
  expect(seqs(due(at(11), places))).toEqual([]);
  expect(seqs(due(at(11, "other"), places))).toEqual([3]);
});

it("places are kept free for the first that is held back, in its group, or in all where its version's total holds it", () => {
  const minute = 60_000;
  const places = { limit: 9, total: 9 };
  const busy = entry(1, { started: true, arrived_at: 0 });
  const held = (seq: number, minutes: number, own: Places) =>
    entry(seq, { own, arrived_at: minutes * minute });
  const later = (minutes: number, key = "") => entry(4, { arrived_at: minutes * minute, key });
  const ofGroup = [busy, held(2, 0, { limit: 1, total: 9 }), held(3, 5, { limit: 1, total: 9 })];
  expect(seqs(due([...ofGroup, later(10)], places))).toEqual([4]);
  expect(due([...ofGroup, later(12)], places)).toEqual([]);
  const ofAll = [busy, held(2, 0, { limit: 9, total: 1 })];
  expect(seqs(due([...ofAll, later(10, "other")], places))).toEqual([4]);
  expect(due([...ofAll, later(11, "other")], places)).toEqual([]);
});

it("an old version ends nobody whom the active one would let go on, and leaves itself out as it likes", () => {
  const old: QueueRule = { limit: 1, total: 1, on_conflict: "cancel_previous" };
  const active: QueueRule = { limit: 3, total: 3, on_conflict: "queue" };
  const busy = [entry(1, { started: true }), entry(2, { started: true })];
  const newcomer = entry(3, { own: old });
  const terms = { active, depth: 3, paused: false };
  expect(admit(busy, newcomer, { ...terms, rule: old })).toEqual({ kind: "wait", supersede: [] });
  expect(admit(busy, newcomer, { ...terms, rule: { ...old, on_conflict: "skip" } }).kind).toBe("skip");
  const both = { ...terms, active: { ...active, on_conflict: "cancel_previous" as const } };
  expect(admit(busy, newcomer, { ...both, rule: old })).toEqual({ kind: "wait", supersede: [] });
});

it("where the active version is not known yet, each run's own is all there is", () => {
  const untold = { active: null, depth: 3, paused: false };
  const own = { limit: 1, total: 1 };
  const busy = entry(1, { started: true, own });
  expect(admit([busy], entry(2, { own }), { ...untold, rule: { ...rule, ...own } }).kind).toBe("wait");
  expect(describeWait([busy, entry(2, { own })], numberedId("run", 2), untold)?.why).toBe(
    "Waiting for its turn: 1 of 1 runs are under way; it is next.",
  );
});

it("a key is new again once it has expired", () => {
  const known = { run_id: numberedId("run", 1), digest: "a", expires_at: 100 };
  expect(checkKey(known, { digest: "a", now: 99 })).toEqual({ kind: "repeat", run_id: numberedId("run", 1) });
  expect(checkKey(known, { digest: "b", now: 99 })).toEqual({ kind: "conflict" });
  expect(checkKey(known, { digest: "b", now: 100 })).toEqual({ kind: "new" });
  expect(checkKey(undefined, { digest: "b", now: 0 })).toEqual({ kind: "new" });
});
