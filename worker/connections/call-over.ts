import { readForeignJson } from "#contract/json";
import type { Json } from "#contract/json";
import { limits } from "#contract/limits";
import type { ToolAnswer } from "../tools/gate-api.ts";
import { readAtMost } from "../platform/bytes.ts";
import type { Dial } from "../platform/network/dial-client.ts";
import { storedJsonSchema } from "../platform/objects/stored-document.ts";
import { boundJson, boundMcpAnswer, textOf } from "./bound-answer.ts";
import { executeAction } from "./composio-client.ts";
import type { ComposioAccess } from "./composio-client.ts";
import type { ConnectionCall, ConnectionTarget } from "./connection-api.ts";
import { describeFault } from "./describe-fault.ts";
import { ANSWER_BYTES, guardFetch } from "./guarded-fetch.ts";
import { buildHttpRequest } from "./http-call.ts";
import { callServerTool, withServer } from "./protocol/mcp-client.ts";
import type { ServerAccess } from "./protocol/mcp-client.ts";

/** What a call goes out by. */
export interface CallWay {
  dial: Dial;
  composio: ComposioAccess | null;
  /** The connected account at Composio. */
  account: string | null;
  readSecret: (of: { name: string; host: string }) => Promise<string | undefined>;
  access: (seconds: number) => Promise<ServerAccess>;
  seconds: number;
}

type Failed = Extract<ToolAnswer, { ok: false }>;
const failed = (code: string, message: string, more: Partial<Failed> = {}): Failed => ({
  ok: false,
  code,
  message,
  retryable: false,
  sent: false,
  ...more,
});

/** Makes one call of whichever kind. Never throws for what the other side does. */
export async function callOver(
  way: CallWay,
  target: ConnectionTarget,
  call: ConnectionCall,
): Promise<ToolAnswer> {
  const { http, composio } = target.settings;
  if (http !== null) return callHttp(way, target, call);
  return composio === null ? callMcp(way, call) : callComposio(way, target, call);
}

async function callMcp(way: CallWay, call: ConnectionCall): Promise<ToolAnswer> {
  const { arguments: args } = call;
  if (typeof args !== "object" || args === null || Array.isArray(args))
    return failed("arguments_invalid", "The arguments of a tool are a mapping.");
  let isSent = false;
  try {
    return await withServer(await way.access(way.seconds), async (client) => {
      isSent = true;
      const result = await callServerTool(client, { tool: call.tool, args, callId: call.call_id });
      const structured = storedJsonSchema.nullable().parse(result.structuredContent ?? null);
      const content = boundMcpAnswer({ content: result.content, structured });
      if (result.isError !== true) return { ok: true, content };
      const message = textOf(result.content) || "The tool failed, and does not say why.";
      return failed("tool_error", message, { sent: true, content });
    });
  } catch (error) {
    const { message, needsSignIn, retryable } = describeFault(error, way.seconds);
    // A server that asks to sign in has done nothing.
    if (needsSignIn) return failed("not_signed_in", message, { sent: false });
    return failed("connection_failed", message, { retryable, sent: isSent });
  }
}

async function callComposio(
  way: CallWay,
  target: ConnectionTarget,
  call: ConnectionCall,
): Promise<ToolAnswer> {
  if (way.composio === null)
    return failed(
      "composio_not_configured",
      "This server has no Composio key: whoever runs it sets COMPOSIO_API_KEY.",
    );
  if (way.account === null)
    return failed("not_signed_in", "Nobody has signed in to the app: floom connections authorize.");
  try {
    const done = await executeAction(way.composio, {
      tool: call.tool,
      accountId: way.account,
      user: target.workspace_id,
      args: call.arguments,
    });
    const content = boundJson({
      successful: done.successful,
      data: done.data ?? null,
      error: done.error ?? null,
    });
    if (done.successful) return { ok: true, content };
    const told =
      typeof done.error === "string" ? done.error : JSON.stringify(done.error ?? "It does not say why.");
    return failed("tool_error", told.slice(0, 2000), { sent: true, content });
  } catch (error) {
    const { message, needsSignIn, retryable } = describeFault(error, way.seconds);
    return failed(needsSignIn ? "not_signed_in" : "connection_failed", message, {
      retryable,
      sent: !needsSignIn,
    });
  }
}

async function callHttp(
  way: CallWay,
  { settings }: ConnectionTarget,
  call: ConnectionCall,
): Promise<ToolAnswer> {
  if (settings.http === null) return failed("tool_unknown", "The connection is none to an HTTP API.");
  const { secret, header, base_url } = settings.http;
  const request = buildHttpRequest(settings.http, call.tool, call.arguments);
  if ("fault" in request) return failed("arguments_invalid", request.fault);
  let value: string | undefined;
  try {
    value =
      call.credentials[secret] ?? (await way.readSecret({ name: secret, host: new URL(base_url).hostname }));
  } catch (error) {
    return failed("credential_denied", describeFault(error, way.seconds).message);
  }
  if (value === undefined)
    return failed("credential_denied", `The secret ${secret} is not set: floom secrets set ${secret}`);
  const cut = header.indexOf(":");
  const filled = header
    .slice(cut + 1)
    .trim()
    .replace("{value}", () => value);
  const headers: Record<string, string> = {
    accept: "application/json, text/*;q=0.9, */*;q=0.1",
    "idempotency-key": call.call_id,
    ...(request.body === null ? {} : { "content-type": "application/json" }),
    [header.slice(0, cut).trim().toLowerCase()]: filled,
  };
  if (request.method === "GET" || request.method === "HEAD") delete headers["idempotency-key"];
  const ask = guardFetch(way.dial, {
    signal: AbortSignal.timeout(way.seconds * 1000),
    origin: new URL(base_url).origin,
  });
  try {
    const answer = await ask(request.url, { method: request.method, headers, body: request.body });
    return await readAnswer(answer, [value, filled]);
  } catch (error) {
    const { message, retryable } = describeFault(error, way.seconds);
    const isDialled = !(error instanceof Error && error.name === "NotDialled");
    return failed("connection_failed", message, { retryable, sent: isDialled });
  }
}

/** What came back, without the credential where a server repeats it. */
async function readAnswer(answer: Response, credentials: readonly string[]): Promise<ToolAnswer> {
  const bytes =
    answer.body === null ? new Uint8Array() : await readAtMost(answer.body.values(), ANSWER_BYTES);
  const type = (answer.headers.get("content-type") ?? "").split(";")[0]?.trim() ?? "";
  const raw = bytes === null ? "" : new TextDecoder().decode(bytes);
  const text = credentials.reduce((left, one) => (one.length < 4 ? left : left.replaceAll(one, "***")), raw);
  const { json } = /json$/.test(type) ? readForeignJson(text) : { json: undefined };
  const body = boundJson(json ?? text, limits.connection_answer_bytes.value);
  const content: Json = { status: answer.status, body };
  if (answer.ok) return { ok: true, content };
  const retryable = answer.status === 429 || answer.status >= 500;
  return failed(`http_${answer.status}`, `The API answers ${answer.status}.`, {
    sent: true,
    retryable,
    content,
  });
}
