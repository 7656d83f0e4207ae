import { env } from "cloudflare:workers";
import { beforeEach, expect, it } from "vitest";
import { auditPageSchema } from "#contract/audit/audit";
import type { AuditEvent } from "#contract/audit/audit";
import { unauditedRoutes } from "#contract/audit/unaudited";
import { workspaceIdSchema } from "#contract/ids";
import { problemSchema } from "#contract/problem";
import { routes } from "#contract/routes";
import type { TableRoute } from "#contract/routes";
import {
  callApi,
  ownerToken,
  ownerWorkspace,
  strangerToken,
  testHost,
} from "../../test/support/workerd/api-harness.ts";
import { strangerWorkspace } from "../../test/support/workerd/stranger.ts";
import { nothing, requestOf } from "../../test/support/workerd/route-requests.ts";
import { openOtherEdge } from "../../test/support/workerd/other-edge.ts";
import { attempt } from "../platform/attempt.ts";
import { verifies } from "../../test/verifies.ts";
import { auditDeps } from "../compose/guard-deps.ts";
import { newId } from "../platform/ids.ts";
import { clearAudit, tidyAudit } from "./expiry-service.ts";
import type { EndedCall } from "./describe-call.ts";
import { recordCall } from "./service.ts";
import type { AuditDeps } from "./service.ts";

const table: TableRoute[] = Object.values(routes);

async function listEvents(query = "", token = ownerToken): Promise<AuditEvent[]> {
  const response = await callApi("GET", `/api/audit${query}`, { token });
  expect(response.status).toBe(200);
  return auditPageSchema.parse(await response.json()).events;
}

const setSecret = (name: string, value: string, token = ownerToken) =>
  callApi("POST", `/api/secrets/${name}`, { json: { value }, token });

/** A call as the owner has made it, which is not yet on record. */
const call: EndedCall = {
  request: new Request("http://floom.test/api/secrets/A", { headers: { "cf-connecting-ip": "8.8.4.4" } }),
  requestId: newId("req", 1),
  params: { secret: "A" },
  principal: {
    kind: "token",
    id: "tok_a",
    workspace_id: workspaceIdSchema.parse(ownerWorkspace),
    owner: true,
    user_id: null,
    role: "owner",
    reach: null,
    scopes: [],
  },
  json: { value: "the value" },
  answer: {},
  refusal: null,
};

const broken = (change: Partial<AuditDeps>): AuditDeps => ({ ...auditDeps(testHost), ...change });
const away = async () => {
  throw new Error("It is away.");
};
/** A chain that takes nothing. */
const noChain = (): AuditDeps["chain"] => (workspaceId) => ({
  ...auditDeps(testHost).chain(workspaceId),
  append: away,
});

beforeEach(async () => {
  await callApi("GET", "/api/workspace/info");
});

it("a change is on record with who, what, when and from where, once it is answered", async () => {
  verifies("audit:events:every-change");
  const answer = await setSecret("API_KEY", "the-very-value");
  const [event] = await listEvents();
  expect(event).toMatchObject({
    action: "setSecret",
    outcome: "done",
    code: null,
    actor: { kind: "token", user_id: null },
    resource: { kind: "secret", id: "API_KEY" },
    request_id: answer.headers.get("x-request-id"),
    address: "unknown",
    details: { body: { value: "(hidden)" } },
  });
  const { results } = await env.DB.prepare("SELECT * FROM audit_events").all();
  expect(JSON.stringify(results)).not.toContain("the-very-value");
});

it("what was refused is on record as well, also for want of a scope", async () => {
  verifies("audit:events:every-change");
  const reader = await strangerToken(["workers:read", "audit:read"]);
  expect((await setSecret("A", "value", reader)).status).toBe(403);
  expect((await callApi("DELETE", "/api/workers/no-such", { token: reader })).status).toBe(403);
  const events = await listEvents("?outcome=refused", reader);
  expect(events.map(({ action, code }) => [action, code])).toEqual([
    ["deleteWorker", "insufficient_scope"],
    ["setSecret", "insufficient_scope"],
  ]);
});

it("every route that is no GET leaves an event, but those that the table gives a reason for", async () => {
  verifies("audit:events:every-route");
  const stranger = await strangerToken();
  for (const id of Object.keys(unauditedRoutes)) expect(Object.keys(routes)).toContain(id);
  const changing = table.filter(({ method, access }) => method !== "GET" && access !== "run_token");
  for (const route of changing.filter(({ id, access }) => access !== "public" && id !== "deleteWorkspace")) {
    const { method, path, call: request } = requestOf(route, nothing);
    const answer = await callApi(method, path, { ...request, token: stranger });
    const { results } = await env.DB.prepare(
      "SELECT action FROM audit_events WHERE workspace_id = ? AND request_id = ?",
    )
      .bind(strangerWorkspace, answer.headers.get("x-request-id"))
      .all();
    const left = Object.hasOwn(unauditedRoutes, route.id) ? [] : [{ action: route.id }];
    expect([route.id, results]).toEqual([route.id, left]);
  }
});

it("a start of a run by REST writes nothing here", async () => {
  await callApi("POST", "/api/workers/no-such/runs", { json: {} });
  expect(await listEvents()).toEqual([]);
});

it("another workspace's events are not there, and whoever may not read them is told so", async () => {
  await setSecret("API_KEY", "some value");
  const stranger = await strangerToken();
  expect(await listEvents("", stranger)).toEqual([]);
  expect(await listEvents("?action=setSecret", stranger)).toEqual([]);
  const answer = await callApi("GET", "/api/audit", { token: await strangerToken(["workers:read"]) });
  expect(answer.status).toBe(403);
});

it("events are found by what was done, by whom, to what, how it ended and when, page by page", async () => {
  for (const name of ["A_KEY", "B_KEY", "C_KEY"]) await setSecret(name, "some value");
  await callApi("DELETE", "/api/secrets/A_KEY");
  await callApi("DELETE", "/api/secrets/NO_SUCH");
  const actions = async (query: string) => (await listEvents(query)).map(({ action }) => action);
  const events = await listEvents();
  const all = ["deleteSecret", "deleteSecret", "setSecret", "setSecret", "setSecret"];
  expect(events.map(({ action }) => action)).toEqual(all);
  expect(await actions("?action=deleteSecret")).toEqual(["deleteSecret", "deleteSecret"]);
  expect(await actions("?resource=secret/A_KEY")).toEqual(["deleteSecret", "setSecret"]);
  expect(await actions("?outcome=refused")).toEqual(["deleteSecret"]);
  expect(await actions(`?actor=${events[0]?.actor.id ?? ""}`)).toEqual(all);
  expect(await actions("?actor=tok_nobody")).toEqual([]);
  expect(await actions("?until=2001-01-01T00:00:00Z")).toEqual([]);
  expect(await actions("?since=2001-01-01T00:00:00Z")).toEqual(all);
  const first = auditPageSchema.parse(await (await callApi("GET", "/api/audit?limit=2")).json());
  const rest = await listEvents(`?cursor=${first.next_cursor ?? ""}`);
  expect(first.events.concat(rest)).toEqual(events);
  expect(await actions("?action=deleteSecret&outcome=refused&resource=secret/NO_SUCH")).toEqual([
    "deleteSecret",
  ]);
  expect(await actions("?action=setSecret&outcome=refused")).toEqual([]);
});

it("an event waits in a file when its chain is away, and is brought in by the next look", async () => {
  verifies("audit:events:durable-before-the-answer");
  await recordCall(broken({ chain: noChain() }), routes.setSecret, call);
  const { results } = await env.DB.prepare("SELECT * FROM audit_events").all();
  expect(results).toEqual([]);
  expect(await listEvents()).toMatchObject([{ action: "setSecret", address: "8.8.4.0/24" }]);
  expect(await testHost.files.listEvents(ownerWorkspace, 10)).toEqual([]);
});

it("a change that no place puts on record is not answered as done", async () => {
  verifies("audit:events:durable-before-the-answer");
  const deps = broken({ chain: noChain(), strand: away });
  const recorded = await attempt(() => recordCall(deps, routes.setSecret, call));
  expect(recorded).toMatchObject({ ok: false, refusal: { code: "audit_unavailable", status: 503 } });
  const refused = { ...call, refusal: { code: "not_found" as const, status: 404 } };
  await recordCall(deps, routes.setSecret, refused);
  const { FILES } = env;
  const noObject = { idFromName: (name: string) => name, get: () => ({ append: away }) };
  const edge = openOtherEdge({ AUDIT_OBJECT: noObject as never, FILES: { ...FILES, put: away } as never });
  const answer = await edge.call("PUT", "/api/templates/t", { json: { template_yml: "pip: [a]\n" } });
  expect([answer.status, problemSchema.parse(await answer.json()).code]).toEqual([503, "audit_unavailable"]);
});

it("the database itself changes no event and deletes none that is young, but with its workspace", async () => {
  verifies("audit:events:append-only");
  await setSecret("API_KEY", "some value");
  const run = (sql: string) => describeFault(() => env.DB.prepare(sql).run());
  expect(await run("UPDATE audit_events SET outcome = 'refused'")).toContain("append-only");
  expect(await run("DELETE FROM audit_events")).toContain("keeps its rows");
  await run(
    "INSERT OR REPLACE INTO audit_events SELECT workspace_id, id, at, 'other', outcome, code, actor_kind, actor_id, user_id, resource_kind, resource_id, request_id, address, details, worker FROM audit_events",
  );
  expect(await listEvents()).toMatchObject([{ action: "setSecret", outcome: "done" }]);
  await env.DB.prepare("UPDATE workspaces SET deleted_at = 1 WHERE id = ?").bind(ownerWorkspace).run();
  expect(await clearAudit(auditDeps(testHost), ownerWorkspace)).toBe(1);
});

async function describeFault(act: () => Promise<unknown>): Promise<string> {
  try {
    await act();
    return "";
  } catch (error) {
    return String(error);
  }
}

it("what is older than is kept goes at a look, and nothing else", async () => {
  await setSecret("API_KEY", "some value");
  const old = Date.now() - 401 * 86_400_000;
  const deps = auditDeps(testHost);
  await recordCall({ ...deps, clock: () => old }, routes.setSecret, call);
  expect(await listEvents()).toHaveLength(2);
  await tidyAudit(deps, ownerWorkspace);
  expect(await listEvents()).toHaveLength(1);
});
