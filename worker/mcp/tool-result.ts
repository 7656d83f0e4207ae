import type * as z from "zod";
import { ApiProblem } from "#contract/client";
import type { Json } from "#contract/json";
import { pointerStep } from "../platform/json-pointer.ts";
import { fitJson, toJson } from "./fit-json.ts";

/** A piece of what a model is given, as the protocol has it. */
export type ToolContent =
  | { type: "text"; text: string }
  | { type: "image" | "audio"; data: string; mimeType: string }
  | ResourceLink
  | { type: "resource"; resource: { uri: string; mimeType: string; text: string } };

/** What is too large for a result, or is a file, by the address under which it is read. */
export interface ResourceLink {
  type: "resource_link";
  uri: string;
  name: string;
  description?: string;
  mimeType?: string;
  size?: number;
}

/** What a call of a tool gives, as the protocol has it. */
export interface ToolResult {
  content: ToolContent[];
  structuredContent?: Record<string, Json>;
  isError?: boolean;
  _meta?: Record<string, Json>;
  /** Nothing of a call is left open: see `OpenCall`. */
  open?: undefined;
  /** The SDK's results are open. */
  [more: string]: unknown;
}

/** What a model reads without being drowned: some six thousand tokens. */
export const SHORT_CHARACTERS = 24_000;
/** Beyond this not even `verbose` says all: no model reads it, and clients cut it anyhow. */
export const MOST_CHARACTERS = 256 * 1024;
/** Kept free for the sentence that says what was cut. */
const SENTENCE = 600;

/** How a value is told. */
interface Telling {
  /** All of it, as far as any client takes it. */
  verbose?: boolean;
  /** What to know before reading it. */
  note?: string;
  /** How whoever wants more than `verbose` gives comes by it: a sentence. */
  rest?: string | undefined;
  /** Whether the tool takes `verbose`. */
  hasVerbose?: boolean;
}

const ASK_FOR_LESS = "Ask for less at a time.";

/**
 * A result that a model reads, as text and as a value: short unless it was asked for all, and bounded even then. Where
 * something was cut, `truncated` says so and how to come by the rest.
 */
export function tell(
  value: unknown,
  { verbose = false, note = "", rest = ASK_FOR_LESS, hasVerbose = true }: Telling = {},
): ToolResult {
  const whole = asObject(value);
  const all = JSON.stringify(whole);
  const most = verbose ? MOST_CHARACTERS : SHORT_CHARACTERS;
  const isWhole = all.length <= most;
  const told = isWhole ? whole : cutTo(whole, most, !verbose && hasVerbose ? "" : rest);
  const text = isWhole ? all : JSON.stringify(told);
  return {
    content: [{ type: "text", text: note === "" ? text : `${note}\n${text}` }],
    structuredContent: told,
  };
}

function cutTo(whole: Record<string, Json>, most: number, rest: string): Record<string, Json> {
  const cut = asObject(fitJson(whole, most - SENTENCE));
  const how = rest === "" ? "Ask with verbose: true for more." : rest.slice(0, SENTENCE - 100);
  return { truncated: `Cut to ${most} characters. ${how}`, ...cut };
}

/** A refusal that a model can act on: what is wrong, where, and what to do. */
export function refuse(refusal: { code: string; detail: string; [more: string]: unknown }): ToolResult {
  const told = asObject(fitJson(asObject(refusal), SHORT_CHARACTERS));
  return { content: [{ type: "text", text: JSON.stringify(told) }], structuredContent: told, isError: true };
}

/** Says which arguments are none of a tool's, each with its place. */
export function refuseArguments(error: z.ZodError): ToolResult {
  const errors = error.issues.flatMap((issue) => {
    const { path, message: detail, code } = issue;
    const places = issue.code === "unrecognized_keys" ? issue.keys.map((key) => [...path, key]) : [path];
    return places.map((place) => ({ pointer: place.map(pointerStep).join(""), code, detail }));
  });
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
    errors: errors?.map((one) => ({ ...one, pointer: placeOf(one.pointer, prefix) })),
    retry_after_s: retry_after,
    retryable,
    request_id,
  });
}

/** Where it lies among the arguments. A route calls what stands in its address by its name alone. */
function placeOf(pointer: string, prefix: string): string {
  if (pointer !== "" && !pointer.startsWith("/")) return pointerStep(pointer);
  return pointer.startsWith(`${prefix}/`) ? pointer.slice(prefix.length) : pointer;
}

function asObject(value: unknown): Record<string, Json> {
  const json = toJson(value);
  if (typeof json === "object" && json !== null && !Array.isArray(json)) return json;
  return Array.isArray(json) ? { items: json } : { value: json };
}
