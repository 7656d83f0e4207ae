import * as z from "zod";
import type { HttpSettings } from "#contract/connections/connection";
import type { Json } from "#contract/json";
import { isMethodField } from "../registry/http/method-override.ts";
import type { ListedTool } from "./judge-tools.ts";

/** What is asked of an HTTP API: always below its base, whatever stands in it. */
const callSchema = z.strictObject({
  method: z.enum(["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE"]).optional(),
  path: z.string().max(4096).default(""),
  query: z.record(z.string(), z.union([z.string(), z.number(), z.boolean()])).optional(),
  body: z.json().optional(),
});

const path = { type: "string", description: "Added to the connection's base address, e.g. /issues/1." };
const query = {
  type: "object",
  description: "Parameters of the query.",
  additionalProperties: { type: ["string", "number", "boolean"] },
};

/** The tools of a connection to a plain HTTP API. */
export const httpTools: readonly ListedTool[] = [
  {
    name: "get",
    title: "Read over HTTP",
    description: "Sends a GET request below the connection's base address, with its credential.",
    input_schema: {
      type: "object",
      properties: { path, query },
      required: ["path"],
      additionalProperties: false,
    },
    claims: { readOnlyHint: true },
  },
  {
    name: "send",
    title: "Write over HTTP",
    description:
      "Sends a POST, PUT, PATCH or DELETE request below the connection's base address, with its credential.",
    input_schema: {
      type: "object",
      properties: {
        method: { type: "string", enum: ["POST", "PUT", "PATCH", "DELETE"] },
        path,
        query,
        body: { description: "Sent as JSON." },
      },
      required: ["method", "path"],
      additionalProperties: false,
    },
    claims: {},
  },
];

export interface HttpRequest {
  method: string;
  url: string;
  body: string | null;
}

/** The exact request, without its credential; or what is wrong with the arguments. Pure. */
export function buildHttpRequest(
  settings: HttpSettings,
  tool: string,
  args: Json,
): HttpRequest | { fault: string; pointer?: string } {
  const parsed = callSchema.safeParse(args);
  if (!parsed.success) {
    const [issue] = parsed.error.issues;
    return { fault: issue?.message ?? "not as they must be", pointer: `/${issue?.path.join("/") ?? ""}` };
  }
  const { method: asked, path: below, query: params, body } = parsed.data;
  const method = tool === "get" ? (asked ?? "GET") : (asked ?? "POST");
  const isRead = method === "GET" || method === "HEAD";
  if ((tool === "get") !== isRead)
    return { fault: `The tool ${tool} does not send ${method}.`, pointer: "/method" };
  if (/[\s\\?#\0]|(?:^|\/)(?:\.|%2e){1,2}(?:\/|$)|%(?:2f|5c|00)/i.test(below))
    return { fault: "A path has no `..`, `?`, `#`, backslash, encoded slash or space.", pointer: "/path" };
  const base = new URL(settings.base_url);
  const prefix = base.pathname.replace(/\/+$/, "");
  const url = new URL(base.origin);
  url.pathname = `${prefix}/${below.replace(/^\/+/, "")}`;
  const override = findOverride(params, body);
  if (override !== undefined) {
    const fault = `${override} would make another method of ${method}: it is not sent.`;
    return { fault, pointer: "/query" };
  }
  for (const [name, value] of Object.entries(params ?? {})) url.searchParams.set(name, String(value));
  const stays =
    url.origin === base.origin && (url.pathname === prefix || url.pathname.startsWith(`${prefix}/`));
  if (!stays) return { fault: "The path leads out of the connection's base address.", pointer: "/path" };
  return { method, url: url.href, body: body === undefined || isRead ? null : JSON.stringify(body) };
}

/** A name in the query, or at the top of the body, by which a server would take another method. */
function findOverride(params: object | undefined, body: Json | undefined): string | undefined {
  const fields = typeof body === "object" && body !== null && !Array.isArray(body) ? Object.keys(body) : [];
  return [...Object.keys(params ?? {}), ...fields].find(isMethodField);
}
