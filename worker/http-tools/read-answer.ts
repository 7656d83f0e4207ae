import { readForeignJson } from "#contract/json";
import type { Json } from "#contract/json";
import { findByPath } from "../registry/http/json-path.ts";
import type { ToolAnswer } from "../tools/gate-api.ts";
import type { Received } from "./send-request.ts";

type Refusal = Extract<ToolAnswer, { ok: false }>;

/** So much of a refusal's body is kept, characters. */
const KEPT_OF_ERROR = 2048;
const RETRIED = [429, 502, 503, 504];
const BINARY = /^(?:image\/(?!svg\+xml)|audio\/|video\/|font\/)|^application\/(?:octet-stream|zip|pdf|gzip)$/;

/** Whether the service says that the same request may do later. Pure. */
export function isRetried(status: number): boolean {
  return RETRIED.includes(status);
}

/** The document that an answer holds: JSON as such, text as text, nothing as null. Pure. */
export function readDocument({ text, headers }: Pick<Received, "text" | "headers">): ToolAnswer {
  const type = (headers.get("Content-Type") ?? "").split(";", 1)[0]?.trim().toLowerCase() ?? "";
  if (text === "") return { ok: true, content: null };
  if (BINARY.test(type))
    return refuse("answer_not_text", `The service answered with ${type}, which is no text.`);
  const saysJson = type.endsWith("/json") || type.endsWith("+json");
  if (!saysJson && type !== "" && type !== "text/plain") return { ok: true, content: text };
  const { json } = readForeignJson(text);
  if (json !== undefined) return { ok: true, content: json };
  return saysJson
    ? refuse("answer_not_json", "The service says that it answers JSON, but the answer is none.")
    : { ok: true, content: text };
}

/** An answer that says no, after something was sent. Pure. */
export function refuse(code: string, message: string): Refusal {
  return { ok: false, code, message, retryable: false, sent: true };
}

/** An answer that is no success: its status, and the beginning of what it says. Pure. */
export function refuseStatus(
  { status, text }: Pick<Received, "status" | "text">,
  { method, url }: { method: string; url: string },
): Refusal {
  const { json } = readForeignJson(text.length > KEPT_OF_ERROR ? "" : text);
  return {
    ...refuse("upstream_error", `${method} ${url} was answered with ${status}.`),
    retryable: isRetried(status),
    content: { status, body: json ?? text.slice(0, KEPT_OF_ERROR) },
  };
}

/** What of a document counts, by the tool's own path. Pure. */
export function pickAnswer(document: Json, path: string | null): ToolAnswer {
  if (path === null) return { ok: true, content: document };
  const found = findByPath(document, path);
  return found.found
    ? { ok: true, content: found.value }
    : refuse("response_path_missing", `The answer has nothing at ${path}: ${found.why}.`);
}
