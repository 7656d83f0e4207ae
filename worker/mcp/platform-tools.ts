import * as z from "zod";
import { buildPath } from "#contract/client";
import { defaultTools } from "#contract/tools/default-tools";
import { fullTools } from "#contract/tools/full-tools";
import type { PlatformTool } from "#contract/tools/tool";
import { parseJson } from "#contract/json";
import type { Json } from "#contract/json";
import { routes } from "#contract/routes";
import type { TableRoute } from "#contract/routes";
import { mayAsk } from "../access/policy.ts";
import { pointerStep } from "../platform/json-pointer.ts";
import type { McpCaller, ToolWish } from "./caller.ts";
import { linkWhole } from "./resources/link-to.ts";
import { specialOutputs } from "./schemas/special-outputs.ts";
import { outputOfRoute } from "./schemas/tool-output.ts";
import { specialTools } from "./special-tools.ts";
import { argumentsOf, toSchema } from "./tool-arguments.ts";
import { refuse, refuseBy, tell } from "./tool-result.ts";
import type { ToolResult } from "./tool-result.ts";
import type { ToolCall, ToolDescriptor, ToolSource } from "./tool-source.ts";

/** What a decision needs is asked for by people; whoever may see approvals may lead one there. */
const SEEN_BY_READERS = "approval_decide";

/** The tools by which the platform itself is used, of those that an address asks for and a principal may use. */
export const platformTools: ToolSource = {
  list: async ({ principal, wish }) =>
    shown(wish)
      .filter((tool) => isOpenTo(tool, principal))
      .map(describe),
  call: async (caller, call) => {
    const tool = shown(caller.wish).find(({ name }) => name === call.name);
    if (tool === undefined) return null;
    try {
      const special = specialTools[tool.name];
      const result =
        special === undefined
          ? await callRoute(caller, routes[tool.route], call)
          : await special.call(caller, call);
      return "open" in result ? result : linkWhole(result, call);
    } catch (error) {
      return refuseBy(error);
    }
  },
};

function shown({ worker, isFull }: ToolWish): readonly PlatformTool[] {
  if (worker !== null) return [];
  return isFull ? [...defaultTools, ...fullTools] : defaultTools;
}

function isOpenTo(tool: PlatformTool, principal: McpCaller["principal"]): boolean {
  const { access, grant }: TableRoute = routes[tool.route];
  if (access === "any" || access === "public") return true;
  if (access === "run_token") return false;
  return mayAsk(principal, tool.name === SEEN_BY_READERS ? "runs:read" : access, grant);
}

const schemaForm = z.record(z.string(), z.json());

/** Made once: nothing of it depends on who asks. */
const described = new Map<string, ToolDescriptor>();

function describe(tool: PlatformTool): ToolDescriptor {
  const known = described.get(tool.name);
  if (known !== undefined) return known;
  const special = specialTools[tool.name];
  const schema =
    special === undefined ? argumentsOf(routes[tool.route]).schema : schemaForm.parse(toSchema(special.args));
  const made: ToolDescriptor = {
    name: tool.name,
    title: tool.title,
    description: tool.description,
    inputSchema: { ...schema, type: "object" },
    outputSchema: specialOutputs[tool.name] ?? outputOfRoute(routes[tool.route]),
    annotations: {
      readOnlyHint: tool.readOnly,
      destructiveHint: tool.destructive,
      idempotentHint: tool.idempotent,
      openWorldHint: tool.openWorld,
    },
  };
  described.set(tool.name, made);
  return made;
}

/** Where the arguments of a call belong in the request of its route. */
interface Placed {
  params: Record<string, string>;
  query: URLSearchParams;
  json: Record<string, Json>;
}

/** Puts the arguments where the route has them. What belongs nowhere is refused before anything is asked. Pure. */
function placeArguments(route: TableRoute, args: ToolCall["args"]): Placed | { refusal: ToolResult } {
  const { placeOf, schema } = argumentsOf(route);
  const placed: Placed = { params: {}, query: new URLSearchParams(), json: {} };
  for (const [name, value] of Object.entries(args)) {
    const place = placeOf(name);
    if (place === undefined) return { refusal: refuseName(name, Object.keys(schema["properties"] ?? {})) };
    if (place === "query" && isCompound(value)) return { refusal: refuseMissing(name) };
    if (place === "verbose" && typeof value !== "boolean" && value !== null)
      return { refusal: refuseAt(name, "verbose is true or false.") };
    if (place === "params") placed.params[name] = textOf(value);
    if (place === "query" && value !== null) placed.query.set(name, textOf(value));
    if (place === "json") placed.json[name] = value;
  }
  const missing = paramNames(route).find((name) => (placed.params[name] ?? "") === "");
  if (missing !== undefined) return { refusal: refuseMissing(missing) };
  if (route.body?.kind === "bytes" && typeof args["content"] !== "string")
    return { refusal: refuseMissing("content") };
  return placed;
}

async function callRoute(caller: McpCaller, route: TableRoute, { args }: ToolCall): Promise<ToolResult> {
  const placed = placeArguments(route, args);
  if ("refusal" in placed) return placed.refusal;
  const { params, query, json } = placed;
  const path = buildPath(route, params);
  const asked = { ...route, path: query.size === 0 ? path : `${path}?${query.toString()}` };
  const answer = await caller.api.open(asked, bodyOf(route, json, args["content"]));
  if (route.answer.kind === "empty") return tell({ done: true });
  const names = Object.keys(argumentsOf(route).schema["properties"] ?? {});
  const rest = howToGetTheRest(route, names, `${caller.publicUrl}${asked.path}`);
  if (route.answer.kind === "json")
    return tell(parseJson(await answer.text()), { verbose: args["verbose"] === true, rest });
  return tell({ text: await answer.text() }, { rest, hasVerbose: false });
}

/** The arguments by which lists are read a page at a time, as the routes call them. */
const PAGING = ["limit", "cursor", "after", "before", "offset", "prefix"];

function howToGetTheRest({ method }: TableRoute, names: readonly string[], address: string) {
  const paging = names.filter((name) => PAGING.includes(name));
  if (paging.length > 0) return `Read it page by page with ${paging.join(", ")}.`;
  return method === "GET" ? `The whole is at ${address} for whoever shows a token there.` : undefined;
}

const paramNames = ({ path }: TableRoute) => [...path.matchAll(/\{(\w+)\}/g)].map(([, name = ""]) => name);

/** A name or a number as it stands in an address; what is neither is none. */
const textOf = (value: Json) => (typeof value === "object" ? "" : String(value));

const isCompound = (value: Json) => typeof value === "object" && value !== null;

function bodyOf({ body }: TableRoute, json: Record<string, Json>, content: Json | undefined) {
  if (body?.kind === "json")
    return { body: JSON.stringify(json), headers: { "content-type": "application/json" } };
  if (body?.kind !== "bytes") return {};
  const bytes = new TextEncoder().encode(typeof content === "string" ? content : "");
  return { body: bytes, headers: { "content-type": "application/octet-stream" } };
}

const refuseName = (name: string, known: readonly string[]) =>
  refuseAt(name, `There is no argument ${name}. There are: ${known.join(", ")}.`);

const refuseMissing = (name: string) => refuseAt(name, `${name} is missing, or is no text.`);

const refuseAt = (name: string, detail: string): ToolResult =>
  refuse({ code: "invalid_arguments", detail, errors: [{ pointer: pointerStep(name), detail }] });
