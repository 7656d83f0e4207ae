// The least that can answer a client of MCP: the official SDK on Node, written as its own documentation has it, without
// sign-in, storage or anything behind the tool. Reads from standard input, as JSON, the tools that it lists; `echo` is
// the one that is called. Says where it listens on a line of standard output.
import { createServer } from "node:http";
import type { IncomingMessage } from "node:http";
import { buffer, json } from "node:stream/consumers";
import { createMcpHandler, fromJsonSchema, McpServer } from "@modelcontextprotocol/server";
import * as z from "zod";

const toolsForm = z.array(
  z.object({
    name: z.string(),
    title: z.string(),
    description: z.string(),
    inputSchema: z.record(z.string(), z.json()),
    outputSchema: z.record(z.string(), z.json()).optional(),
    annotations: z.record(z.string(), z.boolean()),
  }),
);

const tools = toolsForm
  .parse(await json(process.stdin))
  .map(({ name, inputSchema, outputSchema, ...words }) => ({
    name,
    config: {
      ...words,
      inputSchema: fromJsonSchema(inputSchema),
      ...(outputSchema === undefined ? {} : { outputSchema: fromJsonSchema(outputSchema) }),
    },
  }));

const echo = z.object({ text: z.string() });

const handler = createMcpHandler(() => {
  const server = new McpServer({ name: "bare", version: "1.0.0" });
  for (const { name, config } of tools)
    server.registerTool(name, config, () => ({ content: [{ type: "text", text: name }] }));
  server.registerTool("echo", { description: "Says it again.", inputSchema: echo }, ({ text }) => ({
    content: [{ type: "text", text }],
    structuredContent: { text },
  }));
  return server;
});

async function toRequest(asked: IncomingMessage): Promise<Request> {
  const headers = new Headers();
  for (const [name, value] of Object.entries(asked.headers))
    if (typeof value === "string") headers.set(name, value);
  const init = { method: asked.method ?? "GET", headers, body: await buffer(asked) };
  return new Request(new URL(asked.url ?? "/", "http://127.0.0.1"), init);
}

const server = createServer((asked, answer) => {
  const pass = async () => {
    const given = await handler.fetch(await toRequest(asked));
    answer.writeHead(given.status, Object.fromEntries(given.headers));
    answer.end(Buffer.from(await given.arrayBuffer()));
  };
  pass().catch(() => answer.destroy());
});
server.listen(0, "127.0.0.1", () => {
  const address = server.address();
  if (typeof address === "object" && address !== null) console.log(`http://127.0.0.1:${address.port}/mcp`);
});
