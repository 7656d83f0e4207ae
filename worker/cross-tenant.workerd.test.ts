import { env } from "cloudflare:workers";
import { beforeEach, expect, it } from "vitest";
import {
  callApi,
  ownerToken,
  ownerWorkspace,
  runTokenOf,
  strangerToken,
} from "../test/support/workerd/api-harness.ts";
import { strangerWorkspace } from "../test/support/workerd/stranger.ts";
import type { ApiCall } from "../test/support/workerd/api-harness.ts";
import { nothing } from "../test/support/workerd/route-requests.ts";
import type { Things } from "../test/support/workerd/route-requests.ts";
import { seedThings } from "../test/support/workerd/seed-things.ts";
import { verifies } from "../test/verifies.ts";

/** Somebody's things, with what no path names. */
interface Target extends Things {
  workspace: string;
  /** Of the bundle. */
  digest: string;
  workerUid: string;
  runToken: string;
  /** In the workspace's store. */
  storeKey: string;
}

interface Attempt {
  what: string;
  /** What is sent; `of` is whose things are named, `own` are the attacker's. */
  send: (of: Target, own: Target) => [method: string, path: string, call?: ApiCall];
}

const attempts: Attempt[] = [];
const attack = (what: string, send: Attempt["send"]) => attempts.push({ what, send });
const json = (value: unknown): ApiCall => ({ json: value });
const edited = (of: Target) => ({
  worker_yml: `schema_version: "0.3"\nname: ${of.worker}\ntitle: T\nversion: "1.0.0"\nexec:\n  entry: run.py\n`,
  run_py: "print(1)",
});

// Before any other: afterwards the attacker finds its own attempts.
attack("read who changed a worker", (of) => ["GET", `/api/audit?resource=worker/${of.worker}`]);
// What is shown to strangers.
attack("look at a worker's page", (of) => ["GET", `/api/workers/${of.worker}/app`]);
attack("open a worker's page", (of) => ["PUT", `/api/workers/${of.worker}/app`, json({ state: "public" })]);
attack("share a worker", (of) => ["POST", `/api/workers/${of.worker}/shares`, json({})]);
attack("share a run", (of) => ["POST", `/api/runs/${of.run}/shares`, json({})]);
attack("share a file of a context", (of) => [
  "POST",
  `/api/contexts/${of.context}/shares`,
  json({ file: of.file }),
]);
attack("list another's links", (of) => ["GET", `/api/shares?worker=${of.worker}`]);
attack("revoke a link", (of) => ["DELETE", `/api/shares/${of.share}`]);
attack("revoke all links of a run", (of) => ["DELETE", `/api/runs/${of.run}/share-link`]);
// Workers, by name and by uid.
attack("read a worker", (of) => ["GET", `/api/workers/${of.worker}`]);
attack("read a worker by its uid", (of) => ["GET", `/api/workers/${of.workerUid}`]);
attack("read a worker, claiming its workspace", (of) => [
  "GET",
  `/api/workers/${of.worker}`,
  { headers: { "x-workeros-workspace": of.workspace, "x-floom-user": "owner" } },
]);
attack("fetch a bundle", (of) => ["GET", `/api/workers/${of.worker}/bundle.zip`]);
attack("replace a worker", (of) => ["PUT", `/api/workers/${of.worker}`, json(edited(of))]);
attack("change a worker", (of) => ["PATCH", `/api/workers/${of.worker}`, json({ description: "Mine." })]);
attack("replace a worker's files", (of) => [
  "PUT",
  `/api/workers/${of.worker}/files`,
  json({ files: [{ path: "run.py", content: "print('mine')" }] }),
]);
attack("delete a worker", (of) => ["DELETE", `/api/workers/${of.worker}`]);
attack("archive a worker", (of) => ["POST", `/api/workers/${of.worker}/archive`, json({})]);
attack("restore a worker", (of) => ["POST", `/api/workers/${of.worker}/restore`]);
attack("pause a worker", (of) => ["POST", `/api/workers/${of.worker}/pause`]);
attack("resume a worker", (of) => ["POST", `/api/workers/${of.worker}/resume`]);
attack("count a worker's runs", (of) => ["GET", `/api/workers/${of.worker}/stats`]);
attack("read a worker's logs", (of) => ["GET", `/api/workers/${of.worker}/logs`]);
attack("read a sample of a worker's inputs", (of) => ["GET", `/api/workers/${of.worker}/sample-input`]);
// Versions.
attack("list versions", (of) => ["GET", `/api/workers/${of.worker}/versions`]);
attack("read a version", (of) => ["GET", `/api/workers/${of.worker}/versions/1`]);
attack("compare versions", (of) => ["GET", `/api/workers/${of.worker}/versions/1/diff/1`]);
attack("activate a version", (of) => ["POST", `/api/workers/${of.worker}/versions/1/activate`, json({})]);
attack("roll a worker back", (of) => ["POST", `/api/workers/${of.worker}/rollback/1`, json({})]);
attack("list activations", (of) => ["GET", `/api/workers/${of.worker}/activations`]);
// Runs, their streams and files.
attack("start a run", (of) => ["POST", `/api/workers/${of.worker}/runs`, json({})]);
attack("read a run", (of) => ["GET", `/api/runs/${of.run}`]);
attack("read a run's log", (of) => ["GET", `/api/runs/${of.run}/logs`]);
attack("follow a run's events", (of) => ["GET", `/api/runs/${of.run}/events`]);
attack("follow a run's events from the middle", (of) => [
  "GET",
  `/api/runs/${of.run}/events`,
  { headers: { "last-event-id": "1" } },
]);
attack("follow a run's stream", (of) => ["GET", `/api/runs/${of.run}/stream`]);
attack("follow a run's log", (of) => ["GET", `/api/runs/${of.run}/logs/stream`]);
attack("cancel a run", (of) => ["POST", `/api/runs/${of.run}/cancel`]);
attack("download a run", (of) => ["GET", `/api/runs/${of.run}/download`]);
attack("list a run's artifacts", (of) => ["GET", `/api/runs/${of.run}/artifacts`]);
attack("fetch an artifact", (of) => ["GET", `/api/runs/${of.run}/artifacts/${of.artifact}/download`]);
attack("fetch an artifact by a run of one's own", (of, own) => [
  "GET",
  `/api/runs/${own.run}/artifacts/${of.artifact}/download`,
]);
attack("fetch what a run was made of", (of) => ["GET", `/api/runs/${of.run}/bundle`]);
attack("fetch a file of what a run was made of", (of) => ["GET", `/api/runs/${of.run}/bundle/run.py`]);
attack("replay a run", (of) => ["POST", `/api/runs/${of.run}/replay`, json({})]);
attack("replay a run with a worker of one's own", (of, own) => [
  "POST",
  `/api/workers/${own.worker}/runs/${of.run}/replay`,
  json({}),
]);
attack("compare a run with one's own", (of, own) => ["GET", `/api/runs/${own.run}/compare/${of.otherRun}`]);
attack("compare one's own with a run", (of, own) => ["GET", `/api/runs/${of.run}/compare/${own.otherRun}`]);
attack("list what a run has called", (of) => ["GET", `/api/runs/${of.run}/children`]);
attack("export chosen runs", (of) => ["POST", "/api/runs/export", json({ run_ids: [of.run] })]);
attack("list runs by a worker's name", (of) => ["GET", `/api/runs?worker=${of.worker}`]);
attack("tell a run's journal with another run's token", (of, own) => [
  "POST",
  `/api/runs/${of.run}/runner/journal?attempt=1&offset=0`,
  { token: own.runToken, body: "{}", headers: { "content-type": "application/x-ndjson" } },
]);
attack("call a worker for a run with another run's token", (of, own) => [
  "POST",
  `/api/runs/${of.run}/calls`,
  { token: own.runToken, json: { worker: of.worker, key: "k" } },
]);
// Files by their content.
attack("fetch an upload by its digest", (of) => ["GET", `/api/uploads/${of.upload}`]);
attack("fetch a bundle as an upload, by its digest", (of) => ["GET", `/api/uploads/${of.digest}`]);
attack("start a run with an upload", (of, own) => [
  "POST",
  `/api/workers/${own.worker}/runs`,
  json({ inputs: { file: of.upload } }),
]);
// Approvals.
attack("read an approval", (of) => ["GET", `/api/approvals/${of.approval}`]);
attack("approve", (of) => ["POST", `/api/approvals/${of.approval}/approve`, json({})]);
attack("reject", (of) => ["POST", `/api/approvals/${of.approval}/reject`, json({})]);
attack("approve by the run", (of) => ["POST", `/api/runs/${of.run}/approve`, json({})]);
attack("reject by the run", (of) => ["POST", `/api/runs/${of.run}/reject`, json({})]);
attack("decide among many", (of) => [
  "POST",
  "/api/approvals/decide",
  json({ ids: [of.approval], decision: "approve" }),
]);
attack("review by a link without its token", (of) => ["GET", `/api/approvals/public/${of.approval}`]);
attack("review by a link with a token made up", (of) => [
  "GET",
  `/api/approvals/public/${of.approval}?token=${of.run}.9999999999999.${"0".repeat(64)}`,
]);
attack("approve by a link made up", (of) => [
  "POST",
  `/api/approvals/public/${of.approval}/approve?token=x`,
  json({}),
]);
attack("fetch an approval's file", (of) => [
  "GET",
  `/api/approvals/${of.approval}/artifacts/${of.artifact}/download`,
]);
// Triggers, webhooks and their deliveries.
attack("read a trigger", (of) => ["GET", `/api/triggers/${of.trigger}`]);
attack("list a worker's triggers", (of) => ["GET", `/api/workers/${of.worker}/triggers`]);
attack("make a trigger for a worker", (of) => [
  "POST",
  `/api/workers/${of.worker}/triggers`,
  json({ type: "webhook" }),
]);
attack("change a trigger", (of) => ["PATCH", `/api/triggers/${of.trigger}`, json({ paused: true })]);
attack("delete a trigger", (of) => ["DELETE", `/api/triggers/${of.trigger}`]);
attack("fire a trigger", (of) => ["POST", `/api/triggers/${of.trigger}/test`]);
attack("take a webhook's secret", (of) => ["POST", `/api/triggers/${of.trigger}/secret/rotate`, json({})]);
attack("take a worker's webhook secret", (of) => [
  "POST",
  `/api/workers/${of.worker}/webhook-secret/rotate`,
  json({}),
]);
attack("take a worker's webhook token", (of) => [
  "POST",
  `/api/workers/${of.worker}/webhook-token/rotate`,
  json({}),
]);
attack("list a schedule's times", (of) => ["GET", `/api/triggers/${of.trigger}/occurrences`]);
attack("list deliveries", (of) => ["GET", `/api/triggers/${of.trigger}/deliveries`]);
attack("read a delivery", (of) => ["GET", `/api/triggers/${of.trigger}/deliveries/${of.delivery}`]);
attack("read a delivery by a trigger of one's own", (of, own) => [
  "GET",
  `/api/triggers/${own.trigger}/deliveries/${of.delivery}`,
]);
attack("take a delivery once more", (of, own) => [
  "POST",
  `/api/triggers/${own.trigger}/deliveries/${of.delivery}/redeliver`,
]);
attack("let a worker's waiting run go on with a token made up", (of) => [
  "POST",
  `/webhooks/${of.workerUid}/resume?token=${"0".repeat(32)}`,
  { token: "", json: { key: "k" } },
]);
attack("let a worker's waiting run go on", (of) => [
  "POST",
  `/webhooks/${of.workerUid}/resume`,
  { token: "", json: { key: "k" } },
]);
// Alerts, dead letters, templates, secrets.
attack("list alerts", (of) => ["GET", `/api/workers/${of.worker}/alerts`]);
attack("read an alert", (of) => ["GET", `/api/workers/${of.worker}/alerts/${of.alert}`]);
attack("read an alert by a worker of one's own", (of, own) => [
  "GET",
  `/api/workers/${own.worker}/alerts/${of.alert}`,
]);
attack("turn an alert off", (of, own) => [
  "PATCH",
  `/api/workers/${own.worker}/alerts/${of.alert}`,
  json({ enabled: false }),
]);
attack("delete an alert", (of, own) => ["DELETE", `/api/workers/${own.worker}/alerts/${of.alert}`]);
attack("take an alert's secret", (of, own) => [
  "POST",
  `/api/workers/${own.worker}/alerts/${of.alert}/rotate-secret`,
]);
attack("send an alert's test", (of, own) => ["POST", `/api/workers/${own.worker}/alerts/${of.alert}/test`]);
attack("start a dead letter over", (of) => [
  "POST",
  "/api/deadletters/redrive",
  json({ ids: [of.otherRun] }),
]);
attack("put a dead letter aside", (of) => ["POST", "/api/deadletters/dismiss", json({ ids: [of.otherRun] })]);
attack("read a template", (of) => ["GET", `/api/templates/${of.template}`]);
attack("delete a template", (of) => ["DELETE", `/api/templates/${of.template}`]);
attack("read what is known of a secret", (of) => ["GET", `/api/secrets/${of.secret}`]);
attack("list a secret's versions", (of) => ["GET", `/api/secrets/${of.secret}/versions`]);
attack("delete a secret", (of) => ["DELETE", `/api/secrets/${of.secret}`]);
attack("give a secret to a worker of one's own", (of, own) => [
  "PUT",
  `/api/secrets/${of.secret}/grants`,
  json({ workers: [own.worker] }),
]);
attack("give a secret of one's own to a worker", (of, own) => [
  "PUT",
  `/api/secrets/${own.secret}/grants`,
  json({ workers: [of.worker] }),
]);
attack("try whether a secret opens", (of) => ["POST", `/api/secrets/${of.secret}/test`]);

// Contexts.
const context = (of: Target) => `/api/contexts/${of.context}`;
attack("read a context", (of) => ["GET", context(of)]);
attack("delete a context", (of) => ["DELETE", `${context(of)}?force=true`]);
attack("take a context's files as an archive", (of) => ["GET", `${context(of)}/archive.zip`]);
attack("look for secrets in a context", (of) => ["GET", `${context(of)}/secret-scan`]);
attack("list a context's versions", (of) => ["GET", `${context(of)}/versions`]);
attack("roll a context back", (of) => ["POST", `${context(of)}/rollback/1`]);
attack("rename a context", (of) => ["POST", `${context(of)}/rename`, json({ name: "mine" })]);
attack("let workers write a context", (of) => ["PUT", `${context(of)}/writeable`, json({ writeable: true })]);
attack("make a context private", (of) => [
  "PUT",
  `${context(of)}/visibility`,
  json({ visibility: "private" }),
]);
attack("read a context's file", (of) => ["GET", `${context(of)}/files/${of.file}`]);
attack("read an earlier content of a context's file", (of) => [
  "GET",
  `${context(of)}/files/${of.file}/versions/1`,
]);
attack("write a context's file", (of) => ["PUT", `${context(of)}/files/${of.file}`, { body: "mine" }]);
attack("delete a context's file", (of) => ["DELETE", `${context(of)}/files/${of.file}`]);
// What is stored.
attack("read a stored value", (of) => ["GET", `/api/store/entry?key=${of.storeKey}`]);
attack("find a stored key", (of) => ["GET", `/api/store?prefix=${of.storeKey}`]);
attack("delete a stored value", (of) => ["DELETE", `/api/store/entry?key=${of.storeKey}`]);
attack("read a value that a worker has stored", (of) => [
  "GET",
  `/api/store/entry?key=${of.storeKey}&worker=${of.worker}`,
]);
attack("write into a worker's store", (of) => [
  "PUT",
  `/api/store/entry?key=mine&worker=${of.worker}`,
  { body: "1", headers: { "content-type": "application/json" } },
]);
attack("ask a worker's store", (of) => [
  "POST",
  `/api/store/query?worker=${of.worker}`,
  json({ sql: "SELECT 1" }),
]);
attack("export a worker's store", (of) => ["GET", `/api/store/export?worker=${of.worker}`]);
// Programs that act for somebody.
attack("disconnect a client of somebody", (of) => ["DELETE", `/api/account/clients/${of.client}`]);
attack("list the clients of another workspace", (of) => [
  "GET",
  "/api/account/clients",
  { headers: { "x-workeros-workspace": of.workspace } },
]);
// Whoever comes in: tokens, service accounts, members, invitations.
attack("revoke a token", (of) => ["DELETE", `/api/auth/tokens/${of.token}`]);
attack("take a token's place", (of) => ["POST", `/api/auth/tokens/${of.token}/rotate`, json({})]);
attack("make a token of a service account", (of) => [
  "POST",
  "/api/auth/tokens",
  json({ name: "mine", scopes: ["runs:read"], service_account: of.service_account }),
]);
attack("delete a service account", (of) => ["DELETE", `/api/auth/service-accounts/${of.service_account}`]);
attack("give a member another role", (of) => [
  "PATCH",
  `/api/workspace/members/${of.member}`,
  json({ role: "viewer" }),
]);
attack("remove a member", (of) => ["DELETE", `/api/workspace/members/${of.member}`]);
attack("hand the workspace to a member of it", (of) => [
  "POST",
  `/api/workspace/members/${of.member}/transfer-owner`,
  json({}),
]);
attack("grant a member a worker of one's own", (of, own) => [
  "PUT",
  `/api/workers/${own.worker}/grants/${of.member}`,
  json({ grants: ["runner"] }),
]);
attack("say who may see a worker", (of) => [
  "PUT",
  `/api/workers/${of.worker}/visibility`,
  json({ visibility: "workspace" }),
]);
attack("revoke an invitation", (of) => ["DELETE", `/api/workspace/invitations/${of.invitation}`]);
attack("accept an invitation by its id", (of) => [
  "POST",
  "/api/invitations/accept",
  json({ token: of.invitation }),
]);

const FRESH: Target = {
  ...nothing,
  workspace: `wsp_${"9".repeat(26)}`,
  digest: "1".repeat(64),
  workerUid: `wrk_${"0".repeat(26)}`,
  runToken: "",
  storeKey: "no-such-key",
};

async function seed(token: string, workspace: string, name: string): Promise<Target> {
  const things = await seedThings({ token, workspace_id: workspace }, name);
  const row = await env.DB.prepare(
    "SELECT workers.id, versions.digest FROM workers JOIN versions ON versions.worker_id = workers.id WHERE workers.name = ?",
  )
    .bind(name)
    .first<{ id: string; digest: string }>();
  const runToken = await runTokenOf(things.run);
  const storeKey = `kept-by-${token === ownerToken ? "them" : "oneself"}`;
  const headers = { "content-type": "application/json" };
  await callApi("PUT", `/api/store/entry?key=${storeKey}`, { token, headers, body: "1" });
  return { ...things, workspace, digest: row?.digest ?? "", workerUid: row?.id ?? "", runToken, storeKey };
}

let theirs: Target;
let own: Target;
let stranger: string;
beforeEach(async () => {
  stranger = await strangerToken();
  theirs = await seed(ownerToken, ownerWorkspace, "their-worker");
  own = await seed(stranger, strangerWorkspace, "own-worker");
});

/** An answer without what belongs to it alone and without the names it was asked by. */
async function ask(attempt: Attempt, of: Target) {
  const [method, path, call] = attempt.send(of, own);
  const response = await callApi(method, path, { token: stranger, ...call });
  const id = response.headers.get("x-request-id") ?? "";
  let text = (await response.text()).replaceAll(id, "(request)");
  for (const [name, value] of Object.entries(of))
    if (name !== "version" && name !== "file" && value !== "") text = text.replaceAll(value, `(${name})`);
  const headers = [...response.headers].filter(([name]) => name !== "x-request-id");
  return { status: response.status, headers, text };
}

/** All that the victim has, as the victim sees it. */
async function lookAround(): Promise<unknown[]> {
  const paths = [
    `/api/workers/${theirs.worker}/versions`,
    `/api/workers/${theirs.worker}/activations`,
    `/api/workers/${theirs.worker}/alerts`,
    `/api/triggers/${theirs.trigger}`,
    `/api/triggers/${theirs.trigger}/deliveries`,
    `/api/approvals/${theirs.approval}`,
    `/api/secrets/${theirs.secret}`,
    `/api/templates/${theirs.template}`,
    `/api/contexts/${theirs.context}`,
    `/api/store/entry?key=${theirs.storeKey}`,
    "/api/auth/tokens",
    "/api/auth/service-accounts",
    "/api/workspace/members",
    "/api/workspace/invitations",
    "/api/audit",
  ];
  const answers = await Promise.all(paths.map(async (path) => (await callApi("GET", path)).json()));
  // Of workers and runs what nobody but a person changes: runs go on by themselves.
  const { results } = await env.DB.prepare(
    "SELECT w.id, w.active_version, w.paused_at, w.archived_at, r.id AS run FROM workers w JOIN runs r ON r.worker_id = w.id WHERE w.workspace_id = ? ORDER BY r.id",
  )
    .bind(ownerWorkspace)
    .all();
  return answers.concat(results);
}

it("whatever a stranger tries on another workspace's things is answered as if they did not exist, and changes nothing", async () => {
  verifies("access:cross-tenant:sixty-attempts");
  expect(attempts.length).toBeGreaterThanOrEqual(60);
  const before = await lookAround();
  for (const attempt of attempts) {
    const answer = await ask(attempt, theirs);
    expect([attempt.what, answer]).toEqual([attempt.what, await ask(attempt, FRESH)]);
    expect([attempt.what, /ada@example|their-worker/i.test(answer.text)]).toEqual([attempt.what, false]);
  }
  expect(await lookAround()).toEqual(before);
});
