import type * as z from "zod";
import { ApiProblem } from "#contract/client";
import { parseJson } from "#contract/json";
import type { Json } from "#contract/json";

/** A piece of what a model is given, as the protocol has it. */
export type ToolContent =
  | { type: "text"; text: string }
  | { type: "image" | "audio"; data: string; mimeType: string }
  | { type: "resource"; resource: { uri: string; mimeType: string; text: string } };

/** What a call of a tool gives, as the protocol has it. */
export interface ToolResult {
  content: ToolContent[];
  structuredContent?: Record<string, Json>;
  isError?: boolean;
  _meta?: Record<string, Json>;
  /** The SDK's results are open. */
  [more: string]: unknown;
}

const LONGEST_TEXT = 4_000;
const MOST_ITEMS = 50;
const DEEPEST = 12;
/** Beyond this not even `verbose` says all: no model reads it, and clients cut it anyhow. */
const MOST_CHARACTERS = 256_000;

/** A result that a model reads: short unless it was asked for all, as text and as a value. */
export function tell(
  value: unknown,
  { verbose = false, note = "" }: { verbose?: boolean; note?: string } = {},
): ToolResult {
  const whole = asObject(value);
  const told = verbose && JSON.stringify(whole).length <= MOST_CHARACTERS ? whole : shorten(whole);
  const text = JSON.stringify(told, null, 1).slice(0, MOST_CHARACTERS);
  return {
    content: [{ type: "text", text: note === "" ? text : `${note}\n${text}` }],
    structuredContent: told,
  };
}

/** A refusal that a model can act on: what is wrong, where, and what to do. */
export function refuse(refusal: { code: string; detail: string; [more: string]: unknown }): ToolResult {
  const told = asObject(refusal);
  const text = JSON.stringify(told, null, 1);
  return { content: [{ type: "text", text }], structuredContent: told, isError: true };
}

/** Says which arguments are none of a tool's, each with its place. */
export function refuseArguments(error: z.ZodError): ToolResult {
  const errors = error.issues.map(({ path, message, code }) => ({
    pointer: path.map((step) => `/${String(step).replaceAll("~", "~0").replaceAll("/", "~1")}`).join(""),
    code,
    detail: message,
  }));
  const detail = errors.map((one) => `${one.pointer || "/"}: ${one.detail}`).join("; ");
  return refuse({ code: "invalid_arguments", detail, errors });
}

/**
 * The refusal of a route as that of a tool, whose arguments lie in the request behind `prefix`. What is no refusal is
 * thrown on.
 */
export function refuseBy(error: unknown, prefix = ""): ToolResult {
  if (!(error instanceof ApiProblem)) throw error;
  const { code, detail, errors, retryable, request_id, retry_after } = error.problem;
  const isInput = error.problem.status === 422 && (errors ?? []).length > 0;
  return refuse({
    code: isInput ? "invalid_arguments" : code,
    reason: isInput ? code : undefined,
    detail,
    errors: errors?.map((one) => ({ ...one, pointer: withoutPrefix(one.pointer, prefix) })),
    retry_after_s: retry_after,
    retryable,
    request_id,
  });
}

const withoutPrefix = (pointer: string, prefix: string) =>
  pointer.startsWith(`${prefix}/`) ? pointer.slice(prefix.length) : pointer;

function asObject(value: unknown): Record<string, Json> {
  const json = parseJson(JSON.stringify(value ?? null));
  if (typeof json === "object" && json !== null && !Array.isArray(json)) return json;
  return Array.isArray(json) ? { items: json } : { value: json };
}

/** The same value with long texts and lists cut, and said so. Pure. */
function shorten(value: Record<string, Json>): Record<string, Json> {
  return Object.fromEntries(Object.entries(value).map(([name, one]) => [name, cut(one, 1)]));
}

function cut(value: Json, depth: number): Json {
  if (typeof value === "string") return cutText(value);
  if (typeof value !== "object" || value === null) return value;
  if (depth >= DEEPEST) return "… (deeper; ask with verbose)";
  if (Array.isArray(value)) {
    const kept = value.slice(0, MOST_ITEMS).map((one) => cut(one, depth + 1));
    return value.length <= MOST_ITEMS ? kept : [...kept, `… (${value.length} in all; ask with verbose)`];
  }
  return Object.fromEntries(Object.entries(value).map(([name, one]) => [name, cut(one, depth + 1)]));
}

function cutText(text: string): string {
  if (text.length <= LONGEST_TEXT) return text;
  return `${text.slice(0, LONGEST_TEXT)}… (${text.length} characters; ask with verbose)`;
}
