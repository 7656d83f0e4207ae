import { createMcpHandler } from "@modelcontextprotocol/server";
import { expect, it } from "vitest";
import * as z from "zod";
import { RequestServer } from "./request-server.ts";

const REVISION = "2026-07-28";

/** Asks for a tool that does this, as a client of the second era does. */
function call(act: (signal: AbortSignal) => Promise<void>, client: AbortSignal): Promise<Response> {
  const handler = createMcpHandler(() => {
    const server = new RequestServer({ name: "test", version: "1.0.0" }, { capabilities: { tools: {} } });
    server.setRequestHandler("tools/call", { params: z.looseObject({}) }, async (_, { mcpReq }) => {
      await act(mcpReq.signal);
      return { content: [] };
    });
    return server;
  });
  const meta = {
    "io.modelcontextprotocol/protocolVersion": REVISION,
    "io.modelcontextprotocol/clientInfo": { name: "test", version: "1.0.0" },
    "io.modelcontextprotocol/clientCapabilities": {},
  };
  const headers = {
    "content-type": "application/json",
    accept: "application/json, text/event-stream",
    "mcp-protocol-version": REVISION,
    "mcp-method": "tools/call",
    "mcp-name": "any",
  };
  const params = { name: "any", arguments: {}, _meta: meta };
  const body = JSON.stringify({ jsonrpc: "2.0", id: 1, method: "tools/call", params });
  const request = new Request("http://127.0.0.1/mcp", { method: "POST", headers, body, signal: client });
  return handler.fetch(request);
}

it("gives up what is at work when its client goes away", async () => {
  const leaving = new AbortController();
  const given = Promise.withResolvers<boolean>();
  const act = (signal: AbortSignal) =>
    new Promise<void>((resolve) => {
      signal.addEventListener("abort", () => {
        given.resolve(signal.aborted);
        resolve();
      });
      leaving.abort();
    });
  const answer = await call(act, leaving.signal);
  expect(answer.status).toBe(499);
  expect(await given.promise).toBe(true);
});

it("gives up nothing that has been answered", async () => {
  let seen: AbortSignal | undefined;
  const act = (signal: AbortSignal) => {
    seen = signal;
    return Promise.resolve();
  };
  const answer = await call(act, new AbortController().signal);
  expect(await answer.json()).toMatchObject({ id: 1, result: { content: [] } });
  await new Promise((resolve) => setTimeout(resolve, 10));
  expect(seen?.aborted).toBe(false);
});
