import { resolve } from "node:path";
import { Client, StreamableHTTPClientTransport } from "@modelcontextprotocol/client";
import { Client as OlderClient } from "@modelcontextprotocol/sdk/client/index.js";
import { StdioClientTransport } from "@modelcontextprotocol/sdk/client/stdio.js";
import { expect, inject, it } from "vitest";

const floom = inject("floom");
const program = resolve(import.meta.dirname, "../../cli/bin/floom.mjs");
const about = { name: "a-test", version: "1.0.0" };
const greeting = { status: "completed", outputs: { greeting: "Hello, Ada!" } };

it("a client that starts `floom mcp` finds every worker as a tool, and runs one in a sandbox", async () => {
  const client = new OlderClient(about);
  const env = { PATH: process.env["PATH"] ?? "", FLOOM_API_URL: floom.url, FLOOM_TOKEN: floom.token };
  await client.connect(new StdioClientTransport({ command: process.execPath, args: [program, "mcp"], env }));
  const { tools } = await client.listTools();
  expect(tools.map(({ name }) => name)).toEqual(expect.arrayContaining(["hello-worker", "worker_deploy"]));
  const result = await client.callTool({ name: "hello-worker", arguments: { name: "Ada" } });
  expect(result.structuredContent).toMatchObject(greeting);
  await client.close();
});

it("a client of the newest protocol is told what a run logs while it waits over http", async () => {
  const client = new Client(about, { versionNegotiation: { mode: "auto" } });
  const requestInit = { headers: { authorization: `Bearer ${floom.token}` } };
  await client.connect(new StreamableHTTPClientTransport(new URL("/mcp", floom.url), { requestInit }));
  const told: string[] = [];
  const result = await client.callTool(
    { name: "slow-progress", arguments: { seconds: 1 } },
    { onprogress: ({ message }) => told.push(message ?? "") },
  );
  expect(result.structuredContent).toMatchObject({ status: "completed" });
  expect(told.length).toBeGreaterThan(0);
  await client.close();
});
