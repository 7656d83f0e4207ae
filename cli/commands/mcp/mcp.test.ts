import { createServer } from "node:http";
import type { IncomingMessage, Server, ServerResponse } from "node:http";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { afterEach, expect, it } from "vitest";
import { callCli } from "../../../test/support/cli-host.ts";
import { answering } from "../../../test/support/http/answering.ts";
import { bridge } from "../../../mcp/bridge.ts";

let server: Server | undefined;
let dir: string | undefined;
afterEach(() => {
  server?.close();
  if (dir !== undefined) rmSync(dir, { recursive: true });
  server = dir = undefined;
});

interface Seen {
  headers: IncomingMessage["headers"];
  body: { id?: number; method?: string };
}

/** Something that answers like `/mcp`, and what it was sent. */
async function listen(
  answer: (body: Seen["body"], response: ServerResponse) => void,
): Promise<{ env: Record<string, string>; seen: Seen[] }> {
  const seen: Seen[] = [];
  const made = createServer(
    answering(async (request, response) => {
      const body = JSON.parse(await text(request)) as Seen["body"];
      seen.push({ headers: request.headers, body });
      answer(body, response);
    }),
  );
  server = made;
  await new Promise<void>((resolve) => made.listen(0, "127.0.0.1", resolve));
  const address = made.address();
  const port = typeof address === "object" && address !== null ? address.port : 0;
  return { env: { FLOOM_API_URL: `http://127.0.0.1:${port}`, FLOOM_TOKEN: "a-token" }, seen };
}

const json = (response: ServerResponse, body: unknown, status = 200) =>
  response.writeHead(status, { "content-type": "application/json" }).end(JSON.stringify(body));
const lines = (...messages: unknown[]) => messages.map((one) => JSON.stringify(one)).join("\n");
const heard = (stdout: string) =>
  stdout
    .trim()
    .split("\n")
    .map((line) => JSON.parse(line) as { id: number; result?: unknown; error?: { code: number } });

it("the bridge carries messages both ways with the token and the agreed version, and streams line by line", async () => {
  const { env, seen } = await listen(({ id, method }, response) => {
    if (method === "initialize")
      return json(response, { jsonrpc: "2.0", id, result: { protocolVersion: "2025-06-18" } });
    if (id === undefined) return response.writeHead(202).end();
    response.writeHead(200, { "content-type": "text/event-stream" });
    response.write(`data: ${JSON.stringify({ jsonrpc: "2.0", method: "notifications/progress" })}\n\n`);
    return response.end(`data: ${JSON.stringify({ jsonrpc: "2.0", id, result: { ok: true } })}\n\n`);
  });
  const stdin = lines(
    { jsonrpc: "2.0", id: 1, method: "initialize", params: {} },
    { jsonrpc: "2.0", method: "notifications/initialized" },
    { jsonrpc: "2.0", id: 2, method: "tools/call", params: { name: "x" } },
  );
  const { stdout, stderr, exitCode } = await callCli(["mcp"], { env, stdin });
  expect([exitCode, stderr]).toEqual([0, ""]);
  expect(heard(stdout)).toHaveLength(3);
  expect(heard(stdout).at(-1)).toMatchObject({ id: 2, result: { ok: true } });
  expect(seen.every(({ headers }) => headers.authorization === "Bearer a-token")).toBe(true);
  expect(seen.map(({ headers }) => headers["mcp-protocol-version"])).toEqual([
    undefined,
    "2025-06-18",
    "2025-06-18",
  ]);
});

it("a message that says its version itself is sent with the headers that the newer protocol wants", async () => {
  const { env, seen } = await listen(({ id }, response) =>
    json(response, { jsonrpc: "2.0", id, result: {} }),
  );
  const _meta = { "io.modelcontextprotocol/protocolVersion": "2026-07-28" };
  await callCli(["mcp"], {
    env,
    stdin: lines({ jsonrpc: "2.0", id: 1, method: "tools/call", params: { name: "hello", _meta } }),
  });
  expect(seen[0]?.headers).toMatchObject({
    "mcp-protocol-version": "2026-07-28",
    "mcp-method": "tools/call",
    "mcp-name": "hello",
  });
});

it("what goes wrong is an answer to whoever asked, and never a word of ours on standard output", async () => {
  const { env } = await listen((_, response) => json(response, { title: "Sign in first" }, 401));
  const stdin = `nonsense\n[]\n{"id":6,"method":5}\n${lines({ jsonrpc: "2.0", id: 7, method: "ping" })}`;
  const { stdout, stderr } = await callCli(["mcp"], { env, stdin });
  expect(heard(stdout).map(({ id, error }) => [id, error?.code])).toEqual([
    [null, -32700],
    [null, -32600],
    [6, -32600],
    [7, -32000],
  ]);
  expect(stderr).toContain("floom login");
  const away = await callCli(["mcp"], { env: { ...env, FLOOM_API_URL: "http://127.0.0.1:1" }, stdin });
  expect(heard(away.stdout).at(-1)).toMatchObject({ id: 7, error: { code: -32000 } });
});

it("a call that a client gives up is closed, which is how the server hears of it", async () => {
  let closed = false;
  const { env, seen } = await listen(({ id, method }, response) => {
    if (method === "ping") return json(response, { jsonrpc: "2.0", id, result: {} });
    response.on("close", () => (closed = true));
    return undefined;
  });
  const written: unknown[] = [];
  async function* said() {
    yield lines({ jsonrpc: "2.0", id: 1, method: "tools/call", params: { name: "slow" } });
    await expect.poll(() => seen.length).toBe(1);
    yield lines({ jsonrpc: "2.0", method: "notifications/cancelled", params: { requestId: 1 } });
    yield lines({ jsonrpc: "2.0", id: 2, method: "ping" });
  }
  const write = (message: unknown) => written.push(message);
  await bridge(
    { address: env["FLOOM_API_URL"] ?? "", token: "", fetch, write, note: () => undefined },
    said(),
  );
  expect(written).toEqual([{ jsonrpc: "2.0", id: 2, result: {} }]);
  await expect.poll(() => closed).toBe(true);
});

it("tools are listed by name, or as they are", async () => {
  const tools = [{ name: "hello", description: "Greets. And more.", inputSchema: { type: "object" } }];
  const { env } = await listen(({ id }, response) =>
    json(response, { jsonrpc: "2.0", id, result: { tools } }),
  );
  const shown = await callCli(["mcp", "tools"], { env });
  expect(shown.stdout).toMatch(/hello +Greets\.\n/);
  const whole = await callCli(["mcp", "tools", "hello", "--json"], { env });
  expect(JSON.parse(whole.stdout)).toEqual(tools);
});

it("a list that nobody is given ends with the code of its reason", async () => {
  const { env } = await listen(({ id }, response) =>
    response.req.url === "/mcp"
      ? json(response, { title: "Sign in first" }, 401)
      : json(response, { jsonrpc: "2.0", id, result: { tools: [] } }),
  );
  const refused = await callCli(["mcp", "tools", "--json"], { env });
  expect([refused.exitCode, refused.stdout]).toEqual([3, ""]);
  expect(JSON.parse(refused.stderr)).toMatchObject({ code: "no_tools", retryable: false });
  const missing = await callCli(["mcp", "tools", "nobody", "--json"], { env });
  expect([missing.exitCode, missing.stdout]).toEqual([4, ""]);
  const away = await callCli(["mcp", "tools"], { env: { ...env, FLOOM_API_URL: "http://127.0.0.1:1" } });
  expect(away.exitCode).toBe(6);
});

it("a client's file is written, shown without being written, and put back", async () => {
  dir = mkdtempSync(join(tmpdir(), "floom-mcp-"));
  const file = join(dir, ".vscode", "mcp.json");
  const call = (...argv: string[]) => callCli(["mcp", ...argv], { cwd: dir ?? "" });
  const dry = await call("install", "--target", "vscode", "--dry-run");
  expect(dry.stdout).toContain("floom.mjs");
  expect(() => readFileSync(file)).toThrow("ENOENT");
  expect((await call("install", "--target", "vscode")).stdout).toContain("has it now");
  expect(readFileSync(file, "utf8")).toContain("floom.mjs");
  expect((await call("install", "--target", "vscode")).stdout).toContain("has it already");
  expect((await call("uninstall", "--target", "vscode")).stdout).toContain("no more");
  expect(readFileSync(file, "utf8")).not.toContain("floom.mjs");
  expect((await call("install", "--target", "generic")).stdout).toContain('"mcpServers"');
  expect((await call("install")).exitCode).toBe(2);
});
