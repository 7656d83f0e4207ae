// Owns the calls of declared HTTP tools: which there are, what each sends, and what came of it.
// Never sends anything but what it was handed, nor to another origin than the tool declares; never throws for what a service does.
// Writes nothing; the gate keeps the record.
import type { Json } from "#contract/json";
import type { HttpTool } from "#contract/manifest/http-tool";
import type { Clock } from "../platform/clock.ts";
import type { Dial } from "../platform/network/dial-client.ts";
import { Masker } from "../platform/redaction/masker.ts";
import { effectOf } from "../registry/http/build-http.ts";
import { findMethodOverride } from "../registry/http/method-override.ts";
import { planUrl } from "../registry/http/plan-url.ts";
import { isObject } from "../registry/actions/compile-schema.ts";
import type { PreparedCall, ToolAnswer, ToolDefinition, ToolDriver } from "../tools/gate-api.ts";
import { hostOf, renderRequest } from "./render-request.ts";
import { httpRequestSchema, insertSecrets, isFault, toShown } from "./http-request.ts";
import type { HttpRequest } from "./http-request.ts";
import { firstPage, leavesMore, nextPage } from "./next-page.ts";
import { isRetried, pickAnswer, readDocument, refuse, refuseStatus } from "./read-answer.ts";
import { retryDelay } from "./retry-delay.ts";
import { sendRequest } from "./send-request.ts";
import type { Received, SendFault } from "./send-request.ts";

export interface HttpDriverDeps {
  tools: readonly HttpTool[];
  dial: Dial;
  clock: Clock;
  /** Waits, or rejects when the signal is aborted. */
  sleep: (ms: number, signal: AbortSignal) => Promise<void>;
}

/** Methods of which a repeat does what one does (RFC 9110, 9.2.2). */
const IDEMPOTENT = ["GET", "HEAD", "OPTIONS", "PUT", "DELETE"];

/** A declared tool as the gate knows it. Pure. */
export function defineHttpTool(tool: HttpTool): ToolDefinition {
  const effect = effectOf(tool);
  return {
    name: tool.name,
    description: tool.description,
    source: "http",
    effect,
    method: tool.method,
    input_schema: tool.input_schema,
    approval: tool.approval,
    calls_per_minute: tool.calls_per_minute,
    repeatable: effect === "read" || tool.retries.idempotency_key !== null,
    untrusted: true,
  };
}

/** Makes the calls of these tools. */
export function createHttpDriver(deps: HttpDriverDeps): ToolDriver {
  const find = (name: string) => deps.tools.find((tool) => tool.name === name);
  return {
    list: () => deps.tools.map(defineHttpTool),
    prepare: (wish) => {
      const tool = find(wish.tool);
      if (tool === undefined) return { fault: "There is no such tool." };
      const request = renderRequest(tool, { given: wish.arguments, callId: wish.call_id });
      if (isFault(request)) return request;
      const override = findMethodOverride({ ...request, fields: fieldsOf(request) });
      return override === null
        ? prepared(request)
        : { fault: `${override} would make another method of ${request.method}: it is not sent.` };
    },
    execute: async (call, { credentials, signal }) => {
      const tool = find(call.tool);
      const request = httpRequestSchema.safeParse(call.request);
      if (tool === undefined || !request.success) return notSent("tool_unknown", "There is no such tool.");
      const answer = await execute({ tool, request: request.data, credentials }, { ...deps, signal });
      return maskAnswer(answer, Object.values(credentials));
    },
  };
}

/** Names at the top of what a request sends. */
function fieldsOf({ body }: HttpRequest): string[] {
  if (body === null) return [];
  if (body.kind !== "json") return body.fields.map(([name]) => name);
  return isObject(body.value) ? Object.keys(body.value) : [];
}

function prepared(request: HttpRequest): PreparedCall {
  const host = hostOf(request);
  const names = [...new Set(request.secrets.map(({ name }) => name))];
  return {
    request: toShown(request),
    credentials: names.map((name) => ({ name, hosts: [host] })),
  };
}

function notSent(code: string, message: string): ToolAnswer {
  return { ok: false, code, message, retryable: false, sent: false };
}

interface Call {
  tool: HttpTool;
  request: HttpRequest;
  credentials: Readonly<Record<string, string>>;
}

type ExecuteDeps = Omit<HttpDriverDeps, "tools"> & { signal: AbortSignal };

/** Only to the origin that the author wrote, and only with each secret in its place. */
async function execute({ tool, request, credentials }: Call, deps: ExecuteDeps): Promise<ToolAnswer> {
  const plan = planUrl(tool.url);
  if (typeof plan === "string" || new URL(request.url).origin !== plan.origin)
    return notSent("address_refused", "The request goes to another host than the tool declares.");
  const filled = insertSecrets(request, credentials);
  if (isFault(filled)) return notSent("credential_denied", filled.fault);
  const signal = AbortSignal.any([deps.signal, AbortSignal.timeout(tool.timeout_seconds * 1000)]);
  const asked = { ...deps, signal };
  return tool.pagination === null ? askOnce(tool, filled, asked) : askPages(tool, filled, asked);
}

async function askOnce(tool: HttpTool, request: HttpRequest, deps: ExecuteDeps): Promise<ToolAnswer> {
  const received = await sendPatiently(tool, request, deps);
  if (!("status" in received)) return received;
  if (request.method === "HEAD") return { ok: true, content: { status: received.status } };
  const document = readDocument(received);
  return document.ok ? pickAnswer(document.content, tool.response_path) : document;
}

/** Page after page, as far as the tool says and no further; the items of all in one list. */
async function askPages(tool: HttpTool, request: HttpRequest, deps: ExecuteDeps): Promise<ToolAnswer> {
  const { pagination } = tool;
  const items: Json[] = [];
  let left = tool.max_response_bytes;
  let next = pagination && firstPage(request, pagination);
  for (let number = 1; pagination !== null && next !== null; number++) {
    const received = await sendPatiently({ ...tool, max_response_bytes: left }, next, deps);
    if (!("status" in received)) return received;
    left -= received.text.length;
    if (left <= 0)
      return refuse("response_too_large", "The pages together are larger than an answer may be.");
    const document = readDocument(received);
    if (!document.ok) return document;
    const picked = pickAnswer(document.content, pagination.items_path ?? tool.response_path);
    if (!picked.ok) return picked;
    if (!Array.isArray(picked.content))
      return number === 1 ? picked : refuse("answer_not_list", "A page is no list.");
    items.push(...picked.content);
    const link = received.headers.get("Link");
    const page = { number, request: next, document: document.content, items: picked.content, link };
    next = nextPage(page, pagination);
    if (next === null && leavesMore(page, pagination)) return { ok: true, content: items, more: true };
  }
  return { ok: true, content: items };
}

/** Sends it again where the service says so and a repeat can do no harm. */
async function sendPatiently(
  tool: HttpTool,
  request: HttpRequest,
  deps: ExecuteDeps,
): Promise<Received | Extract<ToolAnswer, { ok: false }>> {
  const mayRepeat = IDEMPOTENT.includes(tool.method) || tool.retries.idempotency_key !== null;
  const most = mayRepeat ? tool.retries.max_attempts : 1;
  for (let attempt = 1; ; attempt++) {
    const received = await sendRequest(request, {
      dial: deps.dial,
      signal: deps.signal,
      maxBytes: tool.max_response_bytes,
    });
    if ("code" in received) return faultAnswer(received, mayRepeat);
    if (received.status >= 200 && received.status < 300) return received;
    const wait = retryDelay({ header: received.headers.get("Retry-After"), attempt, now: deps.clock() });
    const isOver = !isRetried(received.status) || attempt >= most || wait === null;
    if (isOver || !(await waits(wait, deps))) return refuseStatus(received, request);
  }
}

/** False where the call's time is over before. */
async function waits(ms: number, { sleep, signal }: ExecuteDeps): Promise<boolean> {
  return sleep(ms, signal).then(
    () => true,
    () => false,
  );
}

function faultAnswer(
  { code, message, sent }: SendFault,
  mayRepeat: boolean,
): Extract<ToolAnswer, { ok: false }> {
  const isPassing = ["timeout", "unreachable", "response_cut"].includes(code);
  return { ok: false, code, message, sent, retryable: isPassing && mayRepeat };
}

/** A service may say back what it was told: no secret is in what it says. */
function maskAnswer(answer: ToolAnswer, secrets: readonly string[]): ToolAnswer {
  if (secrets.length === 0) return answer;
  const masker = new Masker(secrets);
  if (answer.ok) return { ...answer, content: masker.json(answer.content) };
  const content = answer.content === undefined ? {} : { content: masker.json(answer.content) };
  return { ...answer, message: masker.text(answer.message), ...content };
}
