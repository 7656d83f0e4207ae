import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { createServer } from "node:http";
import type { IncomingHttpHeaders, Server, ServerResponse } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, expect, it } from "vitest";
import * as z from "zod";
import { callCli } from "../../../test/support/cli-host.ts";

const messageForm = z.looseObject({
  id: z.union([z.string(), z.number()]).optional(),
  method: z.string(),
  params: z.looseObject({ cursor: z.string().optional() }).optional(),
});
type Message = z.output<typeof messageForm>;

let server: Server | undefined;
let folder = "";
afterEach(async () => {
  server?.closeAllConnections();
  server?.close();
  if (folder !== "") await rm(folder, { recursive: true });
  folder = "";
});

/** A server of the first era, which answers a list as it is told to. */
async function serve(answer: (message: Message) => unknown) {
  const seen: IncomingHttpHeaders[] = [];
  server = createServer((request, response) => {
    seen.push(request.headers);
    let body = "";
    request.on("data", (chunk: Buffer) => (body += chunk.toString()));
    request.on("end", () => {
      const message = messageForm.safeParse(body === "" ? {} : JSON.parse(body)).data;
      if (message?.id === undefined) return void response.writeHead(message === undefined ? 405 : 202).end();
      const result = answer(message);
      response.writeHead(200, { "content-type": "application/json" });
      const said = result === undefined ? { error: { code: -32601, message: "none" } } : { result };
      response.end(JSON.stringify({ jsonrpc: "2.0", id: message.id, ...said }));
    });
  });
  await new Promise<void>((resolve) => server?.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  const port = typeof address === "object" && address !== null ? address.port : 0;
  return { address: `http://127.0.0.1:${port}/mcp`, seen };
}

const hello = {
  protocolVersion: "2025-11-25",
  capabilities: { tools: {} },
  serverInfo: { name: "other\u001B[2J", version: "2" },
  instructions: "Be kind.\u202E",
};
const tool = (name: string) => ({ name, description: "Does it. And more.", inputSchema: { type: "object" } });

it("what a server offers is listed, and nothing that it says acts on the terminal", async () => {
  const { address, seen } = await serve(({ method, params }) => {
    if (method === "initialize") return hello;
    if (method !== "tools/list") return undefined;
    return params?.cursor === undefined
      ? { tools: [tool("first\n\u001B[31m")], nextCursor: "2" }
      : { tools: [tool("second")] };
  });
  const shown = await callCli(["mcp", "probe", address]);
  expect([shown.exitCode, shown.stderr]).toEqual([0, ""]);
  for (const part of ["other?[2J 2", "MCP 2025-11-25", "Can: tools", "Be kind.?", "second", "Does it."])
    expect(shown.stdout).toContain(part);
  expect(shown.stdout).not.toMatch(/\u001B|\u202E/);
  expect(seen.every(({ authorization }) => authorization === undefined)).toBe(true);
  const json = await callCli(["mcp", "probe", address, "--json"], { env: { FLOOM_TOKEN: "mine" } });
  expect(JSON.parse(json.stdout)).toMatchObject({
    protocol_version: "2025-11-25",
    tools: { items: [{ inputSchema: { type: "object" } }, { name: "second" }], more: false },
    prompts: { items: [], more: false },
  });
  expect(seen.every(({ authorization }) => authorization === undefined)).toBe(true);
});

it("a token is sent where its variable is named, and no other", async () => {
  const { address, seen } = await serve(({ method }) =>
    method === "initialize" ? { ...hello, capabilities: {} } : undefined,
  );
  const env = { THEIR_TOKEN: "theirs", FLOOM_TOKEN: "mine" };
  expect((await callCli(["mcp", "probe", address, "--token-from", "THEIR_TOKEN"], { env })).exitCode).toBe(0);
  expect(seen.every(({ authorization }) => authorization === "Bearer theirs")).toBe(true);
  expect((await callCli(["mcp", "probe", address, "--token-from", "NONE"], { env })).exitCode).toBe(2);
});

it("a server that lists without end is left, and it is said that there is more", async () => {
  let page = 0;
  const { address } = await serve(({ method }) => {
    if (method === "initialize") return hello;
    page += 1;
    return { tools: Array.from({ length: 30 }, (_, at) => tool(`t${page}_${at}`)), nextCursor: String(page) };
  });
  const endless = await callCli(["mcp", "probe", address, "--json"]);
  const { tools } = JSON.parse(endless.stdout);
  expect([tools.items.length, tools.more]).toEqual([1500, true]);
});

it("a server that is silent, away or another program's is told of in a sentence", async () => {
  const silent = await serve(() => undefined);
  const refused = await callCli(["mcp", "probe", silent.address]);
  expect([refused.exitCode, refused.stderr]).toEqual([6, expect.stringContaining("cannot be asked")]);
  expect((await callCli(["mcp", "probe", "http://127.0.0.1:1/mcp"])).exitCode).toBe(6);
  expect((await callCli(["mcp", "probe", "ftp://a"])).exitCode).toBe(2);
  expect((await callCli(["mcp", "probe", silent.address, "--timeout", "0"])).exitCode).toBe(2);
});

it("what is no server of MCP is told of in a line: what it answers, or why nothing came", async () => {
  let answer: (response: ServerResponse) => void = () => undefined;
  server = createServer((_, response) => answer(response));
  await new Promise<void>((resolve) => server?.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  const port = typeof address === "object" && address !== null ? address.port : 0;
  const probe = async (play: typeof answer) => {
    answer = play;
    const { exitCode, stderr } = await callCli(["mcp", "probe", `http://127.0.0.1:${port}/mcp`]);
    return { exitCode, stderr };
  };
  const json = { "content-type": "application/json" };
  const foreign = await probe((response) => response.writeHead(200, json).end('{"hello": 1}'));
  expect(foreign).toEqual({ exitCode: 6, stderr: expect.stringMatching(/^error .* no message of MCP\.\n$/) });
  const page = await probe((response) => response.writeHead(404).end("<p>".repeat(10_000)));
  expect([page.exitCode, page.stderr.includes("answers 404"), page.stderr.length < 400]).toEqual([
    6,
    true,
    true,
  ]);
  const closed = await probe((response) => response.writeHead(401).end());
  expect(closed).toEqual({ exitCode: 3, stderr: expect.stringContaining("--token-from") });
  const moved = await probe((response) => response.writeHead(302, { location: "/other" }).end());
  expect(moved).toEqual({ exitCode: 6, stderr: expect.stringContaining("redirect") });
  const named = await callCli(["mcp", "probe", "http://ada:secret-word@127.0.0.1/mcp"]);
  expect([named.exitCode, named.stderr.includes("secret-word")]).toEqual([2, false]);
});

it("a program is asked over its standard streams", async () => {
  folder = await mkdtemp(join(tmpdir(), "floom-probe-"));
  const program = `
import { createInterface } from "node:readline";
for await (const line of createInterface({ input: process.stdin })) {
  const { id, method } = JSON.parse(line);
  const results = { initialize: ${JSON.stringify(hello)}, "tools/list": { tools: [${JSON.stringify(tool("local"))}] } };
  const said = results[method] === undefined ? { error: { code: -32601, message: "none" } } : { result: results[method] };
  if (id !== undefined) console.log(JSON.stringify({ jsonrpc: "2.0", id, ...said }));
}`;
  await writeFile(join(folder, "server.mjs"), program);
  const asked = await callCli([
    "mcp",
    "probe",
    process.execPath,
    "--stdio",
    join(folder, "server.mjs"),
    "--json",
  ]);
  expect([asked.exitCode, asked.stderr]).toEqual([0, ""]);
  expect(JSON.parse(asked.stdout).tools.items).toMatchObject([{ name: "local" }]);
});
