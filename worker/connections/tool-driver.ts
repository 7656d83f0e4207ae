import type { ConnectionTool } from "#contract/connections/connection";
import type { Json } from "#contract/json";
import { limits } from "#contract/limits";
import type { PreparedCall, ToolAnswer, ToolDefinition, ToolDriver, ToolWish } from "../tools/gate-api.ts";
import type { ConnectionApi } from "./connection-api.ts";
import { buildHttpRequest } from "./http-call.ts";
import { mayWorkerCall } from "./resolve-service.ts";
import type { ResolvedConnection } from "./resolve-service.ts";

/** What the connections of one run have, read before it begins: a driver's list is known without waiting. */
export interface OpenedConnection extends ResolvedConnection {
  tools: readonly ConnectionTool[];
}

export interface DriverDeps {
  openConnection: (id: string) => ConnectionApi;
  runId: string;
}

/** Reads the tools of what a worker declares. */
export async function openConnections(
  openConnection: DriverDeps["openConnection"],
  resolved: readonly ResolvedConnection[],
): Promise<OpenedConnection[]> {
  return Promise.all(
    resolved.map(async (one) => ({
      ...one,
      tools: (await openConnection(one.target.id).tools(one.target)).tools,
    })),
  );
}

interface Place {
  connection: OpenedConnection;
  tool: ConnectionTool;
}

function findPlaces(connections: readonly OpenedConnection[]): Map<string, Place> {
  const places = new Map<string, Place>();
  for (const connection of connections) {
    for (const tool of connection.tools) {
      const isCalled = tool.state === "new" || tool.state === "accepted";
      if (isCalled && mayWorkerCall(connection, tool)) places.set(tool.full_name, { connection, tool });
    }
  }
  return places;
}

/**
 * The tools of a run's connections, as `read` says them whenever it is asked, for the gate. Its object judges each call again: a tool that has changed since it was listed
 * is not called there either. No credential passes through here: the object has them.
 */
export function connectionDriver(
  { openConnection, runId }: DriverDeps,
  read: () => readonly OpenedConnection[],
): ToolDriver {
  let known: { of: readonly OpenedConnection[]; places: Map<string, Place> } | null = null;
  const placesNow = () => {
    const of = read();
    if (known?.of !== of) known = { of, places: findPlaces(of) };
    return known.places;
  };
  return {
    list: () => [...placesNow().values()].map(describe),
    prepare: (wish) => prepare(placesNow().get(wish.tool), wish),
    execute: async (call, { signal }) => {
      const place = placesNow().get(call.tool);
      if (place === undefined) return unknown(call.tool);
      const { target } = place.connection;
      const work = openConnection(target.id).call(target, {
        call_id: call.call_id,
        tool: place.tool.name,
        arguments: call.arguments,
        run_id: runId,
        credentials: {},
      });
      return orAborted(work, signal);
    },
  };
}

function describe({ connection, tool }: Place): ToolDefinition {
  const { settings } = connection.target;
  const isRead = tool.effect === "read";
  return {
    name: tool.full_name,
    description: tool.description,
    source: settings.composio !== null ? "composio" : settings.http !== null ? "connection" : "mcp",
    effect: tool.effect,
    method: settings.http === null ? null : isRead ? "GET" : "POST",
    input_schema: tool.input_schema,
    approval: connection.wanted.approval,
    calls_per_minute: null,
    repeatable: isRead,
    untrusted: true,
  };
}

/** The request as people are shown it: where it goes, which tool as it was read, and with what. */
function prepare(
  place: Place | undefined,
  { tool: name, arguments: args }: ToolWish,
): PreparedCall | { fault: string; pointer?: string } {
  if (place === undefined) return { fault: `There is no tool ${name}.` };
  const { target } = place.connection;
  const size = new TextEncoder().encode(JSON.stringify(args)).byteLength;
  const most = limits.connection_arguments_bytes.value;
  if (size > most) return { fault: `The arguments take ${size} bytes, and at most ${most} are sent.` };
  const { mcp, http, composio } = target.settings;
  const shared = { connection: target.name, tool: place.tool.name, digest: place.tool.digest };
  if (http !== null) {
    const request = buildHttpRequest(http, place.tool.name, args);
    if ("fault" in request) return request;
    const shown: Json = {
      ...shared,
      ...request,
      header: http.header.replace("{value}", `{{secret:${http.secret}}}`),
    };
    return { request: shown, credentials: [] };
  }
  const server: Json = mcp === null ? { app: composio?.app ?? "" } : { url: mcp.url };
  return { request: { ...shared, ...server, arguments: args }, credentials: [] };
}

const unknown = (tool: string): ToolAnswer => ({
  ok: false,
  code: "tool_unknown",
  message: `There is no tool ${tool}.`,
  retryable: false,
  sent: false,
});

/** What a call gives, unless nobody waits for it any more; whether it arrived is not known then. */
async function orAborted(work: Promise<ToolAnswer>, signal: AbortSignal): Promise<ToolAnswer> {
  const late: ToolAnswer = {
    ok: false,
    code: "aborted",
    message: "The call was broken off.",
    retryable: true,
    sent: true,
  };
  if (signal.aborted) return { ...late, sent: false };
  return Promise.race([
    work,
    new Promise<ToolAnswer>((resolve) =>
      signal.addEventListener("abort", () => resolve(late), { once: true }),
    ),
  ]);
}
