import * as z from "zod";
import { originalAnswers } from "#contract/compat/answers";
import { HOUSE_MEDIA_TYPE } from "#contract/compat/media-type";
import { problemSchema, PROBLEM_CONTENT_TYPE } from "#contract/problem";
import { problems } from "#contract/problem-registry";
import type { ProblemCode } from "#contract/problem-registry";
import type { TableRoute } from "#contract/routes";
import { limits } from "#contract/limits";

type JsonSchema = Record<string, unknown>;

/** A shape of the contract as a JSON Schema: as it is sent, or as it is answered. Pure. */
export function toSchema(schema: z.ZodType, io: "input" | "output"): z.core.JSONSchema.JSONSchema {
  const { $schema: _, ...rest } = z.toJSONSchema(schema, {
    io,
    unrepresentable: "any",
    target: "draft-2020-12",
  });
  return withoutOwn(rest);
}

/**
 * Without definitions of its own: a schema that stands within a document cannot refer to them by the document's root. The
 * only types of the contract that refer to themselves are "anything that JSON can say", which is no rule.
 */
function withoutOwn<T>(value: T): T;
function withoutOwn(value: unknown): unknown {
  if (Array.isArray(value)) return value.map((inner: unknown): unknown => withoutOwn(inner));
  if (typeof value !== "object" || value === null) return value;
  const kept = Object.entries(value).filter(
    ([key, inner]) => key !== "$defs" && !(key === "$ref" && String(inner).startsWith("#/$defs/__schema")),
  );
  return Object.fromEntries(kept.map(([key, inner]) => [key, withoutOwn(inner)]));
}

/** What a route is told by its path and its query. Pure. */
export function buildParameters(route: TableRoute): JsonSchema[] {
  const inPath = [...route.path.matchAll(/\{(\w+)\}/g)].map(([, name]) => ({
    name,
    in: "path",
    required: true,
    schema: { type: "string" },
  }));
  if (!route.query) return inPath;
  const query = toSchema(route.query, "input");
  const inQuery = Object.entries(query.properties ?? {}).map(([name, schema]) => ({
    name,
    in: "query",
    required: query.required?.includes(name) ?? false,
    schema,
  }));
  return [...inPath, ...inQuery];
}

function buildRequestBody(route: TableRoute): JsonSchema | undefined {
  const { body } = route;
  if (!body) return undefined;
  const description = `At most ${limits[body.limit].value} bytes.`;
  if (body.kind === "json") {
    return {
      required: !body.optional,
      description,
      content: { "application/json": { schema: toSchema(body.schema, "input") } },
    };
  }
  if (body.kind === "multipart") {
    const schema = {
      type: "object",
      properties: { [body.field]: { type: "string", format: "binary" } },
      required: [body.field],
    };
    return { required: true, description, content: { "multipart/form-data": { schema } } };
  }
  const binary = { schema: { type: "string", format: "binary" } };
  return {
    required: true,
    description,
    content: Object.fromEntries(body.media_types.map((type) => [type, binary])),
  };
}

function buildAnswer(route: TableRoute): JsonSchema {
  const { answer } = route;
  if (answer.kind === "json") {
    const own = { schema: toSchema(answer.schema, "output") };
    const original = originalAnswers[route.id];
    const content =
      original === undefined
        ? { "application/json": own }
        : {
            [HOUSE_MEDIA_TYPE]: own,
            "application/json": { schema: toSchema(original.schema, "output") },
          };
    return { description: answer.description, content };
  }
  if (answer.kind === "stream") {
    return {
      description: answer.description,
      content: { [answer.media_type]: { schema: { type: "string" } } },
    };
  }
  return { description: answer.description };
}

/** The refusals a route can give: those it names, and those every route of its kind has. */
export function problemsOf(route: TableRoute): ProblemCode[] {
  const general: ProblemCode[] = route.access === "public" ? [] : ["unauthenticated"];
  if (!["public", "any", "run_token"].includes(route.access)) general.push("insufficient_scope");
  if (route.query || route.body?.kind === "json") general.push("invalid_request");
  if (route.body?.kind === "json") general.push("malformed_json");
  if (route.body) general.push("body_too_large", "unsupported_media_type");
  return [...new Set([...general, ...route.problems])];
}

/** The refusals of a route by their status; they refer to the component Problem. Pure. */
export function buildRefusals(route: TableRoute): Record<string, JsonSchema> {
  const byStatus = new Map<number, string[]>();
  for (const code of problemsOf(route)) {
    const { status, title } = problems[code];
    byStatus.set(status, [...(byStatus.get(status) ?? []), `\`${code}\`: ${title}.`]);
  }
  const content = { [PROBLEM_CONTENT_TYPE]: { schema: { $ref: "#/components/schemas/Problem" } } };
  return Object.fromEntries(
    [...byStatus].map(([status, lines]) => [String(status), { description: lines.join(" "), content }]),
  );
}

function buildOperation(route: TableRoute): JsonSchema {
  const requestBody = buildRequestBody(route);
  return {
    operationId: route.id,
    tags: [route.tag],
    summary: route.summary,
    ...(route.description ? { description: route.description } : {}),
    ...(route.access === "public"
      ? { security: [] }
      : { security: [{ [route.access === "run_token" ? "runToken" : "token"]: [] }] }),
    parameters: buildParameters(route),
    ...(requestBody ? { requestBody } : {}),
    responses: { [String(route.answer.status)]: buildAnswer(route), ...buildRefusals(route) },
  };
}

/** How a workspace's token is sent. */
export const tokenScheme = {
  type: "http",
  scheme: "bearer",
  description: "A workspace token; locally the one in .floom/token.",
} as const;

/** The OpenAPI 3.1 document of a route table. Pure; the reference pages and /api/openapi.json are both made of it. */
export function buildOpenapi(
  table: Record<string, TableRoute>,
  info: { version: string; origin: string },
): JsonSchema {
  const paths: Record<string, Record<string, JsonSchema>> = {};
  for (const route of Object.values(table)) {
    const operations = (paths[route.path] ??= {});
    operations[route.method.toLowerCase()] = buildOperation(route);
  }
  return {
    openapi: "3.1.0",
    info: {
      title: "Floom",
      version: info.version,
      description: "Turn a folder into a job that runs without you.",
    },
    servers: [{ url: info.origin }],
    paths,
    components: {
      schemas: { Problem: toSchema(problemSchema, "output") },
      securitySchemes: {
        token: tokenScheme,
        runToken: {
          type: "http",
          scheme: "bearer",
          description: "The token of one run, given to its sandbox.",
        },
      },
    },
  };
}
