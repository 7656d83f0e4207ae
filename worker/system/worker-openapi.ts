import { actionsOf } from "#contract/actions/actions-of";
import type { ActionDefinition, JsonSchema } from "#contract/actions/action";
import { startActionRequestSchema } from "#contract/actions/routes";
import type { Json } from "#contract/json";
import { problemSchema } from "#contract/problem";
import { routes } from "#contract/routes";
import { runDetailSchema } from "#contract/runs/run";
import type { Manifest } from "#contract/manifest/manifest";
import { buildParameters, buildRefusals, tokenScheme, toSchema } from "./openapi.ts";

/** A worker's version, as its document tells of it. */
export interface DescribedWorker {
  name: string;
  version: number;
  manifest: Manifest;
}

const isObject = (value: Json | undefined): value is Record<string, Json> =>
  typeof value === "object" && value !== null && !Array.isArray(value);

/**
 * The OpenAPI 3.1 document of one worker: a path for each of its actions. The types of an action stand among the
 * components as `{action}.inputs` and `{action}.outputs`, their own definitions within them. `origin` is where it is
 * served. Pure.
 */
export function buildWorkerOpenapi({ name, version, manifest }: DescribedWorker, origin: string): object {
  const actions = actionsOf(manifest);
  const base = `/api/workers/${encodeURIComponent(name)}/actions`;
  const paths = actions.map((action): [string, object] => [
    `${base}/${action.name}/runs`,
    { post: describeStart(action) },
  ]);
  const types = actions.flatMap((action): [string, Json][] => [
    [`${action.name}.inputs`, placeSchema(action.input_schema, `${action.name}.inputs`)],
    [`${action.name}.outputs`, placeSchema(outputsSchema(action.output_schema), `${action.name}.outputs`)],
  ]);
  return {
    openapi: "3.1.0",
    jsonSchemaDialect: "https://json-schema.org/draft/2020-12/schema",
    info: { title: manifest.title, version: String(version), description: manifest.description ?? "" },
    servers: [{ url: origin }],
    paths: Object.fromEntries(paths),
    components: {
      schemas: {
        ...Object.fromEntries(types),
        Run: toSchema(runDetailSchema, "output"),
        Problem: toSchema(problemSchema, "output"),
      },
      securitySchemes: { token: tokenScheme },
    },
  };
}

const refTo = (component: string) => ({ $ref: `#/components/schemas/${component}` });

function describeStart(action: ActionDefinition) {
  const route = routes.startAction;
  return {
    operationId: action.name,
    summary: action.title,
    ...(action.description === "" ? {} : { description: action.description }),
    security: [{ token: [] }],
    parameters: [...buildParameters(route).filter((parameter) => parameter["in"] !== "path"), idempotencyKey],
    requestBody: {
      required: action.input_schema["required"] !== undefined,
      content: { "application/json": { schema: requestSchema(action) } },
    },
    responses: {
      "202": {
        description:
          "The run as it is now: its result where `wait` was long enough, else to be asked for at Location.",
        headers: { Location: { description: "Where the run is.", schema: { type: "string" } } },
        content: { "application/json": { schema: answerSchema(action) } },
      },
      ...buildRefusals(route),
    },
  };
}

const idempotencyKey = {
  name: "Idempotency-Key",
  in: "header",
  required: false,
  description: "The same key and body answer the run that the first of them started.",
  schema: { type: "string" },
};

/** The body of a start, whose inputs are this action's. */
function requestSchema({ name, input_schema }: ActionDefinition) {
  const body = toSchema(startActionRequestSchema, "input");
  const isNeeded = Array.isArray(input_schema["required"]) && input_schema["required"].length > 0;
  return {
    ...body,
    properties: { ...body.properties, inputs: refTo(`${name}.inputs`) },
    ...(isNeeded ? { required: ["inputs"] } : {}),
  };
}

/** A run whose outputs are this action's, or none while there is no result. */
function answerSchema({ name }: ActionDefinition) {
  const outputs = { anyOf: [refTo(`${name}.outputs`), { type: "object", maxProperties: 0 }] };
  return { allOf: [refTo("Run"), { type: "object", properties: { outputs } }] };
}

/** An object's keys are the outputs; anything else is the output `result`. */
function outputsSchema(schema: JsonSchema): JsonSchema {
  const isOpen = Object.keys(schema).every((key) => key === "$schema" || key === "$defs");
  if (isOpen) return { type: "object" };
  const definitions = isObject(schema["$defs"]) ? schema["$defs"] : {};
  const reference = typeof schema["$ref"] === "string" ? schema["$ref"].slice("#/$defs/".length) : "";
  const meant = isObject(definitions[reference]) ? definitions[reference] : schema;
  if (meant["type"] === "object" || isObject(meant["properties"])) return schema;
  const { $defs: _, $schema: __, ...result } = schema;
  return { type: "object", properties: { result }, required: ["result"], $defs: definitions };
}

/** A schema as a component of that name: what it refers to within itself lies deeper there. */
function placeSchema(schema: JsonSchema, component: string): Json {
  const { $schema: _, ...rest } = schema;
  return moveReferences(rest, `#/components/schemas/${component}/$defs/`);
}

function moveReferences(value: Json, prefix: string): Json {
  if (Array.isArray(value)) return value.map((inner) => moveReferences(inner, prefix));
  if (!isObject(value)) return value;
  const moved = Object.entries(value).map(([key, inner]): [string, Json] => {
    const isReference = key === "$ref" && typeof inner === "string" && inner.startsWith("#/$defs/");
    return [key, isReference ? prefix + inner.slice("#/$defs/".length) : moveReferences(inner, prefix)];
  });
  return Object.fromEntries(moved);
}
