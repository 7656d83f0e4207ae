import { readForeignJson } from "#contract/json";
import type { Json } from "#contract/json";
import { describeFault } from "#contract/json-scan";
import { limits } from "#contract/limits";
import type { Field } from "#contract/manifest/manifest";
import type { Inputs } from "#contract/runs/run";
import { isValueTypeName, valueTypes } from "#contract/manifest/value-types";
import type { Signature } from "#contract/hooks/webhook";
import { toBase64 } from "../platform/bytes.ts";
import type { SignedDelivery } from "./verify-signature.ts";

/** A delivery as it came in, before anybody judged it. */
export interface IncomingDelivery extends SignedDelivery {
  method: string;
  content_type: string | null;
  ip: string | null;
}

/** Headers under which senders put their own id of a delivery, most telling first. */
const idHeaders: Partial<Record<Signature["scheme"], string>> = {
  standard: "webhook-id",
  github: "x-github-delivery",
  shopify: "x-shopify-webhook-id",
};
const anyIdHeaders = ["webhook-id", "x-floom-delivery", "idempotency-key"];
/** Senders that put it in the body instead. */
const idMembers: Partial<Record<Signature["scheme"], string>> = { stripe: "id", slack: "event_id" };

/**
 * The sender's own id of a delivery, by which a repeat is known; null when it carries none. A request id is no
 * such id: each try has another.
 */
export function findExternalId(
  scheme: Signature["scheme"],
  delivery: IncomingDelivery,
  body: Json | undefined,
): string | null {
  const member = idMembers[scheme];
  if (member !== undefined) {
    const value = isObject(body) ? body[member] : undefined;
    return typeof value === "string" && value !== "" ? value.slice(0, 255) : null;
  }
  const own = idHeaders[scheme];
  const names = own === undefined ? anyIdHeaders : [own];
  const found = names
    .map((name) => delivery.headers[name])
    .find((value) => value !== undefined && value !== "");
  return found?.slice(0, 255) ?? null;
}

/** The body as JSON, whatever its media type says; undefined when it is something else. */
export function parseBody(body: Uint8Array): Json | undefined {
  return readBody(body).json;
}

/**
 * The body as JSON, and what of it the inputs cannot hold as it was sent. Nobody can ask a sender for another body, so
 * it is taken all the same: a number that no double holds becomes the text of its digits, of a name that stands twice
 * the last one counts, `__proto__` is left out. All of it stands unchanged in event.json.
 */
export function readBody(body: Uint8Array): { json: Json | undefined; note: string | null } {
  const text = textOf(body)?.replace(/^\uFEFF/, "");
  if (text === undefined || text.trim() === "") return { json: undefined, note: null };
  const { json, fault } = readForeignJson(text);
  if (fault === null || fault.code === "syntax") return { json, note: null };
  return { json, note: `the inputs differ from the body, which event.json holds: ${describeFault(fault)}` };
}

/**
 * The inputs of the run: the trigger's saved ones, and over them what of the payload the worker declares. An input
 * named `event` that takes an object or any JSON gets the whole body.
 */
export function takeInputs(fields: readonly Field[], saved: Inputs, body: Json | undefined): Inputs {
  const inputs: Inputs = { ...saved };
  for (const field of fields) {
    if (isObject(body) && Object.hasOwn(body, field.name)) inputs[field.name] = body[field.name] ?? null;
    if (takesWholeEvent(field) && body !== undefined) inputs[field.name] = body;
  }
  return inputs;
}

/**
 * The members of a body that no input has been declared for. They reach the script as inputs all the same, as far as
 * all inputs together stay within their limit; event.json has them in any case, and so has an input that takes the whole
 * body.
 */
export function takeUndeclared(fields: readonly Field[], taken: Inputs, body: Json | undefined): Inputs {
  if (!isObject(body) || fields.some(takesWholeEvent)) return {};
  const names = new Set(fields.map(({ name }) => name));
  const beyond = Object.entries(body).filter(([name]) => !names.has(name));
  const all = new TextEncoder().encode(JSON.stringify([taken, beyond]));
  return all.byteLength <= limits.inputs_bytes.value ? Object.fromEntries(beyond) : {};
}

function takesWholeEvent({ name, kind, type }: Field): boolean {
  if (name !== "event" || kind !== "scalar" || !isValueTypeName(type)) return false;
  return valueTypes[type].json === "object" || valueTypes[type].json === "any JSON";
}

/** Headers that are credentials of the sender, or of somebody's browser. */
const withheld =
  /^(?:authorization|proxy-authorization|cookie|cf-access-|x-api-key$|x-floom-(?:token|secret)$)/;

/** How many headers are kept, and how much of each; more is no webhook. */
const MOST_HEADERS = 100;
const MOST_HEADER_CHARACTERS = 2048;

/** What of the headers may be kept and shown. */
export function publicHeaders(headers: Readonly<Record<string, string>>): Record<string, string> {
  const kept = Object.entries(headers).filter(([name]) => !withheld.test(name));
  return Object.fromEntries(
    kept.slice(0, MOST_HEADERS).map(([name, value]) => [name, value.slice(0, MOST_HEADER_CHARACTERS)]),
  );
}

/** The query without Floom's token. */
export function publicQuery(query: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(Object.entries(query).filter(([name]) => name !== "token"));
}

/** The whole event as its run finds it in `event.json`. A body that is not UTF-8 text is given as base64. */
export function buildEventFile(id: string, delivery: IncomingDelivery): string {
  const text = textOf(delivery.body);
  return JSON.stringify({
    id,
    headers: publicHeaders(delivery.headers),
    query: publicQuery(delivery.query),
    method: delivery.method,
    content_type: delivery.content_type,
    ...(text === null ? { body_base64: toBase64(delivery.body) } : { body: text }),
  });
}

/** The bytes as text; null when they are not UTF-8. */
export function textOf(bytes: Uint8Array): string | null {
  try {
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    return null;
  }
}

/**
 * A delivery that only asks whether anybody is there, and what it is answered: Slack's url_verification wants its
 * challenge back, GitHub's ping wants a 2xx. Neither starts a run. Null for every other delivery.
 */
export function answerHandshake(
  scheme: Signature["scheme"],
  delivery: IncomingDelivery,
  body: Json | undefined,
): { reason: string; answer: Record<string, string> } | null {
  if (scheme === "slack" && isObject(body) && body["type"] === "url_verification") {
    const challenge = typeof body["challenge"] === "string" ? body["challenge"] : "";
    return { reason: "url_verification was answered; it starts no run", answer: { challenge } };
  }
  if (scheme === "github" && delivery.headers["x-github-event"] === "ping")
    return { reason: "ping was answered; it starts no run", answer: { pong: "ok" } };

  return null;
}

function isObject(value: Json | undefined): value is { [name: string]: Json } {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
