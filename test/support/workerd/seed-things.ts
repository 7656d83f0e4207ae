import { eq } from "drizzle-orm";
import { expect } from "vitest";
import { connectionSchema } from "#contract/connections/connection";
import { feedbackSchema } from "#contract/memory/memory";
import { alertSchema } from "#contract/alerts/alert";
import { workspaceIdSchema } from "#contract/ids";
import type { UserId, WorkspaceId } from "#contract/ids";
import { runDetailSchema } from "#contract/runs/run";
import type { RunDetail } from "#contract/runs/run";
import { createdShareSchema } from "#contract/shares/share";
import { createdTokenSchema } from "#contract/tokens/token";
import { createdTriggerSchema } from "#contract/triggers/trigger";
import { workSessionDetailSchema } from "#contract/work-sessions/work-session";
import { uploadSchema } from "#contract/workers/worker";
import { deliveryReceiptSchema } from "#contract/hooks/delivery";
import { putInvitation } from "../../../worker/access/members/store.ts";
import { mintRunToken } from "../../../worker/access/run-token.ts";
import { insertEvaluation, putBaseline } from "../../../worker/evaluations/store.ts";
import { insertLearning } from "../../../worker/memory/store.ts";
import { members } from "../../../worker/platform/db/schema/access.ts";
import { evaluations } from "../../../worker/platform/db/schema/deploys.ts";
import { oauthClients, oauthGrants } from "../../../worker/platform/db/schema/oauth.ts";
import { callApi, testHost } from "./api-harness.ts";
import type { ApiCall } from "./api-harness.ts";
import { resultEntry } from "./engine-harness.ts";
import { toJournal } from "./fake-driver.ts";
import { nothing } from "./route-requests.ts";
import type { Things } from "./route-requests.ts";

const workerYml = (name: string) => `schema_version: "0.3"
name: ${name}
title: Asks before it acts
version: "1.0.0"
exec:
  entry: run.py
  command: python run.py
approvals:
  required: true
  label: Send
`;

/** What the script leaves: outputs, and what is to be decided about them. */
const question = {
  decision_required: { label: "Send to Ada", preview: "Hello", preview_type: "email" as const },
  outputs: { to: "ada@example.com" },
};

/** A workspace by its token: whoever makes the things. */
export interface Maker {
  token: string;
  workspace_id: string;
}

/**
 * Makes one thing of every kind in a workspace, by the API alone. The worker's name is the maker's to choose; what a
 * script would have posted is posted with the run's own token.
 */
export async function seedThings(maker: Maker, worker: string): Promise<Things> {
  const ask = async (method: string, path: string, call: ApiCall = {}) => {
    const response = await callApi(method, path, { ...call, token: maker.token });
    expect(response.status, `${method} ${path}`).toBeLessThan(300);
    return response.json();
  };
  await ask("POST", "/api/workers", { json: { worker_yml: workerYml(worker), run_py: "print(1)" } });
  const form = new FormData();
  form.set("file", new File([`of ${worker}`], "a.txt", { type: "text/plain" }));
  const upload = uploadSchema.parse(await ask("POST", "/api/uploads", { body: form }));
  const start = async () =>
    runDetailSchema.parse(await ask("POST", `/api/workers/${worker}/runs`, { json: {} }));
  const read = async (id: string) => runDetailSchema.parse(await ask("GET", `/api/runs/${id}`));
  const other = await start();
  const asking = await askForApproval(maker, await start(), read);
  const trigger = createdTriggerSchema.parse(
    await ask("POST", `/api/workers/${worker}/triggers`, {
      json: { type: "webhook", webhook: { signature: { scheme: "none" } } },
    }),
  );
  const receipt = deliveryReceiptSchema.parse(
    await ask("POST", `/hooks/${trigger.id}`, { json: { of: worker } }),
  );
  const alert = alertSchema.parse(
    await ask("POST", `/api/workers/${worker}/alerts`, { json: { url: "https://alerts.example/hook" } }),
  );
  // No thing's name may be part of another's: answers are compared with the names taken out.
  const template = worker.replace("worker", "template");
  await ask("PUT", `/api/templates/${template}`, { json: { template_yml: "pip: [requests]\n" } });
  const secret = worker.replace("worker", "SECRET").replaceAll("-", "_").toUpperCase();
  await ask("POST", `/api/secrets/${secret}`, { json: { value: `value of ${worker}` } });
  const connection = connectionSchema.parse(
    await ask("POST", "/api/connections", {
      json: {
        kind: "http",
        name: worker.replace("worker", "connection").slice(0, 32),
        http: { base_url: "https://api.example/v1", secret: "NOT_SET" },
      },
    }),
  );
  const service = worker.replace("worker", "service");
  await ask("POST", "/api/auth/service-accounts", { json: { name: service, role: "viewer" } });
  const token = createdTokenSchema.parse(
    await ask("POST", "/api/auth/tokens", { json: { name: `of ${worker}`, scopes: ["runs:read"] } }),
  );
  // Written as it is: a mail of it would be kept, and is nobody's thing.
  const invitation = testHost.newId("inv", Date.now());
  const workspaceId = workspaceIdSchema.parse(maker.workspace_id);
  await putInvitation(testHost.db, {
    id: invitation,
    workspace_id: workspaceId,
    email: `${worker}@example.com`,
    role: "viewer",
    hash: invitation,
    invited_by: "tok_1",
    created_at: 0,
    // Far away, and still a date: no test passes this much time.
    expires_at: Date.UTC(2100, 0),
  });
  const member = testHost.newId("usr", Date.now());
  await testHost.db.insert(members).values({
    workspace_id: workspaceId,
    user_id: member,
    role: "editor",
    email: "m@example.com",
    created_at: 0,
  });
  const client = await seedClient(workspaceId, member);
  const headers = { "content-type": "application/json" };
  await ask("PUT", "/api/store/entry?key=read-by-a-test", { body: "1", headers });
  const context = worker.replace("worker", "context");
  await ask("POST", `/api/contexts/${context}`);
  await ask("PUT", `/api/contexts/${context}/files/${nothing.file}`, { body: `of ${worker}` });
  const share = createdShareSchema.parse(await ask("POST", `/api/runs/${asking.id}/shares`, { json: {} }));
  const learning = await seedLearning(asking, workspaceId);
  const feedback = feedbackSchema.parse(
    await ask("POST", `/api/workers/${worker}/feedback`, { json: { text: `of ${worker}` } }),
  );
  const session = workSessionDetailSchema.parse(
    await ask("POST", "/api/sessions", { json: { name: `of ${worker}` } }),
  );
  await ask("POST", `/api/sessions/${session.id}/notes`, { json: { note: `of ${worker}` } });
  await ask("PUT", `/api/sessions/${session.id}/runs/${other.id}`);
  return {
    ...nothing,
    session: session.id,
    evaluation: await seedEvaluation(asking, workspaceId),
    learning,
    feedback: feedback.id,
    workspace: maker.workspace_id,
    client,
    share: share.id,
    connection: connection.id,
    member,
    invitation,
    template,
    secret,
    context,
    service_account: service,
    token: token.id,
    worker,
    upload: upload.id,
    run: asking.id,
    otherRun: other.id,
    approval: asking.approval_trail?.id ?? "",
    trigger: trigger.id,
    delivery: receipt.delivery_id,
    alert: alert.id,
  };
}

/** A program that a member has let in, as the library and the room write it. */
async function seedClient(workspace_id: WorkspaceId, user_id: UserId): Promise<string> {
  const id = testHost.newId("ocl", Date.now());
  const client_id = `client-of-${id}`;
  await testHost.db.insert(oauthClients).values({ id, clientId: client_id, redirectUris: "[]" });
  await testHost.db
    .insert(oauthGrants)
    .values({ id, client_id, user_id, workspace_id, scopes: ["runs:read"], connected_at: 0 });
  return id;
}

/** Lets the run's script end; its outputs then wait for an approval. */
async function askForApproval(
  maker: Maker,
  { id }: RunDetail,
  read: (id: string) => Promise<RunDetail>,
): Promise<RunDetail> {
  await expect.poll(async () => (await read(id)).attempt).toBe(1);
  const until = Date.now() + 60_000;
  const run = { run_id: id, workspace_id: maker.workspace_id, attempt: 1, launch: 1, until };
  const posted = await callApi("POST", `/api/runs/${id}/runner/journal?attempt=1&offset=0`, {
    token: await mintRunToken(testHost.config.signingKey, run),
    headers: { "content-type": "application/x-ndjson" },
    body: toJournal([resultEntry(question)]) as BodyInit,
  });
  expect(posted.status).toBe(200);
  await expect.poll(async () => (await read(id)).status).toBe("pending_approval");
  return read(id);
}

/** What an agent has learned, which waits for a person: no script writes one. */
/** An evaluation that is over, and its worker's baseline. */
async function seedEvaluation(
  { worker_uid: worker_id }: RunDetail,
  workspace_id: WorkspaceId,
): Promise<string> {
  const id = testHost.newId("evl", Date.now());
  const place = { id, workspace_id, worker_id };
  await insertEvaluation(testHost.db, {
    ...place,
    version: 1,
    key: id,
    whole: true,
    runs: 0,
    requested_by: null,
    created_at: 0,
  });
  const result = {
    suites: [],
    reasons: [],
    pass_rate: 1,
    score: 1,
    runs_done: 0,
    baseline: null,
    against_baseline: null,
  };
  const done = { status: "completed" as const, verdict: "pass" as const, cost_usd: 0, ended_at: 0, result };
  await testHost.db
    .update(evaluations)
    .set({ ...done, result: JSON.stringify(result) })
    .where(eq(evaluations.id, id));
  await putBaseline(testHost.db, { workspace_id, worker_id, evaluation_id: id, set_by: null, set_at: 0 });
  return id;
}

async function seedLearning(
  { id: run_id, worker_uid: worker_id }: RunDetail,
  workspace_id: WorkspaceId,
): Promise<string> {
  const id = testHost.newId("lrn", Date.now());
  const row = { id, workspace_id, worker_id, run_id, call_key: id, learning: "Fridays are short." };
  await insertLearning(testHost.db, { ...row, source: null, why_waiting: "It waits.", created_at: 0 }, 9);
  return id;
}
