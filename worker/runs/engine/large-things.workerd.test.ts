import { expect, it } from "vitest";
import type { Json } from "#contract/json";
import {
  buildTestSpec,
  logEntry,
  resultEntry,
  start,
  withEngine,
} from "../../../test/support/workerd/engine-harness.ts";
import type { EngineHarness } from "../../../test/support/workerd/engine-harness.ts";
import { verifies } from "../../../test/verifies.ts";
import type { ApprovalRule } from "../lifecycle/hold-state.ts";

const KIB = 1024;
const rule: ApprovalRule = {
  label: "Send it",
  expires_ms: 86_400_000,
  on_expiry: "reject",
  not_by_requester: false,
  approvers_needed: 1,
};
const vote = {
  principal: "tok_1",
  decision: "approved" as const,
  reason: null,
  edited_output: null,
  annotations: null,
};

/** Text that takes two bytes a character where it is kept, and one in JSON. */
const wide = (characters: number) => `${"a".repeat(characters - 2)}🙂`;
const inputs = { text: wide(255 * KIB) };

async function postText(h: EngineHarness, text: string, offset = 0) {
  const body = new TextEncoder().encode(text);
  const answer = h.engine.takeJournal({ attempt: 1, launch: 1, offset, body });
  expect(answer.next_offset).toBe(offset + body.byteLength);
  return answer.next_offset;
}

const detail = (h: EngineHarness) => h.engine.view()?.detail;

it("a post full of the shortest lines there are is taken in whole, and nothing of it is lost", async () => {
  verifies("run:limits:script-is-taken-or-ends");
  await withEngine(async (h) => {
    await h.engine.accept(buildTestSpec(), true);
    const line = `${JSON.stringify({ ...logEntry("x"), at: 0 })}\n`;
    const count = Math.floor((512 * KIB) / line.length);
    await postText(h, line.repeat(count));
    h.evict();
    const texts: string[] = [];
    for (let after: number | null = 0; after !== null;) {
      const page = h.engine.eventsAfter(after, 20_000);
      for (const event of page?.events ?? []) if (event.type === "log") texts.push(event.message);
      after = page?.more ? (page.events.at(-1)?.seq ?? null) : null;
    }
    expect(texts).toHaveLength(count);
    await h.post([resultEntry()], { offset: count * line.length });
    await expect.poll(() => detail(h)?.status).toBe("completed");
  });
});

it("file names, kinds and messages of a script, however long and many, do not fill the run's memory", async () => {
  verifies("run:limits:script-is-taken-or-ends");
  await withEngine(async (h) => {
    await h.engine.accept(buildTestSpec(), true);
    const file = { type: "file", at: start, kind: "artifact", size_bytes: 1 };
    const long = wide(60 * KIB);
    const line = (n: number) =>
      `${JSON.stringify({ ...file, name: long, path: `out/${n}`, media_type: `a/${"b".repeat(60 * KIB)}`, sha256: "a".repeat(64) })}\n`;
    let offset = 0;
    for (let n = 0; n < 12; n++) offset = await postText(h, line(n) + line(n + 100), offset);
    offset = await postText(
      h,
      `${JSON.stringify({ type: "progress", at: start, percent: 1, message: wide(400 * KIB) })}\n`,
      offset,
    );
    h.evict();
    expect(detail(h)?.artifacts).toHaveLength(24);
    expect(detail(h)?.progress?.message?.length).toBeLessThan(10_000);
    await h.post([resultEntry({ outcome: "failure", error: "No." })], { offset });
  });
});

it("a failure with a message, outputs and an error that fill a post ends the attempt once", async () => {
  verifies("run:limits:script-is-taken-or-ends");
  await withEngine(async (h) => {
    await h.engine.accept(buildTestSpec({ inputs, given_inputs: inputs }), true);
    const failed = resultEntry({
      outcome: "failure",
      error_code: "mine",
      error: wide(200 * KIB),
      outputs: { a: wide(300 * KIB) },
    });
    await h.post([failed]);
    await expect.poll(() => detail(h)?.status).toBe("failed");
    expect(h.driver.launches).toHaveLength(1);
    expect(detail(h)?.failure).toMatchObject({ kind: "worker", code: "mine" });
    expect(detail(h)?.error?.length).toBeLessThan(10_000);
    h.evict();
    expect(h.engine.view()).toMatchObject({ outputs_stored: true, detail: { status: "failed" } });
  });
});

it("a result that takes more room than any result of the runner's ends the attempt once", async () => {
  verifies("run:limits:script-is-taken-or-ends");
  await withEngine(async (h) => {
    await h.engine.accept(buildTestSpec(), true);
    await h.post([resultEntry({ await_external: [0.5, ...Array<number>(250_000).fill(1)] })]);
    await expect.poll(() => detail(h)?.status).toBe("failed");
    expect(detail(h)?.failure).toMatchObject({ kind: "limit", code: "output_too_large" });
    expect(h.driver.launches).toHaveLength(1);
  });
});

it("a result that was quicker than the launch's answer does not weigh on the record", async () => {
  await withEngine(async (h) => {
    const answered = Promise.withResolvers<void>();
    const launch = h.driver.launch.bind(h.driver);
    h.driver.launch = async (request) => {
      await answered.promise;
      return launch(request);
    };
    const accepted = h.engine.accept(buildTestSpec({ inputs, given_inputs: inputs }), true);
    const outputs = { a: Array<number>(110_000).fill(0.5) };
    await postText(h, `${JSON.stringify(resultEntry({ outcome: "failure", error: "No.", outputs }))}\n`);
    expect(h.engine.record?.state.phase).toBe("finishing");
    await h.engine.dispatch({ type: "launched", attempt: 1, launch: 1, sandbox_id: "sbx" });
    await expect.poll(() => detail(h)?.status).toBe("failed");
    answered.resolve();
    await accepted;
    expect(h.driver.killed).toContain("sbx");
  });
});

it("a question that is larger with its run's inputs than can be kept ends the run as the script's failure", async () => {
  verifies("run:limits:two-million-bytes");
  await withEngine(async (h) => {
    await h.engine.accept(buildTestSpec({ approvals: rule, inputs, given_inputs: inputs }), true);
    const preview = { list: Array<number>(29_000).fill(0.5) };
    const outputs = { list: Array<number>(32_000).fill(0.5) };
    await h.post([resultEntry({ outputs, decision_required: { preview } })]);
    await expect.poll(() => detail(h)?.status).toBe("failed");
    expect(detail(h)?.failure).toMatchObject({ kind: "limit", code: "output_too_large" });
    expect(detail(h)?.error).toContain("together with its inputs");
    expect(h.approvals).toEqual([]);
    expect(h.released).toHaveLength(1);
  });
});

it("edits that do not fit beside what is asked are refused by their size, and the run can still be decided", async () => {
  verifies("run:limits:two-million-bytes");
  await withEngine(async (h) => {
    await h.engine.accept(buildTestSpec({ approvals: rule, inputs, given_inputs: inputs }), true);
    await h.post([resultEntry({ outputs: { a: 1 }, decision_required: true })]);
    await expect.poll(() => detail(h)?.status).toBe("pending_approval");
    const edited = { a: wide(500 * KIB) };
    const refused = await h.engine.wait.decide({ ...vote, edited_output: edited });
    expect(refused).toMatchObject({ kind: "refused", why: "decision_too_large" });
    expect(detail(h)?.status).toBe("pending_approval");
    h.evict();
    expect(await h.engine.wait.decide(vote)).toMatchObject({ kind: "taken" });
    expect(h.followUps.size).toBe(1);
  });
});

it("what comes from outside and does not fit beside the inputs is refused by its size, and the run goes on waiting", async () => {
  verifies("run:limits:two-million-bytes");
  await withEngine(async (h) => {
    await h.engine.accept(buildTestSpec({ inputs, given_inputs: inputs }), true);
    await h.post([resultEntry({ await_external: { key: "payment" } })]);
    await expect.poll(() => detail(h)?.approval_trail?.kind).toBe("await_external");
    const came = (payload: Json) => h.engine.wait.resume({ key: "payment", payload });
    expect(await came({ text: wide(900 * KIB) })).toEqual({ kind: "too_large" });
    expect(h.followUps.size).toBe(0);
    expect(await came({ text: "paid" })).toMatchObject({ kind: "resumed" });
    expect(h.followUps.size).toBe(1);
  });
});

it("a step that cannot be kept changes nothing in memory either", async () => {
  verifies("run:memory:nothing-in-a-field");
  await withEngine(async (h) => {
    h.driver.launchAnswers.push({
      kind: "refused",
      code: "e2b_sandbox_error",
      message: "No.",
      retryAfterMs: 60_000,
    });
    await h.engine.accept(buildTestSpec(), true);
    const before = structuredClone(h.engine.record);
    const message = wide(1_100_000);
    const refused = {
      type: "refused",
      attempt: 1,
      code: "e2b_sandbox_error",
      message,
      retry_after_ms: null,
    } as const;
    expect(() => h.engine.dispatch(refused)).toThrow("can be kept");
    expect(h.engine.record).toEqual(before);
    h.evict();
    expect(h.engine.record).toEqual(before);
  });
});
