import type { IncomingMessage, ServerResponse } from "node:http";
import { AgentUnreachable, callAgent } from "../host/agent-client.ts";
import type { SandboxRecord } from "../host/sandbox-record.ts";
import { SandboxUnavailable } from "../host/sandbox-spec.ts";
import { log } from "../log.ts";
import { BASE_TEMPLATE } from "../templates/templates.ts";
import { ApiError, unsupported } from "./api-error.ts";
import { parseListQuery, selectPage } from "./list-query.ts";
import { coversNow, presentMetrics } from "./metrics.ts";
import { presentDetail, presentListed, presentSandbox } from "./present.ts";
import type { Answer, Call, ControlDeps, Route } from "./route.ts";
import { templateRoutes } from "./template-routes.ts";
import { readJsonBody } from "./read-body.ts";
import {
  parseConnect,
  parseCreate,
  parseNetworkUpdate,
  parsePause,
  parseRefresh,
  parseTimeout,
} from "./requests.ts";

const defaultTimeoutSeconds = { v1: 15, v2: 300 };

function recordOf(call: Call): SandboxRecord {
  const record = call.deps.host.sandboxes.findOwned(call.id);
  if (record === undefined) throw new ApiError(404, `sandbox ${call.id} was not found`);
  return record;
}

async function create(call: Call, timeoutSeconds: number): Promise<Answer> {
  const spec = parseCreate(await call.body(), timeoutSeconds);
  const { templates, pool } = call.deps;
  const beginning = templates.findBeginning(spec.templateId);
  if (beginning === undefined) throw new ApiError(404, `template '${spec.templateId}' not found`);
  const isPlain = spec.templateId === BASE_TEMPLATE;
  const record = await (isPlain ? pool.create(spec) : templates.create(spec, beginning));
  // Nobody would ever learn its id: rather than live out its time, it ends now.
  if (call.isAbandoned()) await call.deps.host.kill(record.id);
  return { status: 201, body: presentSandbox(record) };
}

async function connect(call: Call): Promise<Answer> {
  const timeoutMs = parseConnect(await call.body());
  recordOf(call);
  const { record, resumed } = await call.deps.host.resume(
    call.id,
    timeoutMs ?? defaultTimeoutSeconds.v2 * 1000,
  );
  return { status: resumed ? 201 : 200, body: presentSandbox(record) };
}

function list(call: Call, defaultState?: string): Answer {
  if (defaultState !== undefined && !call.params.has("state")) call.params.set("state", defaultState);
  const { host } = call.deps;
  const { page, nextToken } = selectPage(host.sandboxes.listOwned(), parseListQuery(call.params));
  return {
    status: 200,
    body: page.map((record) => presentListed(record, host.limits)),
    headers: nextToken === null ? {} : { "x-next-token": nextToken },
  };
}

async function setTimeToLive(call: Call, options: { extendOnly: boolean }): Promise<Answer> {
  const body = await call.body();
  const timeoutMs = options.extendOnly ? parseRefresh(body, defaultTimeoutSeconds.v1) : parseTimeout(body);
  recordOf(call);
  await call.deps.host.setTimeout(call.id, timeoutMs, options);
  return { status: 204 };
}

async function kill(call: Call): Promise<Answer> {
  recordOf(call);
  await call.deps.host.kill(call.id);
  return { status: 204 };
}

async function pause(call: Call): Promise<Answer> {
  const keepsMemory = parsePause(await call.body());
  recordOf(call);
  await call.deps.host.pause(call.id, { keepsMemory });
  return { status: 204 };
}

async function updateNetwork(call: Call): Promise<Answer> {
  const change = parseNetworkUpdate(await call.body());
  recordOf(call);
  await call.deps.host.updateNetwork(call.id, change);
  return { status: 204 };
}

/** A local sandbox is measured when asked; there is no history, and none while it is paused. */
async function readMetrics(call: Call): Promise<Answer> {
  const record = recordOf(call);
  const live = call.deps.host.sandboxes.findLive(call.id);
  if (record.state === "paused" || live === undefined || !coversNow(call.params, call.deps.now()))
    return { status: 200, body: [] };

  const raw = await callAgent(live.agent, { method: "GET", path: "/_agent/metrics" });
  return { status: 200, body: [presentMetrics(raw, call.deps.now())] };
}

const refuse = (what: string) => (): never => {
  throw unsupported(what);
};

const idPattern = "(?<id>[a-z0-9-]{1,64})";
const one = (tail = "", versions = ""): RegExp => new RegExp(`^${versions}/sandboxes/${idPattern}${tail}$`);

const routes: readonly Route[] = [
  { method: "POST", path: /^\/v2\/sandboxes$/, handle: (call) => create(call, defaultTimeoutSeconds.v2) },
  { method: "POST", path: /^\/sandboxes$/, handle: (call) => create(call, defaultTimeoutSeconds.v1) },
  { method: "GET", path: /^\/v2\/sandboxes$/, handle: (call) => list(call) },
  { method: "GET", path: /^\/sandboxes$/, handle: (call) => list(call, "running") },
  { method: "POST", path: one("/(?:connect|resume)", "(?:/v2)?"), handle: connect },
  {
    method: "GET",
    path: one(),
    handle: (call) => ({ status: 200, body: presentDetail(recordOf(call), call.deps.host.limits) }),
  },
  { method: "DELETE", path: one(), handle: kill },
  { method: "POST", path: one("/timeout"), handle: (call) => setTimeToLive(call, { extendOnly: false }) },
  { method: "POST", path: one("/refreshes"), handle: (call) => setTimeToLive(call, { extendOnly: true }) },
  { method: "POST", path: one("/pause"), handle: pause },
  { method: "PUT", path: one("/network"), handle: updateNetwork },
  { method: "GET", path: one("/metrics"), handle: readMetrics },
  { method: "*", path: one("/fork"), handle: refuse("forking a sandbox") },
  { method: "*", path: one("/snapshots"), handle: refuse("taking a snapshot") },
  { method: "*", path: /^\/snapshots(\/|$)/, handle: refuse("listing snapshots") },
  ...templateRoutes,
  { method: "*", path: /^(\/v[23])?\/templates(\/|$)/, handle: refuse("this way to build templates") },
  { method: "*", path: /^\/(volumes|volumecontent)(\/|$)/, handle: refuse("volumes") },
  { method: "*", path: /^\/secrets(\/|$)/, handle: refuse("E2B's secret store") },
  { method: "*", path: /^\/teams(\/|$)/, handle: refuse("team management") },
];

function send(response: ServerResponse, { status, body, headers }: Answer): void {
  if (response.headersSent || response.destroyed) return;
  if (body === undefined) {
    response.writeHead(status, status === 204 ? headers : { "content-length": 0, ...headers }).end();
    return;
  }
  const text = JSON.stringify(body);
  response.writeHead(status, {
    "content-type": "application/json",
    "content-length": Buffer.byteLength(text),
    ...headers,
  });
  response.end(text);
}

/** Answers with E2B's error shape, the status repeated in the body. */
export function sendApiError(response: ServerResponse, status: number, message: string): void {
  send(response, { status, body: { code: status, message } });
}

function toApiError(error: unknown): ApiError {
  if (error instanceof ApiError) return error;
  if (error instanceof SandboxUnavailable)
    return new ApiError(error.reason === "gone" ? 404 : 409, error.message);
  log("request failed", { error: error instanceof Error ? (error.stack ?? error.message) : String(error) });
  if (error instanceof AgentUnreachable) return new ApiError(503, "the sandbox did not answer; try again");
  return new ApiError(500, "the sandbox server failed; its log says why");
}

async function dispatch(request: IncomingMessage, deps: ControlDeps): Promise<Answer> {
  const url = URL.parse(request.url ?? "/", "http://sandbox.internal");
  if (url === null) throw new ApiError(400, "the request names no path");
  if (url.pathname === "/health" && request.method === "GET") return { status: 200, body: { status: "ok" } };
  const key = request.headers["x-api-key"];
  if (typeof key !== "string" || !deps.isAuthorized(key))
    throw new ApiError(401, "the X-API-KEY header is missing or wrong");
  const onPath = routes.filter(({ path }) => path.test(url.pathname));
  const route = onPath.find(({ method }) => method === request.method || method === "*");
  if (route === undefined)
    throw new ApiError(onPath.length > 0 ? 405 : 404, `no such operation: ${request.method} ${url.pathname}`);
  const { id = "", part = "" } = route.path.exec(url.pathname)?.groups ?? {};
  return route.handle({
    id,
    part,
    isAbandoned: () => request.socket.destroyed,
    params: url.searchParams,
    body: () => readJsonBody(request),
    deps,
  });
}

/** Serves E2B's control plane: the life of sandboxes, for holders of the API key. */
export async function handleControl(
  request: IncomingMessage,
  response: ServerResponse,
  deps: ControlDeps,
): Promise<void> {
  try {
    send(response, await dispatch(request, deps));
  } catch (error) {
    const { status, message } = toApiError(error);
    sendApiError(response, status, message);
  } finally {
    request.resume();
  }
}
