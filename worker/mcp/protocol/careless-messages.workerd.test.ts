import { exports } from "cloudflare:workers";
import { expect, it } from "vitest";
import { ownerToken, seedWorker } from "../../../test/support/workerd/api-harness.ts";
import { newestRunOf, readRun } from "../../../test/support/workerd/mcp-runs.ts";

const VERSIONS = { older: "2025-11-25", newest: "2026-07-28" };

interface Sent {
  era?: keyof typeof VERSIONS;
  headers?: Record<string, string>;
  /** In pieces, by a client that does not say how much there is. */
  isChunked?: boolean;
}

/** A message byte for byte as it stands. */
async function send(text: string, { era = "older", headers = {}, isChunked = false }: Sent = {}) {
  const body = isChunked ? new Blob([text]).stream().pipeThrough(new TransformStream()) : text;
  const request = new Request("http://floom.test/mcp", {
    method: "POST",
    body,
    headers: {
      authorization: `Bearer ${ownerToken}`,
      "content-type": "application/json",
      accept: "application/json, text/event-stream",
      "mcp-protocol-version": VERSIONS[era],
      ...headers,
    },
  });
  const answer = await exports.default.fetch(request);
  const said = await answer.text();
  return { status: answer.status, session: answer.headers.get("mcp-session-id"), said };
}

const message = (method: string, params: unknown, id: unknown = 1) =>
  JSON.stringify({ jsonrpc: "2.0", id, method, params });
const about = {
  protocolVersion: VERSIONS.older,
  capabilities: {},
  clientInfo: { name: "a-test", version: "1" },
};
/** A call whose arguments are written by hand. */
const callOf = (name: string, args: string) =>
  `{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"${name}","arguments":${args}}}`;

it("a client that does not say how long its message is, or writes the type its own way, is served as any other", async () => {
  const text = message("initialize", about);
  const ways: Sent[] = [
    {},
    { isChunked: true },
    { headers: { "content-type": "Application/JSON; charset=utf-8" } },
    { headers: { "content-type": "application/json ;charset=utf-8" }, isChunked: true },
  ];
  for (const way of ways) {
    const { status, session } = await send(text, way);
    expect([way, status, session]).toEqual([way, 200, expect.stringContaining("req_")]);
  }
  const _meta = {
    "io.modelcontextprotocol/protocolVersion": VERSIONS.newest,
    "io.modelcontextprotocol/clientInfo": about.clientInfo,
    "io.modelcontextprotocol/clientCapabilities": {},
  };
  const listen = message("subscriptions/listen", { _meta, notifications: { taskIds: ["none"] } });
  const way = { era: "newest", headers: { "mcp-method": "subscriptions/listen" } } as const;
  const whole = await send(listen, way);
  expect(whole.said).toContain("Missing required client capabilities");
  expect(await send(listen, { ...way, isChunked: true })).toEqual(whole);
});

it("more than a message may hold is refused, said or not", async () => {
  const large = message("ping", { text: "x".repeat(5 * 1024 * 1024) });
  expect((await send(large)).status).toBe(413);
  expect((await send(large, { isChunked: true })).status).toBe(413);
});

it("a message that is nested without end is refused as one, and is no failure of ours", async () => {
  const deep = `${"[".repeat(5000)}${"]".repeat(5000)}`;
  for (const isChunked of [false, true]) {
    const { status, said } = await send(callOf("store_set", `{"key":"k","value":${deep}}`), { isChunked });
    expect([status, said]).toEqual([400, expect.stringContaining("-32600")]);
    expect(said).toContain("more than 200 deep");
  }
  expect((await send(`{"jsonrpc":"2.0",`)).said).toContain("-32700");
});

it("an argument that would arrive as another is refused with its place, as the routes do", async () => {
  const fallen: [args: string, pointer: string][] = [
    ['{"key":"k","value":12345678901234567890}', "/value"],
    ['{"key":"k","value":{"a":[-9007199254740993]}}', "/value/a/0"],
    ['{"key":"k","value":1,"value":2}', "/value"],
    ['{"key":"k","value":{"__proto__":1}}', "/value/__proto__"],
  ];
  for (const [args, pointer] of fallen) {
    const { said } = await send(callOf("store_set", args));
    expect([args, said]).toEqual([args, expect.stringContaining(`"pointer":"${pointer}"`)]);
    expect(said).toContain('"isError":true');
  }
  // What else a client says there, say of the time in nanoseconds, is no argument.
  const traced = callOf(
    "store_set",
    '{"key":"k","value":9007199254740991},"_meta":{"at":1796033869726000000}',
  );
  expect((await send(traced)).said).not.toContain("isError");
});

it("half a character where a name is asked for is a name of nothing", async () => {
  for (const method of ["tasks/get", "tasks/cancel", "tasks/result"]) {
    const { said } = await send(message(method, { taskId: "\ud800" }));
    expect([method, said]).toEqual([method, expect.stringContaining("-32602")]);
  }
});

it("a cursor that a list has not given is refused, also by those that have one page", async () => {
  const lists = ["tasks", "tools", "prompts", "resources", "resources/templates"];
  for (const list of lists) {
    for (const cursor of ["forged", "\ud800"]) {
      const { said } = await send(message(`${list}/list`, { cursor }));
      expect([list, said]).toEqual([list, expect.stringContaining("-32602")]);
    }
  }
  expect((await send(message("tools/list", { cursor: "" }))).said).toContain("worker_list");
});

it("a cancel is heard among other messages of one batch", async () => {
  await seedWorker("batched");
  const { session } = await send(message("initialize", about));
  const headers = { "mcp-session-id": session ?? "" };
  const calling = send(message("tools/call", { name: "batched", arguments: {} }, 7), { headers });
  const run = await newestRunOf("batched");
  await expect.poll(async () => (await readRun(run)).status).toBe("running");
  const cancel = { jsonrpc: "2.0", method: "notifications/cancelled", params: { requestId: 7 } };
  await send(JSON.stringify([{ jsonrpc: "2.0", id: 8, method: "ping" }, cancel]), { headers });
  await expect.poll(async () => (await readRun(run)).status).toBe("cancelled");
  await calling;
});
