import type { IncomingMessage, ServerResponse } from "node:http";
import { sendApiError } from "../control/control-plane.ts";
import type { ForwardFailure } from "../forward/forward.ts";
import { callAgent } from "../host/agent-client.ts";
import type { AgentConnection } from "../host/agent-client.ts";
import type { SandboxHost } from "../host/sandbox-host.ts";
import type { SandboxRecord } from "../host/sandbox-record.ts";
import { log } from "../log.ts";
import { forwardToAgent } from "./forward.ts";
import { equalsSecret, judgeSignature } from "./signature.ts";

export interface RouterDeps {
  host: SandboxHost;
  now: () => number;
}

const envdPort = "49983";
const FILES_PATH = "/files";
const hostPattern = /^(\d{1,5})-([a-z0-9]{1,64})\./;
/**
 * The only paths that reach an agent. A list of what is let in, compared with the path as it was sent, so no
 * spelling can reach the agent's host-only API.
 */
const agentPaths =
  /^\/(health|metrics|envs|files|files\/compose|(process\.Process|filesystem\.Filesystem)\/[A-Za-z]{1,40})$/;

interface Address {
  id: string;
  port: string;
}

/** Which sandbox a request is for: named by headers, else by the host name; undefined when by neither. */
export function findAddress(request: Pick<IncomingMessage, "headers">): Address | undefined {
  const id = request.headers["e2b-sandbox-id"];
  if (typeof id === "string") return { id, port: String(request.headers["e2b-sandbox-port"] ?? envdPort) };
  const [, port, hostId] = hostPattern.exec(request.headers.host ?? "") ?? [];
  return port === undefined || hostId === undefined ? undefined : { id: hostId, port };
}

function splitUrl(request: IncomingMessage): { path: string; params: URLSearchParams } {
  const url = request.url ?? "/";
  const at = url.indexOf("?");
  return at < 0
    ? { path: url, params: new URLSearchParams() }
    : { path: url.slice(0, at), params: new URLSearchParams(url.slice(at + 1)) };
}

const operationOf = (request: IncomingMessage): "read" | "write" =>
  request.method === "GET" || request.method === "HEAD" ? "read" : "write";

/** A signed file URL names no sandbox: the one whose token made the signature is meant. */
function findSigned(
  request: IncomingMessage,
  params: URLSearchParams,
  deps: RouterDeps,
): SandboxRecord | undefined {
  const operation = operationOf(request);
  return deps.host.sandboxes.listOwned().find((record) => {
    const verdict = judgeSignature(params, {
      operation,
      accessToken: record.access_token,
      nowMs: deps.now(),
    });
    return verdict === null || verdict === "expired";
  });
}

/** Whether a request without any address is nevertheless for the inside of a sandbox. */
export function isSignedFileRequest(request: IncomingMessage): boolean {
  const { path, params } = splitUrl(request);
  return path === FILES_PATH && params.has("signature");
}

function refusal(request: IncomingMessage, record: SandboxRecord, deps: RouterDeps): string | null {
  const { path, params } = splitUrl(request);
  if (path === "/health") return null;
  const token = request.headers["x-access-token"];
  if (typeof token === "string")
    return equalsSecret(token, record.access_token) ? null : "the access token is wrong";
  if (path !== FILES_PATH) return "the X-Access-Token header is missing";
  const check = { operation: operationOf(request), accessToken: record.access_token, nowMs: deps.now() };
  switch (judgeSignature(params, check)) {
    case null:
      return null;
    case "missing":
      return "missing access token or signature";
    case "expired":
      return "signature is already expired";
    case "wrong":
      return "invalid signature";
  }
}

function sendGone(response: ServerResponse, id: string): void {
  if (response.headersSent || response.destroyed) return;
  const body = JSON.stringify({ sandboxId: id, message: "The sandbox was not found", code: 502 });
  response
    .writeHead(502, { "content-type": "application/json", "content-length": Buffer.byteLength(body) })
    .end(body);
}

/** envd's two ways to say it: by the status in answers about files, by Connect's word in all others. */
function sendUnauthenticated(response: ServerResponse, path: string, message: string): void {
  const body = JSON.stringify({ code: path === FILES_PATH ? 401 : "unauthenticated", message });
  response
    .writeHead(401, { "content-type": "application/json", "content-length": Buffer.byteLength(body) })
    .end(body);
}

/** A paused sandbox that asked for it is woken by traffic; true when the sandbox serves. */
async function isUp(record: SandboxRecord, deps: RouterDeps): Promise<boolean> {
  if (record.state !== "paused") return deps.host.sandboxes.isServing(record.id);
  if (!record.auto_resume || record.memory_dropped === true) return false;
  await deps.host.resume(record.id, undefined);
  return true;
}

/**
 * Serves the inside of a sandbox: finds it, checks token or signature, and pipes to its agent. Anything that
 * is not running answers 502, by which the SDK tells a dead sandbox from a failed request.
 */
export async function routeRequest(
  request: IncomingMessage,
  response: ServerResponse,
  deps: RouterDeps,
): Promise<void> {
  const { path, params } = splitUrl(request);
  const address = findAddress(request);
  const record =
    address === undefined ? findSigned(request, params, deps) : deps.host.sandboxes.findOwned(address.id);
  if (record === undefined) {
    if (address === undefined) sendUnauthenticated(response, path, "invalid signature");
    else sendGone(response, address.id);
    return;
  }
  const reason = refusal(request, record, deps);
  if (reason !== null) return sendUnauthenticated(response, path, reason);
  if (address !== undefined && address.port !== envdPort) return sendGone(response, record.id);
  if (!agentPaths.test(path)) return sendApiError(response, 404, "no such path");
  await serve(request, response, { record, deps });
}

async function serve(
  request: IncomingMessage,
  response: ServerResponse,
  target: { record: SandboxRecord; deps: RouterDeps },
): Promise<void> {
  const { record, deps } = target;
  const up = await isUp(record, deps).catch((error: unknown) => {
    log("resume by traffic failed", { id: record.id, error: String(error) });
    return false;
  });
  const live = deps.host.sandboxes.findLive(record.id);
  if (!up || live === undefined) return sendGone(response, record.id);
  if (splitUrl(request).path === "/health")
    return answerHealth(request, response, { record, agent: live.agent });
  forwardToAgent(request, response, {
    agent: live.agent,
    onFailure: (failure) => sendFailure(response, record.id, failure),
  });
}

/** Answered for anybody who knows the id, so nothing of what was sent goes inside: the agent is asked anew. */
async function answerHealth(
  request: IncomingMessage,
  response: ServerResponse,
  { record, agent }: { record: SandboxRecord; agent: AgentConnection },
): Promise<void> {
  request.resume();
  try {
    await callAgent(agent, { method: "GET", path: "/health" });
    response.writeHead(204).end();
  } catch {
    sendGone(response, record.id);
  }
}

function sendFailure(response: ServerResponse, id: string, failure: ForwardFailure): void {
  switch (failure) {
    case "unreachable":
    case "bad_answer":
      return sendGone(response, id);
    case "too_large":
      return sendApiError(response, 413, "the body is too large");
    case "bad_request":
      return sendApiError(response, 400, "the request cannot be passed on");
  }
}
