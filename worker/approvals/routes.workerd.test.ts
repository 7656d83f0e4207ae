import { env } from "cloudflare:workers";
import { beforeEach, expect, it } from "vitest";
import {
  approvalPageSchema,
  approvalSchema,
  decideManyResultSchema,
  decisionResultSchema,
} from "#contract/approvals/approval";
import { auditPageSchema } from "#contract/audit/audit";
import { publicApprovalSchema } from "#contract/approvals/approval";
import type { Approval } from "#contract/approvals/approval";
import type { Manifest } from "#contract/manifest/manifest";
import { problemSchema } from "#contract/problem";
import { runDetailSchema, runPageSchema } from "#contract/runs/run";
import type { RunDetail } from "#contract/runs/run";
import { resultEntry } from "../../test/support/workerd/engine-harness.ts";
import {
  callApi,
  seedWorker,
  strangerToken,
  testHost,
  runTokenOf,
} from "../../test/support/workerd/api-harness.ts";
import { strangerWorkspace } from "../../test/support/workerd/stranger.ts";
import { toJournal } from "../../test/support/workerd/fake-driver.ts";
import { numberedId } from "../../test/support/numbered-id.ts";
import { seedMember, signIn } from "../../test/support/workerd/people.ts";
import { verifies } from "../../test/verifies.ts";
import { approvalDeps } from "../compose/run-deps.ts";
import { systemClock } from "../platform/clock.ts";
import { createDb } from "../platform/db/client.ts";
import { resumeExternal } from "./resume-service.ts";
import { decideApproval, decideRun } from "./service.ts";

const draft = { to: "ada@example.com", body: "Hello" };
const asking = {
  decision_required: { label: "Send to Ada", preview: "Hello", preview_type: "email" },
  outputs: draft,
};
const owner = "wsp_00000000000000000000000000";

const inputs = [{ name: "name", kind: "scalar" as const, type: "string", label: "Name", required: true }];
const approvals: Manifest["approvals"] = { required: true, label: "Send" };

beforeEach(async () => {
  await seedWorker("outbound", { inputs, approvals });
});

const readRun = async (id: string) =>
  runDetailSchema.parse(await (await callApi("GET", `/api/runs/${id}`)).json());

/** Starts a run and lets its script end as `result` says: no sandbox is needed for what the runner would post. */
async function runToEnd(worker: string, result: Parameters<typeof resultEntry>[0], given: object = {}) {
  const json = { inputs: { name: "Ada", ...given } };
  const run = runDetailSchema.parse(
    await (await callApi("POST", `/api/workers/${worker}/runs`, { json })).json(),
  );
  await expect.poll(async () => (await readRun(run.id)).attempt).toBe(1);
  const posted = await callApi("POST", `/api/runs/${run.id}/runner/journal?attempt=1&offset=0`, {
    token: await runTokenOf(run.id),
    headers: { "content-type": "application/x-ndjson" },
    body: toJournal([resultEntry(result)]) as BodyInit,
  });
  expect(posted.status).toBe(200);
  return run;
}

/** A run that waits for a decision, and what it asks. */
async function hold(
  worker = "outbound",
  given: object = {},
): Promise<{ run: RunDetail; approval: Approval }> {
  const { id } = await runToEnd(worker, asking, given);
  await expect.poll(async () => (await readRun(id)).status).toBe("pending_approval");
  const run = await readRun(id);
  return { run, approval: await readApproval(run.approval_trail?.id ?? "") };
}

const readApproval = async (id: string) =>
  approvalSchema.parse(await (await callApi("GET", `/api/approvals/${id}`)).json());
const problemOf = async (response: Response) => problemSchema.parse(await response.json());

async function followUpsOf(approvalId: string): Promise<RunDetail[]> {
  const page = runPageSchema.parse(await (await callApi("GET", "/api/runs")).json());
  const runs = await Promise.all(page.runs.map((run) => readRun(run.id)));
  return runs.filter((run) => run.trigger_ref === approvalId);
}

/** Path and token of a review link. */
function reviewPath(link: string | null, act = ""): string {
  const url = new URL(link ?? "");
  const { id, token } = Object.fromEntries(url.searchParams);
  return `/api/approvals/public/${id}${act}?token=${token}`;
}

it("the inbox lists, counts and shows what is asked, to the letter", async () => {
  verifies("approvals:inbox:list-count-show");
  const { run, approval } = await hold();
  expect(approval).toMatchObject({
    run_id: run.id,
    status: "pending",
    label: "Send to Ada",
    preview: "Hello",
    preview_type: "email",
    outputs: draft,
    inputs: { name: "Ada" },
  });
  expect(run.approval_trail).toMatchObject({ id: approval.id, link: approval.public_link });
  const page = approvalPageSchema.parse(
    await (await callApi("GET", "/api/approvals?status=pending&limit=1")).json(),
  );
  expect(page.approvals).toEqual([approval]);
  expect(await (await callApi("GET", "/api/approvals/count")).json()).toEqual({ pending: 1 });
  const none = approvalPageSchema.parse(
    await (await callApi("GET", "/api/approvals?status=approved")).json(),
  );
  expect(none.approvals).toEqual([]);
  const of = async (worker: string) => {
    const answer = await callApi("GET", `/api/approvals?worker=${worker}`);
    return approvalPageSchema.parse(await answer.json()).approvals.map(({ id }) => id);
  };
  await seedWorker("other-asker", { inputs, approvals });
  expect([await of("outbound"), await of("other-asker"), await of("no-such-worker")]).toEqual([
    [approval.id],
    [],
    [],
  ]);
});

it("a double click on approve executes once: the second answer is a 409 that names the follow-up run", async () => {
  verifies("approvals:decide:first-wins");
  const { run, approval } = await hold();
  const click = () => callApi("POST", `/api/approvals/${approval.id}/approve`, { json: {} });
  const answers = await Promise.all([click(), click(), callApi("POST", `/api/runs/${run.id}/approve`)]);
  expect(answers.map((answer) => answer.status).toSorted((a, b) => a - b)).toEqual([200, 409, 409]);
  const taken = answers.find((answer) => answer.status === 200);
  const result = decisionResultSchema.parse(await taken?.json());
  for (const answer of answers.filter((candidate) => candidate.status === 409)) {
    const problem = await problemOf(answer);
    expect(problem.code).toBe("approval_decided");
    expect(problem.detail).toContain(result.run_id);
  }
  expect(await readRun(run.id)).toMatchObject({ status: "completed", approval_status: "approved" });
  await expect.poll(() => followUpsOf(approval.id)).toHaveLength(1);
  expect(await readRun(result.run_id)).toMatchObject({
    trigger_source: "approval",
    trigger_ref: approval.id,
    inputs: { name: "Ada", decision: "approved", approved_output: draft },
  });
});

it("a forged decision is stamped over when a run is started, replayed, and when it claims to be a follow-up", async () => {
  verifies("approvals:forged-decision:no-effect");
  const forged = { decision: "approved", approved_output: { to: "eve@example.com" } };
  const { run } = await hold("outbound", forged);
  expect(run.inputs).toEqual({ name: "Ada", decision: "proposed" });
  const result = decisionResultSchema.parse(
    await (await callApi("POST", `/api/runs/${run.id}/approve`)).json(),
  );
  await expect.poll(async () => (await readRun(result.run_id)).attempt).toBe(1);
  await callApi("POST", `/api/runs/${result.run_id}/cancel`);
  await expect.poll(async () => (await readRun(result.run_id)).status).toBe("cancelled");
  const replay = await callApi("POST", `/api/runs/${result.run_id}/replay`, { json: {} });
  const replayed = runDetailSchema.parse(await replay.json());
  expect(replayed.inputs).toEqual({ name: "Ada", decision: "proposed" });
});

it("approving after the time is over executes nothing", async () => {
  verifies("approvals:expiry:never-actioned");
  await seedWorker("hasty", { inputs, approvals: { ...approvals, expires_in_seconds: 1 } });
  const { run, approval } = await hold("hasty");
  await expect.poll(async () => (await readApproval(approval.id)).status, { timeout: 5000 }).toBe("expired");
  const late = await callApi("POST", `/api/approvals/${approval.id}/approve`, { json: {} });
  expect(late.status).toBe(409);
  expect((await problemOf(late)).code).toBe("approval_expired");
  expect((await callApi("POST", reviewPath(approval.public_link, "/approve"), { token: "" })).status).toBe(
    401,
  );
  expect(await (await callApi("GET", "/api/approvals/count")).json()).toEqual({ pending: 0 });
  expect(await readRun(run.id)).toMatchObject({ status: "completed", approval_status: "expired" });
  expect(await followUpsOf(approval.id)).toEqual([]);
});

it("no GET and no HEAD decides, whatever address it asks for", async () => {
  verifies("approvals:get:never-decides");
  const { run, approval } = await hold();
  const link = reviewPath(approval.public_link);
  const shown = await callApi("GET", link, { token: "" });
  expect(publicApprovalSchema.parse(await shown.json())).toMatchObject({ status: "pending", outputs: draft });
  const paths = [
    `/api/approvals/${approval.id}/approve`,
    `/api/runs/${run.id}/approve`,
    reviewPath(approval.public_link, "/approve"),
    "/api/approvals/decide",
  ];
  for (const path of paths) expect([404, 405]).toContain((await callApi("GET", path)).status);
  for (const path of [link, ...paths]) await callApi("HEAD", path, { token: "" });
  expect((await readApproval(approval.id)).status).toBe("pending");
  expect(await followUpsOf(approval.id)).toEqual([]);
});

it("a missing, a wrong, a foreign and a cut token get the same 401, and the right one decides once", async () => {
  verifies("approvals:link:missing-wrong-alike");
  const [{ approval }, other] = [await hold(), await hold()];
  const right = reviewPath(approval.public_link);
  const theirs = reviewPath(other.approval.public_link).replace(other.approval.id, approval.id);
  const bad = [right.split("?")[0] ?? "", `${right.slice(0, -1)}x`, theirs, right.slice(0, -8)];
  for (const path of bad) {
    const answer = await callApi("GET", path, { token: "" });
    const { code, status, detail } = await problemOf(answer);
    expect({ code, status, detail }).toEqual({
      code: "review_link_invalid",
      status: 401,
      detail: "Invalid or expired approval link.",
    });
  }
  const act = reviewPath(approval.public_link, "/approve");
  const json = { edited_output: { to: "ada@example.com", body: "Good day" } };
  const first = await callApi("POST", act, { token: "", json });
  expect(decisionResultSchema.parse(await first.json()).status).toBe("approved");
  expect((await callApi("POST", act, { token: "", json })).status).toBe(409);
  expect((await readApproval(approval.id)).votes[0]?.principal).toBe("link");
});

it("a decision by a link is among the changes, by its page and by the API, as the link's and without its token", async () => {
  verifies("audit:events:by-link");
  const [byApi, byPage] = [await hold(), await hold()];
  const right = reviewPath(byApi.approval.public_link, "/approve");
  const json = { edited_output: { to: "ada@example.com", body: "words to one alone" } };
  await callApi("POST", `${right.slice(0, -1)}x`, { token: "", json });
  await callApi("POST", right, { token: "", json });
  await callApi("POST", right, { token: "", json });
  const { pathname, search } = new URL(byPage.approval.public_link ?? "");
  for (const decision of ["reject", "approve"]) {
    const body = new URLSearchParams({ decision, reason: "Not today." });
    await callApi("POST", `${pathname}${search}`, { token: "", body });
  }

  const answer = await callApi("GET", "/api/audit");
  const text = await answer.text();
  const { events } = auditPageSchema.parse(JSON.parse(text));
  const told = events.map(({ action, outcome, code, actor, resource }) => [
    [action, outcome, code],
    [actor.kind, actor.id, actor.user_id, resource?.id],
  ]);
  const by = ({ approval: { id } }: typeof byApi) => ["link", id, null, id];
  // What a wrong token asked for is nobody's, and is not among them.
  expect(told).toEqual([
    [["approveByLink", "refused", "approval_decided"], by(byPage)],
    [["rejectByLink", "done", null], by(byPage)],
    [["approveByLink", "refused", "approval_decided"], by(byApi)],
    [["approveByLink", "done", null], by(byApi)],
  ]);
  for (const { approval } of [byApi, byPage])
    expect(text).not.toContain(new URL(approval.public_link ?? "").searchParams.get("token"));
  expect(text).not.toContain("words to one alone");
});

it("many are decided at once, and what cannot be decided says so by itself", async () => {
  verifies("approvals:bulk:per-item");
  const [a, b] = [await hold(), await hold()];
  await callApi("POST", `/api/approvals/${b.approval.id}/reject`, { json: { comment: "No." } });
  const missing = "apr_00000000000000000000000000";
  const json = { ids: [a.approval.id, b.approval.id, missing], decision: "reject", reason: "Too early." };
  const { results } = decideManyResultSchema.parse(
    await (await callApi("POST", "/api/approvals/decide", { json })).json(),
  );
  expect(results).toMatchObject([
    { status: "rejected", run_id: a.run.id, error: null },
    { status: null, error: { code: "approval_decided" } },
    { status: null, error: { code: "not_found" } },
  ]);
  expect((await readRun(a.run.id)).approval_trail?.reason).toBe("Too early.");
  expect((await readRun(b.run.id)).approval_trail?.reason).toBe("No.");
});

it("an approval of another workspace looks like none, and readers get no link that decides", async () => {
  const { run, approval } = await hold();
  const token = await strangerToken();
  for (const act of ["", "/approve", "/reject"]) {
    const method = act === "" ? "GET" : "POST";
    const theirs = await callApi(method, `/api/approvals/${approval.id}${act}`, { token });
    const nothing = await callApi(method, `/api/approvals/apr_00000000000000000000000000${act}`, { token });
    const [a, b] = [await problemOf(theirs), await problemOf(nothing)];
    expect({ ...a, instance: "", request_id: "" }).toEqual({ ...b, instance: "", request_id: "" });
    expect(a.status).toBe(act === "" ? 404 : 403);
  }
  // A person of another workspace, signed in there.
  await seedMember("s", "owner", { workspaceId: strangerWorkspace });
  const stranger = await signIn("s", strangerWorkspace);
  const missing = { code: "not_found" };
  const decision = { verdict: "approved" as const, body: {} };
  const deps = approvalDeps(testHost);
  await expect(decideApproval(deps, stranger, { ...decision, id: approval.id })).rejects.toMatchObject(
    missing,
  );
  await expect(decideRun(deps, stranger, { ...decision, runId: run.id })).rejects.toMatchObject(missing);
  const reader = await strangerToken(["runs:read"]);
  await env.DB.prepare("UPDATE tokens SET workspace_id = ? WHERE id = 'tok_1'").bind(owner).run();
  const seen = approvalSchema.parse(
    await (await callApi("GET", `/api/approvals/${approval.id}`, { token: reader })).json(),
  );
  expect(seen.public_link).toBeNull();
  const record = runDetailSchema.parse(
    await (await callApi("GET", `/api/runs/${run.id}`, { token: reader })).json(),
  );
  expect(record.approval_trail?.link).toBeNull();
});

it("a run that waits for something outside is found behind many that wait for the same and do not take it", async () => {
  verifies("approvals:await-external:any-waiting-run");
  await seedWorker("crowded", { inputs });
  const { id } = await runToEnd("crowded", { await_external: { key: "payment", timeout_seconds: 600 } });
  await expect.poll(async () => (await readRun(id)).approval_trail?.kind).toBe("await_external");
  // Rows that nobody stands behind any more, all of them older: some are named as waiting, some have no time left.
  await env.DB.prepare(
    `WITH RECURSIVE n(i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM n WHERE i < 119)
     INSERT INTO approvals (workspace_id, id, run_id, worker_name, status, label, request, created_at, expires_at)
     SELECT ?, 'apr_' || printf('%026d', i), 'run_' || printf('%026d', i), 'crowded', 'pending', 'L',
       '{"kind":"await_external","key":"payment"}', 0, CASE WHEN i < 60 THEN 0 ELSE 9e15 END FROM n`,
  )
    .bind(owner)
    .run();
  const asked: string[] = [];
  const deps = {
    db: createDb(env.DB),
    clock: systemClock,
    publicUrl: testHost.publicUrl,
    runObject: (runId: string) => {
      asked.push(runId);
      return testHost.run(runId);
    },
  };
  const worker = { workspaceId: owner, workerName: "crowded" };
  const resume = (run_id?: string) => resumeExternal(deps, worker, { key: "payment", run_id, payload: null });
  await expect(resume(numberedId("run", 0))).rejects.toMatchObject({ code: "not_found" });
  expect(asked).toEqual([]);
  await expect
    .poll(() =>
      resume()
        .then(({ run_id }) => run_id)
        .catch(() => undefined),
    )
    .toBe(id);
  expect(new Set(asked).size).toBe(61);
});

it("a wait for something outside is in nobody's inbox, and goes on when it comes", async () => {
  verifies("approvals:await-external:resumed-once");
  await seedWorker("waiter", { inputs });
  const { id } = await runToEnd("waiter", { await_external: { key: "order-1", timeout_seconds: 60 } });
  await expect.poll(async () => (await readRun(id)).approval_trail?.kind).toBe("await_external");
  const run = await readRun(id);
  expect(await (await callApi("GET", "/api/approvals/count")).json()).toEqual({ pending: 0 });
  expect((await callApi("POST", `/api/runs/${id}/approve`)).status).toBe(409);
  const { publicUrl } = testHost;
  const deps = {
    db: createDb(env.DB),
    clock: systemClock,
    publicUrl,
    runObject: (runId: string) => testHost.run(runId),
  };
  const worker = { workspaceId: owner, workerName: "waiter" };
  const event = { key: "order-1", payload: { paid: true } };
  await expect(resumeExternal(deps, worker, { ...event, key: "order-2" })).rejects.toMatchObject({
    code: "not_found",
  });
  let resumed: Awaited<ReturnType<typeof resumeExternal>> | undefined;
  await expect
    .poll(async () => (resumed ??= await resumeExternal(deps, worker, event).catch(() => undefined)))
    .toMatchObject({ run_id: id });
  await expect(resumeExternal(deps, worker, event)).rejects.toMatchObject({ code: "not_found" });
  const followUp = await readRun(resumed?.follow_up_run_id ?? "");
  expect(followUp).toMatchObject({
    inputs: { name: "Ada", external_result: { paid: true } },
    trigger_ref: run.approval_trail?.id,
  });
  const hidden = await callApi("GET", `/api/approvals/${run.approval_trail?.id}`);
  expect(hidden.status).toBe(404);
});

it("who started a run may not approve it where worker.yml says so, and there is no link to do it with", async () => {
  verifies("approvals:rules:not-by-requester");
  await seedWorker("four-eyes", { inputs, approvals: { ...approvals, not_by_requester: true } });
  const { run, approval } = await hold("four-eyes");
  expect(approval.public_link).toBeNull();
  const own = await callApi("POST", `/api/runs/${run.id}/approve`, { json: {} });
  expect(await problemOf(own)).toMatchObject({ status: 403, code: "approval_own_request" });
  await seedMember("e", "editor");
  const decision = { runId: run.id, verdict: "approved" as const, body: {} };
  expect(await decideRun(approvalDeps(testHost), await signIn("e"), decision)).toMatchObject({
    status: "approved",
  });
});

it("the page of a review link shows all of it without a script, and its form decides once", async () => {
  verifies("approvals:link:page");
  const { approval } = await hold();
  const { pathname, search } = new URL(approval.public_link ?? "");
  const shown = await callApi("GET", pathname + search, { token: "" });
  expect(shown.headers.get("content-security-policy")).toContain("default-src 'none'");
  const html = await shown.text();
  for (const text of ["Send to Ada", "ada@example.com", "<form"]) expect(html).toContain(text);
  const send = (form: Record<string, string>, at = pathname + search) =>
    callApi("POST", at, { token: "", body: new URLSearchParams(form) });
  expect((await send({})).status).toBe(422);
  expect((await send({ decision: "approve", edited: "no json" })).status).toBe(422);
  expect((await send({ decision: "approve" }, pathname)).status).toBe(401);
  expect((await readApproval(approval.id)).status).toBe("pending");
  const first = await send({ decision: "approve", edited: '{"body":"<b>Hi</b>"}', reason: "ok" });
  expect({ status: first.status, isFormGone: !(await first.text()).includes("<form") }).toEqual({
    status: 200,
    isFormGone: true,
  });
  expect((await send({ decision: "reject" })).status).toBe(409);
  expect(await readApproval(approval.id)).toMatchObject({
    status: "approved",
    reason: "ok",
    edited_output: { body: "<b>Hi</b>" },
  });
  const second = await hold();
  const link = new URL(second.approval.public_link ?? "");
  const edited = JSON.stringify(draft, null, 2);
  expect((await send({ decision: "approve", edited }, link.pathname + link.search)).status).toBe(200);
  expect((await readApproval(second.approval.id)).edited_output).toBeNull();
});

it.each(["approve", "reject"])(
  "a review link that has served (%s) tells the decision, when and by whom, and nothing else",
  async (verb) => {
    verifies("approvals:link:ends-at-decision");
    const { approval } = await hold();
    const link = reviewPath(approval.public_link);
    const edited = { to: "eve@example.com", body: "Edited" };
    const json = { reason: "as agreed", ...(verb === "approve" ? { edited_output: edited } : {}) };
    expect(
      (await callApi("POST", reviewPath(approval.public_link, `/${verb}`), { json, token: "" })).status,
    ).toBe(200);

    const answer = await callApi("GET", link, { token: "" });
    const text = await answer.text();
    const told = publicApprovalSchema.parse(JSON.parse(text));
    expect(told).toMatchObject({
      status: verb === "approve" ? "approved" : "rejected",
      decided_by: "link",
      reason: "as agreed",
    });
    expect(told.decided_at).not.toBeNull();
    const { pathname, search } = new URL(approval.public_link ?? "");
    const page = await (await callApi("GET", `${pathname}${search}`, { token: "" })).text();
    for (const secret of [draft.to, draft.body, edited.to, edited.body]) {
      expect(text).not.toContain(secret);
      expect(page).not.toContain(secret);
    }
    expect(page).toContain("as agreed");
    expect(page).toContain("by a review link");
  },
);

it("what a token decided is told by the link with that token's id", async () => {
  verifies("approvals:link:ends-at-decision");
  const { approval } = await hold();
  await callApi("POST", `/api/approvals/${approval.id}/approve`, { json: {} });
  const told = publicApprovalSchema.parse(
    await (await callApi("GET", reviewPath(approval.public_link), { token: "" })).json(),
  );
  expect(told.decided_by).toMatch(/^tok_/);
  expect(told.outputs).toEqual({});
});
