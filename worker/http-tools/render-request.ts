import type { Json } from "#contract/json";
import type { HttpTool } from "#contract/manifest/http-tool";
import { isObject } from "../registry/actions/compile-schema.ts";
import { planUrl, placeholderOf } from "../registry/http/plan-url.ts";
import { readTemplate } from "../registry/http/read-template.ts";
import type { TemplatePart } from "../registry/http/read-template.ts";
import { isFault, isHeaderText } from "./http-request.ts";
import type { Fault, HttpRequest, SecretPlace } from "./http-request.ts";

/** Values of parameters by name; one that is not given is not there. */
type Values = Readonly<Record<string, Json>>;

/** A text, and where secrets stand in it. */
interface Rendered {
  text: string;
  secrets: { name: string; at: number }[];
}

/** So long a path segment, a query value or a header may be, characters. */
const LONGEST_TEXT = 8000;
const LONGEST_BODY = 1024 * 1024;

/**
 * The exact request of a call. Each value goes to its component and cannot leave it: a path segment stays one segment, a query
 * value one value, a header one line, a member of JSON one value of its type. What is not given is left out. Pure.
 */
export function renderRequest(
  tool: HttpTool,
  { given, callId }: { given: Json; callId: string },
): HttpRequest | Fault {
  const values = withDefaults(tool, given);
  const url = renderUrl(tool, values);
  if (typeof url !== "string") return url;
  const query = renderQuery(tool, values);
  if (isFault(query)) return query;
  const headers = renderHeaders(tool, { values, callId });
  if (isFault(headers)) return headers;
  const body = renderBody(tool, values);
  if (body !== null && isFault(body)) return body;
  return {
    method: tool.method,
    url,
    query: query.pairs,
    headers: withMediaType(headers.pairs, body?.body ?? null),
    body: body?.body ?? null,
    secrets: [...query.secrets, ...headers.secrets, ...(body?.secrets ?? [])],
  };
}

function withDefaults({ input_schema: schema }: HttpTool, given: Json): Values {
  const { properties } = schema;
  const declared = isObject(properties) ? Object.entries(properties) : [];
  const entries = declared.flatMap(([name, said]): [string, Json][] => {
    const own = isObject(given) && Object.hasOwn(given, name) ? (given[name] ?? null) : null;
    const value = own ?? (isObject(said) ? (said["default"] ?? null) : null);
    return value === null ? [] : [[name, value]];
  });
  return Object.fromEntries(entries);
}

/** A value as text: numbers and truth values as JSON has them, lists and objects as JSON. */
function toText(value: Json): string {
  return typeof value === "string" ? value : JSON.stringify(value);
}

function valueOf(values: Values, name: string): Json | undefined {
  return Object.hasOwn(values, name) ? values[name] : undefined;
}

/** A template as text; null where a value of it is not given. */
function renderText(parts: readonly TemplatePart[], values: Values): Rendered | null {
  const rendered: Rendered = { text: "", secrets: [] };
  for (const part of parts) {
    if (part.kind === "secret") rendered.secrets.push({ name: part.name, at: rendered.text.length });
    const value = part.kind === "value" ? valueOf(values, part.name) : undefined;
    if (part.kind === "value" && value === undefined) return null;
    rendered.text +=
      part.kind === "text" ? part.text : part.kind === "secret" ? placeholderOf(part) : toText(value ?? null);
  }
  return rendered;
}

/** All that RFC 3986 does not call unreserved. */
function encodeSegment(text: string): string {
  return encodeURIComponent(text).replaceAll(
    /[!'()*]/g,
    (sign) => `%${sign.charCodeAt(0).toString(16).toUpperCase()}`,
  );
}

function renderUrl(tool: HttpTool, values: Values): string | Fault {
  const plan = planUrl(tool.url);
  if (typeof plan === "string") return { fault: `The address of ${tool.name} ${plan}.` };
  const segments: string[] = [];
  for (const parts of plan.segments) {
    const segment = renderSegment(parts, values);
    if (typeof segment !== "string") return segment;
    segments.push(segment);
  }
  const path = segments.length === 1 && segments[0] === "" ? "" : `/${segments.join("/")}`;
  const url = URL.parse(`${plan.origin}${path}`);
  // Said again of what is dialled in the end: whatever was overlooked above would show here.
  const isAsPlanned =
    url !== null &&
    url.origin === plan.origin &&
    url.search === "" &&
    url.hash === "" &&
    url.pathname.split("/").length === Math.max(2, segments.length + 1);
  return isAsPlanned ? url.href : { fault: "The address would lead elsewhere than its author wrote." };
}

function renderSegment(parts: readonly TemplatePart[], values: Values): string | Fault {
  let segment = "";
  for (const part of parts) {
    if (part.kind === "text") segment += part.text;
    if (part.kind !== "value") continue;
    const at = { pointer: `/${part.name}` };
    const value = valueOf(values, part.name);
    if (value === undefined || typeof value === "object")
      return { fault: "must be a plain value: it is a part of the address.", ...at };
    const text = toText(value);
    const why = whyNoSegment(text);
    if (why !== null) return { fault: why, ...at };
    segment += encodeSegment(text);
  }
  const hasValue = parts.some(({ kind }) => kind === "value");
  return hasValue && /^\.{1,2}$/.test(segment)
    ? { fault: "The address would have a step . or .. in it." }
    : segment;
}

/** A server may decode a segment and then read it as a path: what is a way out of one is refused, not only encoded. */
function whyNoSegment(text: string): string | null {
  if (text === "") return "is empty, and is a part of the address.";
  if (text.length > LONGEST_TEXT) return "is too long for an address.";
  if (!text.isWellFormed() || /[\u0000-\u001f\u007f]/.test(text))
    return "has characters that no address has.";
  const decoded = [text, ...decodings(text)];
  return decoded.some((one) => one.split(/[/\\]/).some((step) => step === "." || step === ".."))
    ? "has a step . or .. in it, which could lead out of its place in the address."
    : null;
}

/** What a server makes of a text that it decodes once or twice more than it should. */
function decodings(text: string): string[] {
  const found: string[] = [];
  let at = text;
  for (let times = 0; times < 3 && at.includes("%"); times++) {
    at = at.replaceAll(/%([0-9a-f]{2})/gi, (_whole, hex: string) => String.fromCharCode(parseInt(hex, 16)));
    found.push(at);
  }
  return found;
}

interface Pairs {
  pairs: [string, string][];
  secrets: SecretPlace[];
}

function renderQuery(tool: HttpTool, values: Values): Pairs | Fault {
  const all: Pairs = { pairs: [], secrets: [] };
  for (const [key, template] of tool.query) {
    const parts = readTemplate(template);
    for (const one of listOf(parts, values)) {
      const rendered = renderText(parts, one);
      if (rendered === null) continue;
      if (rendered.text.length > LONGEST_TEXT || !rendered.text.isWellFormed())
        return { fault: `The query value ${key} is too long or no text.` };
      addPair(all, { part: "query", key, rendered });
    }
  }
  return all;
}

/** A list that stands alone is its key once for each item. */
function listOf(parts: readonly TemplatePart[], values: Values): Values[] {
  const [only, ...others] = parts;
  const value = only?.kind === "value" && others.length === 0 ? valueOf(values, only.name) : undefined;
  if (only?.kind !== "value" || !Array.isArray(value)) return [values];
  return value.map((item) => ({ ...values, [only.name]: item }));
}

function addPair(
  all: Pairs,
  { part, key, rendered }: { part: string; key: string; rendered: Rendered },
): void {
  const index = all.pairs.length;
  all.pairs.push([key, rendered.text]);
  all.secrets.push(...rendered.secrets.map(({ name, at }) => ({ name, steps: [part, index, 1], at })));
}

function renderHeaders(
  tool: HttpTool,
  { values, callId }: { values: Values; callId: string },
): Pairs | Fault {
  const all: Pairs = { pairs: [], secrets: [] };
  for (const [key, template] of tool.headers) {
    const parts = readTemplate(template);
    const rendered = renderText(parts, values);
    if (rendered === null) continue;
    const isFit = isHeaderText(rendered.text) && rendered.text.length <= LONGEST_TEXT;
    const named = parts.find((part) => part.kind === "value");
    if (!isFit)
      return {
        fault: `cannot stand in the header ${key}: a header is one line of plain characters.`,
        ...(named && { pointer: `/${named.name}` }),
      };
    addPair(all, { part: "headers", key, rendered });
  }
  const has = (name: string) => all.pairs.some(([key]) => key.toLowerCase() === name.toLowerCase());
  const { idempotency_key: keyHeader } = tool.retries;
  if (!has("Accept")) all.pairs.push(["Accept", "application/json, text/*;q=0.9, */*;q=0.1"]);
  if (!has("User-Agent")) all.pairs.push(["User-Agent", "floom"]);
  if (keyHeader !== null && !has(keyHeader)) all.pairs.push([keyHeader, callId]);
  return all;
}

type Body = NonNullable<HttpRequest["body"]>;

/** The edge says what a body is; for multipart that depends on how it is parted, and is said when it is sent. */
function withMediaType(pairs: [string, string][], body: Body | null): [string, string][] {
  const rest = pairs.filter(([key]) => body?.kind !== "multipart" || key.toLowerCase() !== "content-type");
  const isSaid = rest.some(([key]) => key.toLowerCase() === "content-type");
  if (body === null || body.kind === "multipart" || isSaid) return rest;
  const type = body.kind === "json" ? "application/json" : "application/x-www-form-urlencoded";
  return [...rest, ["Content-Type", type]];
}

function renderBody(tool: HttpTool, values: Values): { body: Body; secrets: SecretPlace[] } | Fault | null {
  if (tool.body === null) return null;
  const { kind, template } = tool.body;
  const secrets: SecretPlace[] = [];
  if (kind === "json") {
    const value = renderJson(template, { values, steps: ["body", "value"], secrets }) ?? {};
    return JSON.stringify(value).length > LONGEST_BODY
      ? { fault: "The body would be larger than 1 MiB." }
      : { body: { kind, value }, secrets };
  }
  const all: Pairs = { pairs: [], secrets: [] };
  for (const [key, field] of Object.entries(isObject(template) ? template : {})) {
    const parts = readTemplate(toText(field));
    for (const one of listOf(parts, values)) {
      const rendered = renderText(parts, one);
      if (rendered !== null) addPair(all, { part: "fields", key, rendered });
    }
  }
  const size = all.pairs.reduce((sum, [key, text]) => sum + key.length + text.length, 0);
  if (size > LONGEST_BODY) return { fault: "The body would be larger than 1 MiB." };
  return {
    body: { kind, fields: all.pairs },
    secrets: all.secrets.map((place) => ({ ...place, steps: ["body", ...place.steps] })),
  };
}

interface JsonPlace {
  values: Values;
  steps: (string | number)[];
  secrets: SecretPlace[];
}

/** A value of the body; undefined where it is not given, so that its member is left out. */
function renderJson(template: Json, place: JsonPlace): Json | undefined {
  if (typeof template === "string") return renderJsonText(template, place);
  if (typeof template !== "object" || template === null) return template;
  if (Array.isArray(template)) {
    const items: Json[] = [];
    for (const item of template) {
      const value = renderJson(item, { ...place, steps: [...place.steps, items.length] });
      if (value !== undefined) items.push(value);
    }
    return items;
  }
  const entries = Object.entries(template).flatMap(([key, item]): [string, Json][] => {
    const value = renderJson(item, { ...place, steps: [...place.steps, key] });
    return value === undefined ? [] : [[key, value]];
  });
  return Object.fromEntries(entries);
}

function renderJsonText(template: string, { values, steps, secrets }: JsonPlace): Json | undefined {
  const parts = readTemplate(template);
  const [only, ...others] = parts;
  if (only?.kind === "value" && others.length === 0) return valueOf(values, only.name);
  const rendered = renderText(parts, values);
  if (rendered === null) return undefined;
  secrets.push(...rendered.secrets.map(({ name, at }) => ({ name, steps, at })));
  return rendered.text;
}

/** Host of the address, without its port: what a secret is bound to. Pure. */
export function hostOf({ url }: Pick<HttpRequest, "url">): string {
  return new URL(url).hostname.replace(/\.+$/, "");
}
