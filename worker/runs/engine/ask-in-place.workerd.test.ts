import { sampleAgent } from "../../../test/support/workerd/sample-spec.ts";
import { expect, it } from "vitest";
import {
  buildTestSpec,
  logEntry,
  resultEntry,
  start,
  withEngine,
} from "../../../test/support/workerd/engine-harness.ts";
import type { EngineHarness } from "../../../test/support/workerd/engine-harness.ts";
import { verifies } from "../../../test/verifies.ts";
import { describeCaller } from "./describe-caller.ts";
import type { InPlaceQuestion } from "../record/run-replies.ts";

const MINUTE = 60_000;
const from = { attempt: 1, launch: 1 };
const rule = {
  label: "Approve the call",
  expires_ms: 60 * MINUTE,
  on_expiry: "reject" as const,
  not_by_requester: false,
  approvers_needed: 1,
};
const question = (change: Partial<InPlaceQuestion> = {}): InPlaceQuestion => ({
  call_id: "call-1",
  label: "Approve: send_mail",
  preview: null,
  preview_payload: { method: "POST", url: "https://mail.example.com/" },
  proposed: { to: "ada@example.com" },
  rule,
  ...change,
});
const vote = (decision: "approved" | "rejected" = "approved") => ({
  principal: "you",
  decision,
  reason: "Fine.",
  edited_output: null,
  annotations: null,
});

/** A run of the edge that has asked about one call. */
async function ask(h: EngineHarness): Promise<string> {
  await h.engine.accept(buildTestSpec({ agent: sampleAgent }), true);
  const asked = await h.engine.wait.askInPlace(from, question());
  if (asked.kind !== "asked") throw new Error(asked.kind);
  return asked.approval_id;
}

it("holds a run in its place until people answer, tells those who want to know, and then the same run goes on", async () => {
  verifies("approvals:in-place:same-run-goes-on");
  await withEngine(async (h) => {
    const id = await ask(h);
    expect(h.engine.view()?.detail).toMatchObject({ status: "pending_approval", attempt: 1 });
    expect(h.projected.at(-1)?.status).toBe("pending_approval");
    expect(h.approvals.at(-1)).toMatchObject({ id, status: "pending", in_place: true });
    expect(h.news.at(-1)?.approval).toMatchObject({ id, label: "Approve: send_mail" });
    expect(h.released).toEqual([]);
    expect(await h.engine.wait.answerTo(id)).toBeNull();
    h.clock.now += 10 * MINUTE;
    const edits = { to: "bo@example.com" };
    const reply = await h.engine.wait.decide({ ...vote(), edited_output: edits }, id);
    expect(reply).toMatchObject({
      kind: "taken",
      approval: { id, status: "approved", follow_up_run_id: null },
    });
    expect(h.woken).toEqual([1]);
    expect(h.projected.at(-1)?.status).toBe("running");
    expect(h.approvals.at(-1)).toMatchObject({ id, status: "approved" });
    const answer = { status: "approved", reason: "Fine.", edited_output: edits };
    expect(await h.engine.wait.answerTo(id)).toMatchObject(answer);
    await h.post([logEntry("sent"), resultEntry()]);
    expect(h.engine.view()?.detail).toMatchObject({ status: "completed", attempt: 1, duration_ms: 0 });
    expect(h.followUps.size).toBe(0);
    const told = h.broadcast.filter(({ type }) => type === "approval_decided");
    expect(told).toMatchObject([{ approval_id: id, decision: "approved", follow_up_run_id: null }]);
  });
});

it("writes few rows of its own for a call that is held", async () => {
  await withEngine(async (h) => {
    await h.engine.accept(buildTestSpec({ agent: sampleAgent }), true);
    const before = h.meter.rows;
    await h.engine.wait.askInPlace(from, question());
    await h.engine.wait.decide(vote());
    // The head twice, and whatever the inbox says that it has cost.
    expect(h.meter.rows - before - h.approvals.length * 2).toBeLessThanOrEqual(2);
  });
});

it("asks about the same call once, and about another one after the first is answered", async () => {
  verifies("approvals:in-place:one-at-a-time");
  await withEngine(async (h) => {
    const id = await ask(h);
    expect(await h.engine.wait.askInPlace(from, question())).toEqual({ kind: "asked", approval_id: id });
    const other = question({ call_id: "call-2" });
    expect(await h.engine.wait.askInPlace(from, other)).toEqual({ kind: "busy" });
    await h.engine.wait.decide(vote("rejected"), id);
    expect((await h.engine.wait.askInPlace(from, other)).kind).toBe("asked");
    // A word on the first is none on the second, and its answer is still found.
    expect(await h.engine.wait.answerTo(id)).toMatchObject({ status: "rejected" });
    expect(await h.engine.wait.decide(vote(), id)).toMatchObject({
      kind: "refused",
      why: "approval_decided",
    });
    expect(h.engine.view()?.detail.status).toBe("pending_approval");
  });
});

it("of two decisions at the same moment one is the first", async () => {
  verifies("approvals:in-place:first-decision-stands");
  await withEngine(async (h) => {
    const id = await ask(h);
    const { wait } = h.engine;
    const other = { ...vote("rejected"), principal: "b" };
    const replies = await Promise.all([wait.decide(vote(), id), wait.decide(other, id)]);
    expect(replies.map(({ kind }) => kind).toSorted()).toEqual(["refused", "taken"]);
  });
});

it("an answer whose object went away before it was handed on is handed on by the next wake-up", async () => {
  verifies("approvals:in-place:answer-arrives");
  await withEngine(async (h) => {
    const id = await ask(h);
    await h.engine.wait.decide(vote(), id);
    h.woken.length = 0;
    h.approvals.length = 0;
    h.evict();
    await h.engine.dispatch({ type: "woke" });
    expect(h.woken).toEqual([1]);
    expect(h.approvals.at(-1)).toMatchObject({ id, status: "approved" });
  });
});

it("expires by the alarm, and the run goes on with that answer", async () => {
  verifies("approvals:in-place:expires");
  await withEngine(async (h) => {
    const id = await ask(h);
    h.evict();
    expect(h.engine.wakeAt()).toBe(start + 60 * MINUTE);
    h.clock.now = start + 61 * MINUTE;
    await h.engine.dispatch({ type: "woke" });
    expect(await h.engine.wait.answerTo(id)).toMatchObject({ status: "expired" });
    expect(h.engine.view()?.detail.status).toBe("running");
    expect(h.woken).toEqual([1]);
    const late = await h.engine.wait.decide(vote(), id);
    expect(late).toMatchObject({ kind: "refused", why: "approval_expired" });
  });
});

it("cancelling a held run ends it at once, and nobody can approve its call any more", async () => {
  verifies("approvals:in-place:ends-with-its-attempt");
  await withEngine(async (h) => {
    const id = await ask(h);
    await h.engine.dispatch({ type: "cancel" });
    expect(h.engine.view()?.detail.status).toBe("cancelled");
    expect(h.approvals.at(-1)).toMatchObject({ id, status: "rejected", reason: "The run was cancelled." });
    expect(await h.engine.wait.decide(vote(), id)).toMatchObject({ kind: "refused" });
    expect(h.driver.killed.length).toBeGreaterThan(0);
    expect(h.released).toHaveLength(1);
  });
});

it("what a script tells while it is asked about is taken, and its end ends the question", async () => {
  verifies("approvals:in-place:ends-with-its-attempt");
  await withEngine(async (h) => {
    await h.engine.accept(buildTestSpec(), true);
    await h.engine.wait.askInPlace(from, question());
    await h.post([logEntry("still here")]);
    expect(h.engine.view()?.detail.status).toBe("pending_approval");
    expect(h.engine.view()?.tail.some((event) => event.type === "log")).toBe(true);
    await h.post([resultEntry()]);
    expect(h.engine.view()?.detail.status).toBe("completed");
    expect(h.approvals.at(-1)?.status).toBe("expired");
    expect(h.woken).toEqual([]);
  });
});

it("the inbox learns that a question is over whose attempt is tried again", async () => {
  verifies("approvals:in-place:ends-with-its-attempt");
  await withEngine(async (h) => {
    const retry = { max_attempts: 2, delay_ms: 1000, backoff: "fixed" as const, on: ["all"] };
    await h.engine.accept(buildTestSpec({ agent: sampleAgent, retry }), true);
    await h.engine.wait.askInPlace(from, question());
    await h.post([resultEntry({ outcome: "failure", error_code: "execution_error", error: "no" })]);
    expect(h.engine.view()?.detail.status).toBe("queued");
    expect(h.approvals.at(-1)?.status).toBe("expired");
  });
});

it("hears no question of another attempt, or of a run that is over, and none that nobody could be shown whole", async () => {
  await withEngine(async (h) => {
    await h.engine.accept(buildTestSpec({ agent: sampleAgent }), true);
    expect(await h.engine.wait.askInPlace({ attempt: 2, launch: 1 }, question())).toEqual({ kind: "over" });
    const large = question({ preview_payload: "x".repeat(200_000) });
    expect(await h.engine.wait.askInPlace(from, large)).toEqual({ kind: "too_large" });
    expect(h.engine.view()?.detail.status).toBe("running");
    await h.engine.dispatch({ type: "cancel" });
    expect(await h.engine.wait.askInPlace(from, question())).toEqual({ kind: "over" });
  });
});

it("a script can be answered as long as it has time, and that this is over is nobody's consent", async () => {
  verifies("script-tools:holds:within-the-time");
  await withEngine(async (h) => {
    await h.engine.accept(buildTestSpec({ timeout_seconds: 300 }), true);
    const consents = question({ rule: { ...rule, on_expiry: "approve" } });
    const asked = await h.engine.wait.askInPlace(from, consents);
    if (asked.kind !== "asked") throw new Error(asked.kind);
    expect(h.engine.wakeAt()).toBe(start + 295_000);
    h.clock.now = start + 295_000;
    await h.engine.dispatch({ type: "woke" });
    expect(await h.engine.wait.answerTo(asked.approval_id)).toMatchObject({ status: "expired" });
    expect(h.engine.view()?.detail.status).toBe("running");
    const late = await h.engine.wait.askInPlace(from, question({ call_id: "call-2" }));
    expect(late).toEqual({ kind: "late" });
  });
});

it("a script may start other workers while one of its calls waits for people", async () => {
  await withEngine(async (h) => {
    await h.engine.accept(buildTestSpec(), true);
    await h.engine.wait.askInPlace(from, question());
    const { record } = h.engine;
    if (record === null) throw new Error("The run is not there.");
    expect(describeCaller(record, { isHeard: true, now: start }).ended).toBe(false);
    await h.post([resultEntry()]);
    expect(describeCaller(h.engine.record ?? record, { isHeard: true, now: start }).ended).toBe(true);
  });
});
