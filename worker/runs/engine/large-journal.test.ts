import fc from "fast-check";
import { expect, it } from "vitest";
import { limits } from "#contract/limits";
import { runDetailSchema } from "#contract/runs/run";
import { fuzzCases } from "../../../test/support/fuzz-cases.ts";
import { EngineInMemory } from "../../../test/support/workerd/engine-in-memory.ts";
import { HOSTILE_SEED } from "../../../test/support/workerd/hostile-journal.ts";
import { largeInputs, largeJournal } from "../../../test/support/workerd/large-journal.ts";
import { buildSampleSpec } from "../../../test/support/workerd/sample-spec.ts";
import { verifies } from "../../../test/verifies.ts";
import { CARRIED_BYTES } from "../../platform/objects/carriers.ts";
import { storedBytes } from "../../platform/objects/stored-size.ts";
import { fillDetail } from "../read/read-run.ts";

/** Each of these moves a megabyte or two. */
const CASES = Math.ceil(fuzzCases / 25);

const asks = {
  label: "Pay",
  expires_ms: 1000,
  on_expiry: "reject",
  not_by_requester: false,
  approvers_needed: 1,
} as const;

function read(run: EngineInMemory) {
  const view = run.engine.view();
  if (!view) throw new Error("There is no such run.");
  return runDetailSchema.parse(fillDetail(view, { outputs: view.detail.outputs, wait: null }));
}

/** Hands the journal over as the runner does: from where the last answer says that it goes on, a post at a time. */
function handOver(run: EngineInMemory, journal: Uint8Array): void {
  let offset = 0;
  while (offset < journal.byteLength) {
    const body = journal.subarray(offset, offset + limits.journal_post_bytes.value);
    const { next_offset } = run.engine.takeJournal({ attempt: 1, offset, body });
    expect(next_offset).toBeGreaterThan(offset);
    offset = next_offset;
  }
}

async function live(journal: Uint8Array, inputs: { text: string }, isAsking: boolean) {
  const run = new EngineInMemory();
  const approvals = isAsking ? asks : null;
  await run.engine.accept(buildSampleSpec({ inputs, given_inputs: inputs, approvals }), true);
  handOver(run, journal);
  const phase = () => run.engine.record?.state.phase;
  await run.settle(() => phase() === "ended" || phase() === "held");
  const before = read(run);
  expect(before.status).toMatch(/^(?:completed|failed|pending_approval)$/);
  expect(before.failure?.kind ?? "worker").toMatch(/^(?:worker|limit)$/);
  expect(run.executor.launches).toHaveLength(1);
  expect(run.told.filter(({ type }) => type === "close")).toHaveLength(phase() === "ended" ? 1 : 0);
  for (const [key, kept] of run.kv.entries)
    expect(key.length + storedBytes(kept), key).toBeLessThanOrEqual(CARRIED_BYTES);
  run.evict();
  expect(read(run)).toEqual(before);
}

it("whatever a script prints, returns or writes, and however much, is taken in or ends its one attempt as its own failure", async () => {
  verifies("run:limits:script-is-taken-or-ends", "run:limits:two-million-bytes");
  const { failed, counterexamplePath, errorInstance } = await fc.check(
    fc.asyncProperty(largeJournal, largeInputs, fc.boolean(), live),
    { seed: HOSTILE_SEED, numRuns: CASES, endOnFailure: true },
  );
  // The journal itself would fill the screen: it is made again from its place.
  if (failed) throw new Error(`The journal at ${counterexamplePath} breaks a run.`, { cause: errorInstance });
}, 600_000);
