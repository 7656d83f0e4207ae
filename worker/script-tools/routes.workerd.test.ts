import { env } from "cloudflare:workers";
import { runInDurableObject } from "cloudflare:test";
import { createMcpHandler, Server } from "@modelcontextprotocol/server";
import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { auditPageSchema } from "#contract/audit/audit";
import { limits } from "#contract/limits";
import { problemSchema } from "#contract/problem";
import { runDetailSchema } from "#contract/runs/run";
import {
  composioAnswerSchema,
  scriptAnswerSchema,
  scriptConnectionsSchema,
} from "#contract/script-tools/script-call";
import { toolCallPageSchema } from "#contract/tool-calls/tool-call";
import { callApi, runTokenOf } from "../../test/support/workerd/api-harness.ts";
import { resultEntry } from "../../test/support/workerd/engine-harness.ts";
import { putToSleep } from "../../test/support/workerd/eviction.ts";
import { toJournal } from "../../test/support/workerd/fake-driver.ts";
import { verifies } from "../../test/verifies.ts";

const TOKEN = "s3cret-of-linear-2";
/** What arrived at the server's tools. */
let arrived: { tool: string; given: unknown }[];

const server = createMcpHandler(() => {
  const one = new Server({ name: "test", version: "1.0.0" }, { capabilities: { tools: {} } });
  const inputSchema = { type: "object" as const, properties: { text: { type: "string" } } };
  one.setRequestHandler("tools/list", () => ({
    tools: ["search", "issues/send", "hidden"].map((name) => ({ name, description: name, inputSchema })),
  }));
  one.setRequestHandler("tools/call", ({ params: { name, arguments: given } }) => {
    arrived.push({ tool: name, given });
    return { content: [{ type: "text", text: `done with ${TOKEN}` }] };
  });
  return one;
});

beforeEach(async () => {
  arrived = [];
  vi.stubGlobal("fetch", async (url: string, init: RequestInit) => {
    const request = new Request(url, init);
    if (new URL(url).host !== "mcp.example") return new Response(null, { status: 404 });
    if (request.headers.get("authorization") !== `Bearer ${TOKEN}`)
      return new Response(null, { status: 401 });
    return server.fetch(request);
  });
  await callApi("POST", "/api/secrets/LINEAR_TOKEN", { json: { value: TOKEN } });
  const json = {
    kind: "mcp",
    name: "linear",
    mcp: { url: "https://mcp.example/mcp", auth: "bearer:LINEAR_TOKEN" },
  };
  await callApi("POST", "/api/connections", { json });
  await callApi("POST", "/api/connections/linear/test");
});
afterEach(() => vi.unstubAllGlobals());

const declared = "connections: [{mcp: linear, allowed_tools: [search, issues/send]}]\n";

let pushed = 0;
/** A run whose script is at work, as far as the platform knows. */
async function startRun(more = declared, secrets = "") {
  const name = `caller-${(pushed += 1)}`;
  const worker_yml = `schema_version: "0.3"\nname: ${name}\ntitle: T\nversion: "1.0.0"\n${more}exec:\n  entry: run.py\n${secrets}`;
  const push = await callApi("POST", "/api/workers", { json: { worker_yml, run_py: "print(1)" } });
  expect(push.status, await push.clone().text()).toBeLessThan(300);
  const answer = await callApi("POST", `/api/workers/${name}/runs`, { json: {} });
  expect(answer.status, await answer.clone().text()).toBe(202);
  const { id } = runDetailSchema.parse(await answer.json());
  await expect
    .poll(async () => runDetailSchema.parse(await (await callApi("GET", `/api/runs/${id}`)).json()).attempt)
    .toBe(1);
  const token = await runTokenOf(id);
  const post = (path: string, json: unknown, more_: { token?: string; key?: string } = {}) =>
    callApi("POST", `/api/runs/${id}/${path}`, {
      json,
      token: more_.token ?? token,
      ...(more_.key === undefined ? {} : { headers: { "idempotency-key": more_.key } }),
    });
  const call = async (path: string, given: object = {}, key?: string) => {
    const answered = await post(
      `connections/${path}`,
      { arguments: given },
      key === undefined ? {} : { key },
    );
    expect(answered.status, await answered.clone().text()).toBe(200);
    return scriptAnswerSchema.parse(await answered.json());
  };
  return { id, name, token, post, call };
}

const codeOf = async (answer: Response) => problemSchema.parse(await answer.json()).code;
const recordOf = async (id: string) =>
  toolCallPageSchema.parse(await (await callApi("GET", `/api/runs/${id}/tool-calls`)).json()).tool_calls;

it("a script calls a tool of its connection through the gate, on record and audited, and the credential is nowhere", async () => {
  verifies("script-tools:gate:same");
  const run = await startRun(declared, "  secrets: [LINEAR_TOKEN]\n");
  const answer = await run.call("linear/search", { text: "x" });
  expect(answer).toMatchObject({ tool: "linear__search", status: "answered", sent: true });
  expect(arrived).toEqual([{ tool: "search", given: { text: "x" } }]);
  const listed = await recordOf(run.id);
  expect(listed).toMatchObject([
    { tool: "linear__search", source: "mcp", status: "answered", arguments: { text: "x" }, attempt: 1 },
  ]);
  const page = await callApi("GET", `/api/audit?event=tool_call&worker=${run.name}`);
  const events = auditPageSchema.parse(await page.json());
  expect(JSON.stringify(events)).toContain("linear__search");
  expect(JSON.stringify([answer, listed, events])).not.toContain(TOKEN);
});

it("lists what may be called, and calls tools whose names have slashes", async () => {
  verifies("script-tools:calls:declared");
  const run = await startRun();
  const list = await callApi("GET", `/api/runs/${run.id}/connections`, { token: run.token });
  const { connections } = scriptConnectionsSchema.parse(await list.json());
  expect(connections).toMatchObject([
    { name: "linear", kind: "mcp", tools: [{ name: "issues/send", effect: "write" }, { name: "search" }] },
  ]);
  expect(await run.call("linear/issues%2Fsend")).toMatchObject({ status: "answered" });
  expect(await run.call(`LINEAR/${encodeURIComponent("linear__issues_send")}`)).toMatchObject({
    status: "answered",
  });
  expect(await run.call("linear/issues_send")).toMatchObject({ status: "answered" });
  expect(arrived.map(({ tool }) => tool)).toEqual(Array(3).fill("issues/send"));
});

it("the same key is the same call, once, and no other one's", async () => {
  verifies("script-tools:calls:once");
  const run = await startRun();
  const both = await Promise.all([
    run.call("linear/search", { text: "a" }, "k"),
    run.call("linear/search", { text: "a" }, "k"),
  ]);
  expect(both[0]).toEqual(both[1]);
  expect(await run.call("linear/search", { text: "a" }, "k")).toEqual(both[0]);
  expect(arrived).toHaveLength(1);
  const other = await run.post("connections/linear/search", { arguments: { text: "b" } }, { key: "k" });
  expect([other.status, await codeOf(other)]).toEqual([409, "idempotency_conflict"]);
  await run.call("linear/search", { text: "a" });
  await run.call("linear/search", { text: "a" });
  expect(arrived).toHaveLength(3);
});

it("what is not declared, or lies elsewhere by a trick in the path, is refused by name and on record", async () => {
  verifies("script-tools:calls:declared");
  const run = await startRun();
  for (const path of [
    "linear/hidden",
    "linear/linear__hidden",
    "linear/none",
    "other/search",
    "linear%2Fsearch/x",
    "..%2f..%2flinear/search",
    "linear/%2e%2e%2fsearch",
    "linear/issues__send",
    "linear/search%00",
    "__proto__/constructor",
  ]) {
    const { status, code, sent } = await run.call(path);
    expect([path, status, code, sent]).toEqual([path, "denied", "tool_unknown", false]);
  }
  expect(arrived).toEqual([]);
  const listed = await recordOf(run.id);
  expect(listed).toHaveLength(10);
  expect(new Set(listed.map(({ status }) => status))).toEqual(new Set(["denied"]));
  const long = await run.post(`connections/linear/${"x".repeat(200)}`, {});
  expect([long.status, await codeOf(long)]).toEqual([404, "not_found"]);
});

it("a worker that declares none has none to call", async () => {
  verifies("script-tools:calls:declared");
  const run = await startRun("");
  const answer = await run.post("connections/linear/search", {});
  expect([answer.status, await codeOf(answer)]).toEqual([404, "not_found"]);
  const list = await callApi("GET", `/api/runs/${run.id}/connections`, { token: run.token });
  expect(await list.json()).toEqual({ connections: [] });
});

it("another run's token, a later attempt's place and a run that has ended call nothing", async () => {
  verifies("script-tools:token:own-run");
  const run = await startRun();
  const other = await startRun();
  const ask = async (token: string) => {
    const answers = [
      await run.post("connections/linear/search", {}, { token }),
      await run.post("composio-execute/GMAIL_GET_PROFILE", {}, { token }),
      await callApi("GET", `/api/runs/${run.id}/connections`, { token }),
    ];
    return Promise.all(answers.map(async (answer) => `${answer.status} ${await codeOf(answer)}`));
  };
  expect(await ask(other.token)).toEqual(Array(3).fill("401 unauthenticated"));
  expect(await ask(await runTokenOf(run.id, 2))).toEqual(Array(3).fill("409 stale_attempt"));
  const ended = await callApi("POST", `/api/runs/${run.id}/runner/journal?attempt=1&offset=0`, {
    token: run.token,
    headers: { "content-type": "application/x-ndjson" },
    body: toJournal([resultEntry()]).slice(),
  });
  expect(ended.status).toBe(200);
  expect(await ask(run.token)).toEqual(Array(3).fill("409 run_finished"));
  expect(arrived).toEqual([]);
});

it("bodies that are too large, too deep or of another form get a clear answer", async () => {
  verifies("script-tools:calls:bounded");
  const run = await startRun();
  const raw = (body: string) =>
    callApi("POST", `/api/runs/${run.id}/connections/linear/search`, {
      token: run.token,
      headers: { "content-type": "application/json" },
      body,
    });
  const large = await raw(JSON.stringify({ arguments: { text: "x".repeat(300_000) } }));
  expect([large.status, await codeOf(large)]).toEqual([413, "body_too_large"]);
  const deep = await raw(`{"arguments":{"text":${"[".repeat(100_000)}${"]".repeat(100_000)}}}`);
  expect([deep.status, await codeOf(deep)]).toEqual([400, "malformed_json"]);
  for (const body of ['{"arguments":[]}', '{"arguments":"x"}', '{"other":1}', "[]"]) {
    const answer = await raw(body);
    expect([body, answer.status, await codeOf(answer)]).toEqual([body, 422, "invalid_request"]);
  }
  const wrong = await run.call("linear/search", { text: 1 });
  expect(wrong).toMatchObject({ status: "denied", code: "arguments_invalid" });
  expect(arrived).toEqual([]);
});

it("a worker of tier 1 writes nothing over a connection, and one that a person has switched off is called no more", async () => {
  verifies("script-tools:gate:same");
  const looks = await startRun(`${declared}runtime: {trust_tier: 1}\n`);
  expect(await looks.call("linear/search")).toMatchObject({ status: "denied", code: "tier_forbids" });
  const run = await startRun();
  expect(await run.call("linear/search")).toMatchObject({ status: "answered" });
  await callApi("PATCH", "/api/connections/linear", { json: { enabled: false } });
  expect(await run.call("linear/search")).toMatchObject({ code: "connection_disabled", sent: false });
  await callApi("DELETE", "/api/connections/linear");
  expect(await run.call("linear/search")).toMatchObject({ status: "denied", code: "tool_unknown" });
  expect(arrived).toHaveLength(1);
});

it("a script makes a bounded number of calls, and still hears of those that it made", async () => {
  verifies("script-tools:calls:bounded");
  const run = await startRun();
  await run.call("linear/search", {}, "first");
  const object = env.ATTEMPT_OBJECT.get(env.ATTEMPT_OBJECT.idFromName(`${run.id}/1`));
  await runInDurableObject(object, async (_object, state) => {
    const [known] = [...state.storage.kv.list<{ number: number }>({ prefix: "gate:call:" })];
    if (known === undefined) throw new Error("The call is not on record.");
    state.storage.kv.put(known[0], { ...known[1], number: limits.script_calls.value });
  });
  await putToSleep(object);
  expect(await run.call("linear/search")).toMatchObject({ status: "denied", code: "too_many_calls" });
  expect(await run.call("linear/search", {}, "first")).toMatchObject({ status: "answered" });
  expect(arrived).toHaveLength(1);
});

it("answers scripts of the first Floom in its words, by either header that they send their token in", async () => {
  verifies("script-tools:compat:composio-execute");
  const run = await startRun();
  const answered = await callApi("POST", `/api/runs/${run.id}/composio-execute/GMAIL_SEND_EMAIL`, {
    token: "",
    headers: { "x-workeros-run-token": run.token },
    json: { connected_account_id: "con_none", arguments: {} },
  });
  expect(answered.status).toBe(200);
  expect(composioAnswerSchema.parse(await answered.json())).toMatchObject({
    successful: false,
    data: null,
    code: "tool_outside_declared_connections",
  });
});
