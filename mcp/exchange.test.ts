import { once } from "node:events";
import { createServer } from "node:http";
import type { Server, ServerResponse } from "node:http";
import { text } from "node:stream/consumers";
import { afterEach, expect, it } from "vitest";
import * as z from "zod";
import { parseJson } from "#contract/json";
import { answering } from "../test/support/http/answering.ts";
import { openExchange } from "./exchange.ts";
import type { ExchangeOptions } from "./exchange.ts";
import { listen } from "./http-server.ts";
import { listTools } from "./library.ts";
import type { McpRuntime } from "./runtime.ts";

const form = z.object({
  id: z.json().optional(),
  method: z.string().default(""),
  params: z
    .object({ name: z.string().optional(), arguments: z.record(z.string(), z.json()).default({}) })
    .prefault({}),
});
interface Asked {
  path: string;
  method: string;
  name: string | undefined;
  args: Record<string, unknown>;
}
type Answer = (asked: Asked, say: (result: object) => void, response: ServerResponse) => void;

let server: Server | undefined;
afterEach(() => {
  server?.closeAllConnections();
  server?.close();
});

/** A runtime of two workers, whose Floom is played: what it was asked, and which askers went away. */
async function openRuntime(
  answer: Answer,
): Promise<{ runtime: McpRuntime; asked: Asked[]; closed: string[] }> {
  const asked: Asked[] = [];
  const closed: string[] = [];
  const take = async (request: AsyncIterable<Buffer>, path: string, response: ServerResponse) => {
    const { id, method, params } = form.parse(parseJson((await text(request)) || "{}"));
    const one = { path, method, name: params.name, args: params.arguments };
    asked.push(one);
    response.on("close", () => response.writableFinished || closed.push(path));
    const say = (result: object) => {
      response.setHeader("content-type", "application/json");
      response.end(JSON.stringify({ jsonrpc: "2.0", id, result }));
    };
    answer(one, say, response);
  };
  server = createServer(answering((request, response) => take(request, request.url ?? "", response)));
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  const origin = `http://127.0.0.1:${typeof address === "object" ? address?.port : ""}`;
  const served = [
    { name: "first", tools: [{ name: "first", takesThread: true }], timeoutMs: null },
    { name: "second", tools: [{ name: "second__a", takesThread: false }], timeoutMs: 700 },
  ];
  return { runtime: { served, origin, token: "t", stop: async () => undefined }, asked, closed };
}

const answerForm = z.object({
  id: z.json(),
  result: z.looseObject({
    tools: z.json().optional(),
    structuredContent: z.record(z.string(), z.json()).optional(),
    _meta: z.record(z.string(), z.json()).optional(),
    isError: z.boolean().optional(),
  }),
});

async function ask(runtime: McpRuntime, message: object, options: ExchangeOptions = {}) {
  const body = JSON.stringify({ jsonrpc: "2.0", id: 7, ...message });
  const signal = new AbortController().signal;
  const answer = await openExchange(runtime, options)({ headers: {}, body, signal });
  return answerForm.parse(await answer.json());
}
const call = (name: string, more: object = {}) => ({ method: "tools/call", params: { name, ...more } });
const done = { structuredContent: { run_id: "run_1", status: "completed" } };

it("the tools of several workers are one list, and a call goes to the worker that has the tool", async () => {
  const { runtime, asked } = await openRuntime(({ path, method }, say) =>
    say(method === "tools/list" ? { tools: [path] } : done),
  );
  const { result } = await ask(runtime, { method: "tools/list" });
  expect(result.tools).toEqual(["/mcp/workers/first", "/mcp/workers/second"]);
  await ask(runtime, call("second__a"));
  expect(asked.at(-1)?.path).toBe("/mcp/workers/second");
});

it("a list that is refused is refused in the words of the protocol, however many workers there are", async () => {
  const { runtime } = await openRuntime((_, __, response) => {
    response.writeHead(400, { "content-type": "application/json" });
    response.end(
      JSON.stringify({ jsonrpc: "2.0", id: 7, error: { code: -32600, message: "no such version" } }),
    );
  });
  const body = JSON.stringify({ jsonrpc: "2.0", id: 7, method: "tools/list" });
  const answer = await openExchange(runtime)({ headers: {}, body, signal: new AbortController().signal });
  expect([answer.status, await answer.json()]).toMatchObject([400, { id: 7, error: { code: -32600 } }]);
});

it("a call that takes longer than its limit is an error that says so, and what it had asked for is given up", async () => {
  const { runtime, closed } = await openRuntime(() => undefined);
  const { id, result } = await ask(runtime, call("second__a"));
  expect([id, result.isError]).toEqual([7, true]);
  expect(result.structuredContent).toMatchObject({ code: "timeout", tool: "second__a", limit_seconds: 0.7 });
  await expect.poll(() => closed).toEqual(["/mcp/workers/second"]);
  const told = await ask(runtime, call("first"), { callTimeoutMs: 20 });
  expect(told.result.structuredContent).toMatchObject({ limit_seconds: 0.02 });
});

it("a run that goes on after the edge's own wait is waited on, and cancelled at the limit", async () => {
  const goingOn = {
    structuredContent: { run_id: "run_1", status: "running" },
    _meta: { "floom/run_id": "run_1" },
  };
  let waits = 0;
  const { runtime, asked } = await openRuntime(({ name }, say) => {
    if (name === "run_wait") waits += 1;
    if (name !== "run_wait" || waits < 2) return say(goingOn);
    return waits === 2 ? say(done) : undefined;
  });
  const { id, result } = await ask(runtime, call("first"));
  expect([id, result.structuredContent]).toEqual([7, done.structuredContent]);
  const late = await ask(runtime, call("first"), { callTimeoutMs: 1500 });
  expect(late.result.structuredContent).toMatchObject({ code: "timeout" });
  expect(asked.map(({ path }) => path)).toContain("/api/runs/run_1/cancel");
});

it("a call is cancelled by a message of its own session, and by nobody else's that counts the same", async () => {
  const { runtime, closed } = await openRuntime(({ method }, say) =>
    method === "tools/call" ? undefined : say({}),
  );
  const exchange = openExchange(runtime);
  const send = (session: string, message: object) => {
    const body = JSON.stringify({ jsonrpc: "2.0", ...message });
    const headers = { "mcp-session-id": session };
    return exchange({ headers, body, signal: new AbortController().signal });
  };
  const cancel = { method: "notifications/cancelled", params: { requestId: 7 } };
  const calling = send("mine", { id: 7, ...call("first") });
  await send("theirs", cancel);
  expect(closed).toEqual([]);
  await send("mine", cancel);
  const { result } = answerForm.parse(await (await calling).json());
  expect(result).toMatchObject({ isError: true, structuredContent: { code: "cancelled", tool: "first" } });
  await expect.poll(() => closed).toEqual(["/mcp/workers/first"]);
});

it("a thread's id goes to the tools that take one: a call's own before the server's, and the caller's input before both", async () => {
  const { runtime, asked } = await openRuntime((_, say) => say(done));
  const threadOf = async (message: object) => {
    const { result } = await ask(runtime, message, { threadId: "fixed" });
    return [asked.at(-1)?.args["thread_id"], result._meta?.["floom/thread_id"]];
  };
  expect(await threadOf(call("first"))).toEqual(["fixed", "fixed"]);
  expect(await threadOf(call("first", { _meta: { "floom/thread_id": "own" } }))).toEqual(["own", "own"]);
  expect(await threadOf(call("first", { arguments: { thread_id: "said" } }))).toEqual(["said", "fixed"]);
  expect(await threadOf(call("second__a"))).toEqual([undefined, "fixed"]);
});

it("over http a message reaches the tools by the door alone, and whoever goes away gives the call up", async () => {
  const { runtime, closed, asked } = await openRuntime(({ name }, say) =>
    name === "first" ? undefined : say(done),
  );
  const rules = { host: "127.0.0.1", port: 0, path: "/mcp", allowedOrigins: [], requireOrigin: true };
  const { url, close } = await listen(openExchange(runtime), rules, () => undefined);
  const post = (message: object, more: { headers?: object; signal?: AbortSignal } = {}) =>
    fetch(url, {
      method: "POST",
      headers: {
        "content-type": "application/json",
        accept: "application/json, text/event-stream",
        ...more.headers,
      },
      body: JSON.stringify({ jsonrpc: "2.0", id: 1, ...message }),
      signal: more.signal ?? null,
    });
  expect((await post(call("second__a"))).status).toBe(200);
  const page = await post(call("second__a"), { headers: { origin: "https://evil.example" } });
  expect(page.status).toBe(403);
  const got = await fetch(url);
  expect([got.status, got.headers.get("allow")]).toEqual([405, "POST"]);
  expect((await post({ padding: "x".repeat(5 * 1024 * 1024) })).status).toBe(413);
  const leaving = new AbortController();
  const left = post(call("first"), { signal: leaving.signal });
  await expect.poll(() => asked.at(-1)?.name).toBe("first");
  leaving.abort();
  await expect(left).rejects.toThrow("abort");
  await expect.poll(() => closed).toEqual(["/mcp/workers/first"]);
  await expect(
    listen(openExchange(runtime), { ...rules, port: Number(new URL(url).port) }, () => undefined),
  ).rejects.toMatchObject({ kind: "unavailable" });
  await close();
});

it("a list and an introduction that come as a stream are read as well as those that come as one document", async () => {
  const { runtime } = await openRuntime(({ method }, _say, response) => {
    const result =
      method === "initialize"
        ? { instructions: "the platform's" }
        : { tools: [{ name: "first", inputSchema: {} }] };
    response.setHeader("content-type", "text/event-stream");
    response.end(`event: message\ndata: ${JSON.stringify({ jsonrpc: "2.0", id: 7, result })}\n\n`);
  });
  const one = { ...runtime, served: runtime.served.slice(0, 1) };
  expect(await listTools(one)).toMatchObject([{ name: "first" }]);
  const { result } = await ask(one, { method: "initialize" });
  expect(result["instructions"]).toContain("The tools of first");
});
