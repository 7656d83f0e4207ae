import fc from "fast-check";
import { expect, it } from "vitest";
import { limits } from "#contract/limits";
import { journalAnswerSchema } from "#contract/runner/runner";
import { runDetailSchema } from "#contract/runs/run";
import { runEventSchema } from "#contract/runs/run-event";
import { fuzzCases } from "../../../test/support/fuzz-cases.ts";
import { EngineInMemory } from "../../../test/support/workerd/engine-in-memory.ts";
import { toJournal } from "../../../test/support/workerd/fake-driver.ts";
import { HOSTILE_SEED, hostileJournal } from "../../../test/support/workerd/hostile-journal.ts";
import type { HostilePost } from "../../../test/support/workerd/hostile-journal.ts";
import { buildSampleSpec, sampleStart } from "../../../test/support/workerd/sample-spec.ts";
import { verifies } from "../../../test/verifies.ts";
import { fillDetail } from "../read/read-run.ts";

/** What a Durable Object keeps under one key. */
const ENTRY_BYTES = 2_000_000;

const asks = {
  label: "Pay",
  expires_ms: 1000,
  on_expiry: "reject",
  not_by_requester: false,
  approvers_needed: 1,
} as const;
const honestEnd = toJournal([
  {
    type: "result",
    at: sampleStart,
    outcome: "success",
    error_code: null,
    error: null,
    error_raw: null,
    exit_code: 0,
    outputs: {},
    usage: { wall_ms: 1, cpu_ms: 1, max_memory_bytes: 1, log_bytes: 0 },
  },
]);
const names = Object.getOwnPropertyNames(Object.prototype);

function post(run: EngineInMemory, offset: number, body: Uint8Array): number {
  const answer = run.engine.takeJournal({ attempt: 1, launch: 1, offset, body });
  return journalAnswerSchema.parse(answer).next_offset;
}

/** All that the API says of the run is what its contract says. */
function readAll(run: EngineInMemory) {
  const view = run.engine.view();
  if (!view) throw new Error("There is no such run.");
  const detail = runDetailSchema.parse(fillDetail(view, { outputs: view.detail.outputs, wait: null }));
  const { events } = run.engine.eventsAfter(0, Number.MAX_SAFE_INTEGER) ?? { events: [] };
  for (const event of events) runEventSchema.parse(event);
  const numbers = events.map(({ seq }) => seq);
  expect(numbers).toEqual([...new Set(numbers)].toSorted((a, b) => a - b));
  return { detail, events };
}

async function live(journal: readonly HostilePost[], isAsking: boolean): Promise<void> {
  const run = new EngineInMemory();
  await run.engine.accept(buildSampleSpec({ approvals: isAsking ? asks : null }), true);
  let offset = 0;
  for (const { shift, body } of journal) offset = post(run, Math.max(0, offset + shift), body);
  readAll(run);
  const phase = () => run.engine.record?.state.phase;
  const isQuiet = () => phase() === "ended" || run.engine.record?.state.hold?.parked === true;
  if (phase() === "finishing") await run.settle(isQuiet);
  run.evict();
  const { next_offset: end } = run.engine.takeJournal({
    attempt: 1,
    launch: 1,
    offset: 0,
    body: new Uint8Array(),
  });
  post(run, end, honestEnd);
  await run.settle(isQuiet);
  if (phase() === "held") await run.engine.dispatch({ type: "cancel" });
  await run.settle(() => run.released > 0 && phase() === "ended");
  expect(phase()).toBe("ended");
  expect(run.told.filter(({ type }) => type === "close")).toHaveLength(1);
  expect(run.executor.launches).toHaveLength(1);

  const before = readAll(run);
  expect(before.detail.failure?.kind).not.toBe("platform");
  const late = run.engine.takeJournal({ attempt: 1, launch: 1, offset: 0, body: honestEnd });
  expect(late.stop).toBe(true);
  expect(readAll(run)).toEqual(before);
  for (const [key, kept] of run.kv.entries)
    expect(JSON.stringify(kept).length, key).toBeLessThan(ENTRY_BYTES);
}

it(`${fuzzCases.toLocaleString("en")} journals by a hostile script break nothing, and each run ends once`, async () => {
  verifies("run:intake:hostile-journals", "run:failure:no-blame");
  const { failed, counterexamplePath, errorInstance } = await fc.check(
    fc.asyncProperty(hostileJournal, fc.boolean(), live),
    { seed: HOSTILE_SEED, numRuns: fuzzCases, endOnFailure: true },
  );
  // The journal itself would fill the screen: it is made again from its place.
  if (failed) throw new Error(`The journal at ${counterexamplePath} breaks a run.`, { cause: errorInstance });
  expect(Object.getOwnPropertyNames(Object.prototype)).toEqual(names);
  expect({}).not.toHaveProperty("polluted");
}, 600_000);

/** A post of the largest size, made of one line again and again. */
function fill(line: string): Uint8Array {
  const bytes = new TextEncoder().encode(`${line}\n`);
  const times = Math.floor(limits.journal_post_bytes.value / bytes.byteLength);
  const body = new Uint8Array(times * bytes.byteLength);
  for (let at = 0; at < body.byteLength; at += bytes.byteLength) body.set(bytes, at);
  return body;
}

const log = (text: string) =>
  JSON.stringify({ type: "log", at: sampleStart, stream: "stdout", level: "info", text });

it.each([
  ["empty lines", "", 1.1],
  ["what is no entry", "x", 1.1],
  ["letters that take two bytes each", log("ﬀ".repeat(60_000)), 1.1],
  // Each becomes four times what it was, so that a third of them fills a journal.
  ["installs", '{"type":"phase","at":1,"phase":"install"}', 0.3],
  [
    "one file",
    `{"type":"file","at":1,"kind":"output","name":"a","path":"a","media_type":"a/a","size_bytes":1,"sha256":"${"a".repeat(64)}"}`,
    0.5,
  ],
])("a journal that never ends, of %s, stays within what a journal may hold", async (_, line, share) => {
  verifies("run:intake:hostile-journals", "run:limits:journal-counts-all");
  const run = new EngineInMemory();
  await run.engine.accept(buildSampleSpec(), true);
  const body = fill(line);
  let offset = 0;
  const posts = Math.ceil((share * limits.journal_bytes.value) / body.byteLength);
  for (let count = 0; count < posts; count++) offset = post(run, offset, body);
  expect(offset).toBe(posts * body.byteLength);
  const sizes = [...run.kv.entries.values()].map((kept) => JSON.stringify(kept).length);
  expect(Math.max(...sizes)).toBeLessThan(ENTRY_BYTES);
  expect(sizes.reduce((sum, size) => sum + size, 0)).toBeLessThan(1.5 * limits.journal_bytes.value);

  run.evict();
  const end = run.engine.takeJournal({
    attempt: 1,
    launch: 1,
    offset: 0,
    body: new Uint8Array(),
  }).next_offset;
  post(run, end, honestEnd);
  await run.settle(() => run.engine.record?.state.phase === "ended");
  expect(run.engine.record?.state.phase).toBe("ended");
  const full = run.told.filter(
    (event) => event.type === "log" && event.message.includes("has reached its limit"),
  );
  expect(full).toHaveLength(1);
});
