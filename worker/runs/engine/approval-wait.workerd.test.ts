import { newId } from "../../platform/ids.ts";
import { runIdSchema } from "#contract/ids";
import { expect, it } from "vitest";
import {
  buildTestSpec,
  resultEntry,
  start,
  withEngine,
} from "../../../test/support/workerd/engine-harness.ts";
import type { EngineHarness } from "../../../test/support/workerd/engine-harness.ts";
import { verifies } from "../../../test/verifies.ts";
import type { ApprovalRule } from "../lifecycle/hold-state.ts";
import type { RunSpec } from "../spec/run-spec.ts";

const day = 86_400_000;
const rule: ApprovalRule = {
  label: "Send the e-mail",
  expires_ms: day,
  on_expiry: "reject",
  not_by_requester: false,
  approvers_needed: 1,
};
const draft = { to: "ada@example.com", body: "Hello" };
const asking = { decision_required: { label: "Send to Ada", preview: "Hello" }, outputs: draft };

const byPerson = (principal = "tok_1") => ({
  principal,
  decision: "approved" as const,
  reason: null,
  edited_output: null,
  annotations: null,
});

/** A run of a worker that asks, up to the moment it waits for a decision. */
async function holdRun(h: EngineHarness, change: Partial<ApprovalRule> = {}, spec: Partial<RunSpec> = {}) {
  const made = buildTestSpec({ approvals: { ...rule, ...change }, requester: "tok_1", ...spec });
  await h.engine.accept(made, true);
  await h.post([resultEntry(asking)]);
  await expect.poll(() => h.engine.view()?.detail.status).toBe("pending_approval");
  return made;
}

const followUps = (h: EngineHarness) => [...h.followUps.values()];

it("a run that asks gives its sandbox and its place back, and says what it waits for", async () => {
  verifies("approvals:waiting:holds-nothing");
  await withEngine(async (h) => {
    const spec = await holdRun(h);
    expect(h.driver.killed).toEqual([`sbx-${spec.run_id}-1`]);
    expect(h.released).toEqual([spec.run_id]);
    expect(h.projected.at(-1)).toMatchObject({
      status: "pending_approval",
      duration_ms: 0,
      completed_at: null,
    });
    expect(h.engine.view()?.detail).toMatchObject({ approval_status: "pending", outputs: draft });
    expect(h.engine.view()?.detail.why_waiting).toContain("Send to Ada");
    expect(h.approvals.at(-1)).toMatchObject({ status: "pending", preview: "Hello", outputs: draft });
    expect(h.wakes.at(-1)).toBeLessThanOrEqual(start + day);
  });
});

it("approving completes the run and starts one follow-up with the stored outputs", async () => {
  verifies("approvals:approve:one-follow-up");
  await withEngine(async (h) => {
    const spec = await holdRun(h);
    h.clock.now += 60_000;
    h.evict();
    const reply = await h.engine.wait.decide(byPerson());
    expect(reply).toMatchObject({ kind: "taken", approval: { status: "approved" } });
    expect(h.engine.view()?.detail).toMatchObject({
      status: "completed",
      approval_status: "approved",
      duration_ms: 0,
    });
    const [followUp] = followUps(h);
    const { id } = reply.approval ?? {};
    expect(followUp).toMatchObject({
      trigger_source: "approval",
      trigger_ref: id,
      version_id: spec.version_id,
      inputs: { name: "Ada", decision: "approved", approved_output: draft },
      approval: { id, run_id: spec.run_id },
    });
    expect(h.engine.view()?.detail.approval_trail?.follow_up_run_id).toBe(followUp?.run_id);
    expect(h.engine.wait.authorizes(id ?? "", followUp?.run_id ?? "")).toBe(true);
    expect(h.engine.wait.authorizes(id ?? "", spec.run_id)).toBe(false);
    const kinds = h.broadcast.map((event) => event.type);
    expect(kinds.indexOf("approval_decided")).toBeLessThan(kinds.indexOf("close"));
  });
});

it("of two decisions at the same moment one is taken, and the other learns which it was", async () => {
  verifies("approvals:decide:first-wins");
  await withEngine(async (h) => {
    await holdRun(h);
    const desk = h.engine.wait;
    const replies = await Promise.all([
      desk.decide(byPerson()),
      desk.decide(byPerson()),
      desk.decide({ ...byPerson("tok_2"), decision: "rejected", reason: "No." }),
    ]);
    expect(replies.map((reply) => reply.kind).sort()).toEqual(["refused", "refused", "taken"]);
    const refused = replies.filter((reply) => reply.kind === "refused");
    for (const reply of refused)
      expect(reply).toMatchObject({ why: "approval_decided", approval: { status: "approved" } });

    expect(followUps(h)).toHaveLength(1);
  });
});

it("what the approver edited is what the follow-up gets", async () => {
  verifies("approvals:approve:edits");
  await withEngine(async (h) => {
    await holdRun(h);
    const edited = { to: "ada@example.com", body: "Good day" };
    await h.engine.wait.decide({ ...byPerson(), edited_output: edited });
    expect(followUps(h)[0]?.inputs["approved_output"]).toEqual(edited);
  });
});

it("a rejection ends the run with its reason and starts nothing", async () => {
  verifies("approvals:reject:reason-no-follow-up");
  await withEngine(async (h) => {
    await holdRun(h);
    await h.engine.wait.decide({ ...byPerson(), decision: "rejected", reason: "Too early." });
    expect(h.engine.view()?.detail).toMatchObject({
      status: "completed",
      approval_status: "rejected",
      approval_trail: { reason: "Too early.", follow_up_run_id: null },
    });
    expect(h.approvals.at(-1)).toMatchObject({ status: "rejected", reason: "Too early." });
    expect(followUps(h)).toHaveLength(0);
  });
});

it("a run that was rejected is told of in lists and inbox, though its object went away while it wrote that", async () => {
  verifies("run:end:duties-repeated");
  await withEngine(async (h) => {
    await holdRun(h);
    const shown = () => [h.projected.at(-1)?.status, h.approvals.at(-1)?.status];
    expect(shown()).toEqual(["pending_approval", "pending"]);
    h.listsAreAway = true;
    await h.engine.wait.decide({ ...byPerson(), decision: "rejected", reason: "Too early." });
    h.evict();
    expect(shown()).toEqual(["pending_approval", "pending"]);
    h.listsAreAway = false;
    // Its standing alarm was the end of the time to decide, a day away.
    const wake = Math.min(...h.wakes.filter((at) => at > h.clock.now));
    expect(wake - h.clock.now).toBeLessThanOrEqual(30_000);
    h.clock.now = wake;
    await h.engine.dispatch({ type: "woke" });
    expect(shown()).toEqual(["completed", "rejected"]);
  });
});

it("once the time is over nothing is decided any more, whether or not the alarm has come", async () => {
  verifies("approvals:expiry:never-actioned");
  await withEngine(async (h) => {
    await holdRun(h);
    h.clock.now += day;
    expect(await h.engine.wait.decide(byPerson())).toMatchObject({
      kind: "refused",
      why: "approval_expired",
    });
    expect(h.engine.view()?.detail).toMatchObject({ status: "completed", approval_status: "expired" });
    await h.engine.dispatch({ type: "woke" });
    expect(await h.engine.wait.decide(byPerson())).toMatchObject({
      kind: "refused",
      why: "approval_expired",
    });
    expect(followUps(h)).toHaveLength(0);
  });
});

it("the alarm approves in the end where worker.yml says so", async () => {
  verifies("approvals:expiry:on-expiry-approve");
  await withEngine(async (h) => {
    await holdRun(h, { on_expiry: "approve" });
    h.clock.now += day;
    h.evict();
    await h.engine.dispatch({ type: "woke" });
    await expect.poll(() => followUps(h)).toHaveLength(1);
    expect(h.engine.view()?.detail).toMatchObject({ status: "completed", approval_status: "approved" });
  });
});

it("a follow-up that the queue does not take is offered again until it does, under the same id", async () => {
  verifies("approvals:approve:crash-safe");
  await withEngine(async (h) => {
    await holdRun(h);
    h.admitAnswers.push({ kind: "full", limit: 1 });
    const reply = await h.engine.wait.decide(byPerson());
    expect(reply).toMatchObject({ kind: "taken", approval: { status: "approved" } });
    expect(h.engine.view()?.detail.status).toBe("pending_approval");
    expect(await h.engine.wait.decide(byPerson())).toMatchObject({ why: "approval_decided" });
    h.evict();
    h.clock.now += 5000;
    await h.engine.dispatch({ type: "woke" });
    await expect.poll(() => h.engine.view()?.detail.status).toBe("completed");
    expect(followUps(h).map((spec) => spec.run_id)).toEqual([reply.approval?.follow_up_run_id]);
  });
});

it("several approvers must be different people, and none may edit", async () => {
  verifies("approvals:rules:n-of-m");
  await withEngine(async (h) => {
    await holdRun(h, { approvers_needed: 2 });
    const desk = h.engine.wait;
    expect(await desk.decide({ ...byPerson("tok_2"), edited_output: {} })).toMatchObject({
      why: "edits_not_allowed",
    });
    expect(await desk.decide(byPerson("tok_2"))).toMatchObject({
      kind: "taken",
      approval: { status: "pending" },
    });
    expect(await desk.decide(byPerson("tok_2"))).toMatchObject({ why: "approval_voted" });
    expect(h.engine.view()?.detail.why_waiting).toContain("1 of 2");
    expect(h.engine.view()?.detail.approval_trail?.link).toBeNull();
    h.evict();
    expect(await h.engine.wait.decide(byPerson("tok_3"))).toMatchObject({
      approval: { status: "approved" },
    });
    expect(h.approvals.at(-1)?.votes.map((vote) => vote.principal)).toEqual(["tok_2", "tok_3"]);
    expect(followUps(h)).toHaveLength(1);
  });
});

it("who started the run may not approve it where worker.yml says so, but may take it back", async () => {
  verifies("approvals:rules:not-by-requester");
  await withEngine(async (h) => {
    await holdRun(h, { not_by_requester: true });
    expect(await h.engine.wait.decide(byPerson("tok_1"))).toMatchObject({ why: "approval_own_request" });
    expect(h.engine.view()?.detail.approval_trail?.link).toBeNull();
    const taken = await h.engine.wait.decide({ ...byPerson("tok_1"), decision: "rejected" });
    expect(taken).toMatchObject({ kind: "taken", approval: { status: "rejected" } });
  });
});

it("a run proposes whatever its inputs and its trigger say, unless the approval's record names it", async () => {
  verifies("approvals:forged-decision:no-effect");
  const forged = {
    approvals: rule,
    inputs: { name: "Ada", decision: "approved", approved_output: draft },
    trigger_source: "approval" as const,
    approval: { id: newId("apr", start), run_id: newId("run", start) },
  };
  await withEngine(async (h) => {
    await h.engine.accept(buildTestSpec(forged), true);
    expect(h.driver.launches[0]?.config?.inputs).toEqual({ name: "Ada", decision: "proposed" });
    expect(h.driver.launches[0]?.config?.environment).toMatchObject({ FLOOM_DECISION: "proposed" });
    await h.post([resultEntry(asking)]);
    await expect.poll(() => h.engine.view()?.detail.status).toBe("pending_approval");
  });
  await withEngine(async (h) => {
    const spec = buildTestSpec(forged);
    h.authorized.add(`${forged.approval.id}:${spec.run_id}`);
    await h.engine.accept(spec, true);
    expect(h.driver.launches[0]?.config?.inputs).toEqual(forged.inputs);
    expect(h.driver.launches[0]?.config?.environment).toMatchObject({ FLOOM_DECISION: "approved" });
    await h.post([resultEntry(asking)]);
    expect(h.engine.view()?.detail.status).toBe("completed");
  });
});

it("a run that is cancelled while it waits can no longer be approved", async () => {
  await withEngine(async (h) => {
    await holdRun(h);
    await h.engine.dispatch({ type: "cancel" });
    expect(h.engine.view()?.detail).toMatchObject({ status: "cancelled", approval_status: "rejected" });
    expect(await h.engine.wait.decide(byPerson())).toMatchObject({ why: "approval_decided" });
    expect(followUps(h)).toHaveLength(0);
  });
});

it("a run that is cancelled after its approval takes back what has not happened yet", async () => {
  verifies("approvals:cancel:after-approval");
  await withEngine(async (h) => {
    const spec = await holdRun(h);
    h.admitAnswers.push({ kind: "full", limit: 1 });
    await h.engine.wait.decide(byPerson("tok_2"));
    expect(h.engine.record?.state.phase).toBe("resuming");
    await h.engine.dispatch({ type: "cancel" });
    expect(h.engine.view()?.detail.status).toBe("cancelled");
    const [key] = [...h.forbidden.keys()];
    expect(key).toMatch(/^approval:apr_/);
    // The queue takes it no more, also where a lost message arrives late.
    await h.engine.dispatch({ type: "woke" });
    expect(followUps(h)).toEqual([]);
    expect(h.engine.wait.authorizes(key?.slice("approval:".length) ?? "", spec.run_id)).toBe(false);
  });
});

/** Approves a run whose follow-up is in the queue, though the queue's word of that was lost. */
async function approveIntoQueue(h: EngineHarness): Promise<{ approval_id: string; id: string }> {
  await holdRun(h);
  h.admitAnswers.push({ kind: "full", limit: 1 });
  await h.engine.wait.decide(byPerson("tok_2"));
  const { approval_id = "", verdict } = h.engine.record?.state.hold ?? {};
  const id = verdict?.follow_up_run_id ?? "";
  h.followUps.set(`approval:${approval_id}`, buildTestSpec({ run_id: runIdSchema.parse(id) }));
  return { approval_id, id };
}

it("a follow-up that had come into the queue before the cancel is cancelled there, and was never let act", async () => {
  verifies("approvals:cancel:after-approval");
  await withEngine(async (h) => {
    const { approval_id, id } = await approveIntoQueue(h);
    await h.engine.dispatch({ type: "cancel" });
    expect(h.cancelled).toContain(id);
    expect(h.engine.view()?.detail.status).toBe("cancelled");
    expect(h.engine.wait.authorizes(approval_id, id)).toBe(false);
  });
});

it("what must be approved must be small enough to be shown whole", async () => {
  await withEngine(async (h) => {
    await h.engine.accept(buildTestSpec({ approvals: rule }), true);
    await h.post([resultEntry({ ...asking, outputs: { body: "x".repeat(200_000) } })]);
    await expect.poll(() => h.engine.view()?.detail.error_code).toBe("output_too_large");
  });
});

it("a run that waits for something outside goes on when it comes, and people cannot decide it", async () => {
  verifies("approvals:await-external:resumed-once");
  await withEngine(async (h) => {
    await h.engine.accept(buildTestSpec(), true);
    await h.post([
      resultEntry({ await_external: { key: "order-1", label: "Payment", timeout_seconds: 60 } }),
    ]);
    await expect.poll(() => h.engine.view()?.detail.status).toBe("pending_approval");
    const desk = h.engine.wait;
    expect(await desk.decide(byPerson())).toMatchObject({ why: "run_not_pending" });
    expect(await desk.resume({ key: "order-2", payload: 1 })).toEqual({ kind: "refused" });
    const came = await Promise.all([
      desk.resume({ key: "order-1", payload: { paid: true } }),
      desk.resume({ key: "order-1", payload: { paid: true } }),
    ]);
    expect(came.map((reply) => reply.kind).sort()).toEqual(["refused", "resumed"]);
    expect(followUps(h)).toMatchObject([{ inputs: { name: "Ada", external_result: { paid: true } } }]);
    expect(followUps(h)[0]?.approval).toBeNull();
    expect(h.engine.view()?.detail.status).toBe("completed");
  });
});

it("what does not come from outside in time fails the run", async () => {
  verifies("approvals:await-external:timeout");
  await withEngine(async (h) => {
    await h.engine.accept(buildTestSpec(), true);
    await h.post([resultEntry({ await_external: { key: "order-1", timeout_seconds: 60 } })]);
    await expect.poll(() => h.engine.view()?.detail.status).toBe("pending_approval");
    h.clock.now += 60_000;
    await h.engine.dispatch({ type: "woke" });
    expect(h.engine.view()?.detail).toMatchObject({ status: "failed", error_code: "external_timeout" });
    expect(await h.engine.wait.resume({ key: "order-1", payload: 1 })).toEqual({ kind: "refused" });
  });
});

it("a cancelled run ends only once its follow-up, which the queue has not handed over yet, can be cancelled", async () => {
  verifies("approvals:cancel:after-approval");
  await withEngine(async (h) => {
    await approveIntoQueue(h);
    h.isHandedOver = false;
    await h.engine.dispatch({ type: "cancel" });
    expect(h.engine.view()?.detail.status).toBe("pending_approval");
    h.isHandedOver = true;
    h.clock.now += 60_000;
    await h.engine.dispatch({ type: "woke" });
    expect(h.engine.view()?.detail.status).toBe("cancelled");
  });
});
