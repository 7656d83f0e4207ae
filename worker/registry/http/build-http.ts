import type { ActionDefinition, JsonSchema } from "#contract/actions/action";
import type { AuthoredBridge, ExposedTool } from "#contract/manifest/http-keys";
import type { HttpTool, HttpWorker } from "#contract/manifest/http-tool";
import type { AuthoredManifest } from "#contract/manifest/keys";
import type { Manifest } from "#contract/manifest/manifest";
import type { Json } from "#contract/json";
import type { ToolEffect } from "#contract/trust/tiers";
import { planUrl } from "./plan-url.ts";
import { changeTexts, fillVariables, readTemplate, textsOf } from "./read-template.ts";

const DIALECT = "https://json-schema.org/draft/2020-12/schema";
const LOOKING = ["GET", "HEAD", "OPTIONS"];

/** Values of the variables; undefined for one without. Pure. */
export function readVariables(variables: AuthoredManifest["variables"]): Record<string, string | undefined> {
  return Object.fromEntries(
    Object.entries(variables ?? {}).map(([name, said]) => {
      const value = typeof said === "string" ? said : (said.value ?? said.default);
      return [name, value === undefined ? undefined : String(value)];
    }),
  );
}

/** What a request does, by what its author says and by its method: whichever is more. Pure. */
export function effectOf({ method, access }: Pick<HttpTool, "method" | "access">): ToolEffect {
  if (method === "DELETE") return "delete";
  return access === "write" || !LOOKING.includes(method) ? "write" : "read";
}

/**
 * The tools of a version as its runs have them: where people approve what the worker does, by its own word or its
 * workspace's, each call that is no reading waits. Pure.
 */
export function toolsInForce({ http, approvals }: Pick<Manifest, "http" | "approvals">): HttpTool[] {
  return (http?.tools ?? []).map((tool) =>
    approvals.required && effectOf(tool) !== "read" ? { ...tool, approval: "always" } : tool,
  );
}

/** The tools of a worker as they are stored, each with its request; null for one that has none. Pure. */
export function buildHttp(authored: AuthoredManifest): HttpWorker | null {
  const { exposes = [], http_bridge: bridges = [] } = authored;
  if (exposes.length === 0) return null;
  const variables = Object.fromEntries(
    Object.entries(readVariables(authored.variables)).map(([name, value]) => [name, value ?? ""]),
  );
  const tools = exposes.flatMap((exposed) => {
    const bridge = bridges.find(({ tool_name: name }) => name === exposed.name);
    return bridge === undefined ? [] : [buildTool({ exposed, bridge, variables })];
  });
  return { tools, variables };
}

interface ToolParts {
  exposed: ExposedTool;
  bridge: AuthoredBridge;
  variables: Record<string, string>;
}

function buildTool(parts: ToolParts): HttpTool {
  const { exposed, bridge } = parts;
  return {
    name: exposed.name,
    description: exposed.description ?? exposed.title ?? exposed.name,
    access: exposed.access ?? "read",
    approval: exposed.approval ?? "never",
    calls_per_minute: exposed.calls_per_minute ?? null,
    input_schema: inputSchemaOf(exposed),
    ...buildRequest(parts),
    response_path: bridge.response_path ?? null,
    timeout_seconds: bridge.timeout_seconds ?? 30,
    max_response_bytes: (bridge.max_response_kb ?? 1024) * 1024,
    pagination: buildPagination(bridge.pagination),
    retries: buildRetries(bridge),
  };
}

/** The request's templates, with the variables filled in. */
function buildRequest({ exposed, bridge, variables }: ToolParts) {
  const parameters = Object.keys(exposed.parameters ?? {});
  const fill = (template: string) => fillVariables(template, { variables, parameters });
  const pairs = (texts: Record<string, string> = {}) =>
    Object.entries(texts).map(([key, template]): [string, string] => [key, fill(template)]);
  const url = fill(bridge.url);
  const plan = planUrl(url);
  const mapped = Object.entries(bridge.query_params ?? {}).map(([parameter, key]): [string, string] => [
    key,
    fill(`{{${parameter}}}`),
  ]);
  const template = bridge.body_template ?? null;
  return {
    method: bridge.method ?? ("GET" as const),
    url: url.replace(/[?#].*$/s, ""),
    query: [...(typeof plan === "string" ? [] : plan.query), ...pairs(bridge.query), ...mapped],
    headers: pairs(bridge.headers),
    body:
      template === null
        ? null
        : { kind: bridge.body ?? ("json" as const), template: changeTexts(template, fill) },
  };
}

/** What only looks is sent again by itself; what writes only where its author says so. */
function buildRetries({ method = "GET", retries }: AuthoredBridge): HttpTool["retries"] {
  const usual = retries === undefined && !LOOKING.includes(method) ? 1 : 3;
  return {
    max_attempts: retries?.max_attempts ?? usual,
    idempotency_key: retries?.idempotency_key ?? null,
  };
}

function buildPagination(said: AuthoredBridge["pagination"]): HttpTool["pagination"] {
  if (said === undefined) return null;
  return {
    by: said.by,
    parameter: said.parameter ?? null,
    cursor_path: said.cursor_path ?? null,
    items_path: said.items_path ?? null,
    first: said.first ?? 1,
    max_pages: said.max_pages ?? 5,
  };
}

type Parameter = NonNullable<ExposedTool["parameters"]>[string];

/** Whether every call has a value for it. Pure. */
export function isAlwaysGiven({ required, default: value }: Parameter): boolean {
  return (value !== undefined && value !== null) || (required ?? true);
}

/** What a call takes, as JSON Schema: all that its author says of it. Pure. */
export function inputSchemaOf({ parameters = {} }: ExposedTool): JsonSchema {
  const entries = Object.entries(parameters);
  const required = entries.filter(([, said]) => (said.required ?? true) && (said.default ?? null) === null);
  return {
    $schema: DIALECT,
    type: "object",
    properties: Object.fromEntries(entries.map(([name, said]) => [name, schemaOf(said)])),
    ...(required.length > 0 && { required: required.map(([name]) => name) }),
    additionalProperties: false,
  };
}

function schemaOf({ type = "string", description, default: value, enum: choices }: Parameter): JsonSchema {
  return {
    type,
    ...(description !== undefined && description !== "" && { description }),
    ...((value ?? null) !== null && { default: asType(type, value ?? null) }),
    ...((choices ?? null) !== null && { enum: (choices ?? []).map((choice) => asType(type, choice)) }),
  };
}

/** A value of the parameter's own type, where it was written as text or the other way round. */
function asType(type: NonNullable<Parameter["type"]>, value: Json): Json {
  if (type === "string" && (typeof value === "number" || typeof value === "boolean")) return String(value);
  const isNumeric = type === "integer" || type === "number";
  if (isNumeric && typeof value === "string" && value.trim() !== "" && Number.isFinite(Number(value)))
    return Number(value);
  if (type === "boolean" && (value === "true" || value === "false")) return value === "true";
  return value;
}

/** The tools as actions: with form, endpoint, MCP tool and triggers like any other. Pure. */
export function actionsOfTools(authored: AuthoredManifest, { tools }: HttpWorker): ActionDefinition[] {
  return tools.map((tool) => {
    const exposed = authored.exposes?.find(({ name }) => name === tool.name);
    return {
      name: tool.name,
      title: exposed?.title ?? tool.name,
      description: tool.description,
      input_schema: tool.input_schema,
      output_schema: outputSchemaOf(exposed?.returns, tool.pagination !== null),
    };
  });
}

/** The answer, whatever it is, is the output `result`; the author's words on it describe it and demand nothing. */
function outputSchemaOf(returns: ExposedTool["returns"], hasPages: boolean): JsonSchema {
  const described = returns?.description ?? "";
  const more = { type: "boolean", description: "There are more pages than max_pages lets be asked for." };
  return {
    $schema: DIALECT,
    type: "object",
    properties: {
      result: described === "" ? {} : { description: described },
      ...(hasPages && { has_more: more }),
    },
    required: ["result"],
  };
}

/** Names of the secrets that stand in the templates of these tools. Pure. */
export function secretsOfTools(tools: readonly HttpTool[]): string[] {
  return [...new Set(tools.flatMap(secretsOf))];
}

/** Names of the secrets that one tool's request takes. Pure. */
export function secretsOf({ headers, query, body }: Pick<HttpTool, "headers" | "query" | "body">): string[] {
  const texts = [
    ...[...headers, ...query].map(([, template]) => template),
    ...textsOf(body?.template ?? null),
  ];
  const parts = texts.flatMap(readTemplate);
  return [...new Set(parts.flatMap((part) => (part.kind === "secret" ? [part.name] : [])))];
}
