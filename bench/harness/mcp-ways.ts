import { spawn } from "node:child_process";
import { once } from "node:events";
import { Agent, request } from "node:http";
import type { IncomingMessage } from "node:http";
import { join } from "node:path";
import { createInterface } from "node:readline";
import * as z from "zod";

const REVISION = "2026-07-28";

/** One request of the newest protocol, answered in full. */
export type AskMcp = (method: string, params?: Record<string, unknown>) => Promise<Buffer>;

/**
 * How requests reach a server of MCP: as a client writes them, without a client's own work around them, and over connections
 * that are kept. Not by `fetch`, which takes longer over a long list than a server for it: that is what would be measured.
 */
export function openMcpWay(url: string, token = ""): AskMcp {
  const agent = new Agent({ keepAlive: true });
  const meta = {
    "io.modelcontextprotocol/protocolVersion": REVISION,
    "io.modelcontextprotocol/clientInfo": { name: "bench", version: "1.0.0" },
    "io.modelcontextprotocol/clientCapabilities": {},
  };
  let id = 0;
  return async (method, params = {}) => {
    id += 1;
    const { name } = params;
    const headers = {
      "content-type": "application/json",
      accept: "application/json, text/event-stream",
      "mcp-protocol-version": REVISION,
      "mcp-method": method,
      ...(typeof name === "string" ? { "mcp-name": name } : {}),
      ...(token === "" ? {} : { authorization: `Bearer ${token}` }),
    };
    const body = JSON.stringify({ jsonrpc: "2.0", id, method, params: { ...params, _meta: meta } });
    const { statusCode, bytes } = await post(url, { headers, body, agent });
    if (statusCode !== 200)
      throw new Error(`${method} was answered ${statusCode}: ${bytes.toString().slice(0, 300)}`);
    return bytes;
  };
}

async function post(
  url: string,
  { headers, body, agent }: { headers: Record<string, string>; body: string; agent: Agent },
): Promise<{ statusCode: number | undefined; bytes: Buffer }> {
  const answer = await new Promise<IncomingMessage>((resolve, reject) => {
    request(url, { method: "POST", headers, agent }, resolve).on("error", reject).end(body);
  });
  const chunks: Buffer[] = [];
  answer.on("data", (chunk: Buffer) => chunks.push(chunk));
  await once(answer, "end");
  return { statusCode: answer.statusCode, bytes: Buffer.concat(chunks) };
}

const answerForm = z.object({ result: z.looseObject({}) });

/** The result of an answer. Throws for an error of the protocol, and for a tool's refusal. */
export function readResult(answer: Buffer): Record<string, unknown> {
  const text = answer.toString();
  const { result } = answerForm.parse(JSON.parse(text.slice(text.indexOf("{"))));
  if (result["isError"] === true) throw new Error(`A tool refused: ${text.slice(0, 300)}`);
  return result;
}

/** Starts the bare server in a process of its own, with these tools. */
export async function startBareMcp(tools: unknown): Promise<{ ask: AskMcp; stop: () => Promise<void> }> {
  const program = join(import.meta.dirname, "bare-mcp.ts");
  const child = spawn(process.execPath, [program], { stdio: ["pipe", "pipe", "inherit"] });
  child.stdin.end(JSON.stringify(tools));
  const ended = once(child, "exit").then(() => Promise.reject(new Error("The bare server has ended.")));
  const said: unknown[] = await Promise.race([once(createInterface({ input: child.stdout }), "line"), ended]);
  return {
    ask: openMcpWay(String(said[0])),
    stop: async () => {
      child.kill();
      await ended.catch(() => undefined);
    },
  };
}
