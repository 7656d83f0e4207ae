import { Validator } from "@cfworker/json-schema";
import type { Schema } from "@cfworker/json-schema";
import { expect, it } from "vitest";
import type { JsonSchema } from "#contract/actions/action";
import { verifies } from "../../test/verifies.ts";
import { parseManifest } from "../registry/parse-manifest.ts";
import { inferPython } from "../registry/infer/infer-python.ts";
import { buildWorkerOpenapi } from "./worker-openapi.ts";

const source = `
from dataclasses import dataclass
from typing import Literal, Optional
import floom

@dataclass
class Node:
    name: str
    below: list["Node"]

def add(a: int, b: int = 2) -> int:
    """Adds."""
    ...
def grow(tree: Node, kind: Literal["a", "b"] = "a") -> Node: ...
def maybe(file: Optional[floom.File] = None) -> Optional[Node]: ...
def anything(): ...
`;

/** Of the OpenAPI 3.1 schema the parts that a worker's document has: whatever else stands there is a fault. */
const shape: Schema = {
  type: "object",
  required: ["openapi", "info", "paths", "components"],
  properties: {
    openapi: { const: "3.1.0" },
    info: { type: "object", required: ["title", "version"] },
    servers: { type: "array", items: { type: "object", required: ["url"] } },
    jsonSchemaDialect: { type: "string" },
    paths: { patternProperties: { "^/": { $ref: "#/$defs/path" } }, additionalProperties: false },
    components: {
      type: "object",
      properties: {
        schemas: { propertyNames: { pattern: "^[a-zA-Z0-9._-]+$" } },
        securitySchemes: { type: "object" },
      },
      additionalProperties: false,
    },
  },
  additionalProperties: false,
  $defs: {
    path: {
      type: "object",
      properties: { post: { $ref: "#/$defs/operation" } },
      additionalProperties: false,
    },
    content: {
      type: "object",
      minProperties: 1,
      additionalProperties: {
        type: "object",
        required: ["schema"],
        properties: { schema: { type: "object" } },
      },
    },
    operation: {
      type: "object",
      required: ["operationId", "responses", "security", "requestBody"],
      properties: {
        operationId: { type: "string" },
        summary: { type: "string" },
        description: { type: "string" },
        security: { type: "array", items: { type: "object" } },
        parameters: {
          type: "array",
          items: {
            type: "object",
            required: ["name", "in", "schema"],
            properties: { in: { enum: ["query", "header"] }, required: { type: "boolean" } },
          },
        },
        requestBody: {
          type: "object",
          required: ["content"],
          properties: { content: { $ref: "#/$defs/content" } },
        },
        responses: {
          patternProperties: {
            "^[1-5][0-9]{2}$": {
              type: "object",
              required: ["description"],
              properties: { content: { $ref: "#/$defs/content" } },
            },
          },
          additionalProperties: false,
        },
      },
      additionalProperties: false,
    },
  },
};

function describe(python: string) {
  const { actions } = inferPython(new Map([["app.py", python]]), "app.py");
  const { manifest } = parseManifest(
    "schema_version: '0.3'\nname: sums\ntitle: Sums\nversion: 0.1.0\nexec:\n  entry: run.py\n",
  );
  if (manifest === null) throw new Error("The manifest is one.");
  const stored = actions.map(({ name, title, description, input_schema, output_schema }) => {
    return { name, title, description, input_schema, output_schema };
  });
  const described = { name: "sums", version: 3, manifest: { ...manifest, actions: stored } };
  const document = buildWorkerOpenapi(described, "https://floom.test");
  return JSON.parse(JSON.stringify(document)) as JsonSchema & { paths: object };
}

it("a worker's document is OpenAPI 3.1 with a path for each action", () => {
  verifies("typing:openapi:per-worker");
  const document = describe(source);
  expect(new Validator(shape, "2020-12", false).validate(document).errors).toEqual([]);
  expect(Object.keys(document.paths)).toEqual(
    ["add", "grow", "maybe", "anything"].map((name) => `/api/workers/sums/actions/${name}/runs`),
  );
  const add = JSON.stringify(
    (document.paths as Record<string, unknown>)["/api/workers/sums/actions/add/runs"],
  );
  for (const part of ['"wait"', '"Idempotency-Key"', '"401"', '"404"', '"422"', '"202"'])
    expect(add).toContain(part);
});

it("what its types refer to is there, and judges values as the action does", () => {
  verifies("typing:openapi:per-worker");
  const document = describe(source);
  const references = [...JSON.stringify(document).matchAll(/"\$ref":"#([^"]*)"/g)].map(
    ([, path]) => path ?? "",
  );
  expect(references.length).toBeGreaterThan(10);
  for (const path of references) {
    const found = path
      .split("/")
      .slice(1)
      .reduce<unknown>((part, step) => (part as Record<string, unknown> | undefined)?.[step], document);
    expect(found, path).toBeTypeOf("object");
  }
  const judge = (component: string, value: unknown) =>
    new Validator({ ...document, $ref: `#/components/schemas/${component}` } as Schema, "2020-12").validate(
      value,
    ).valid;
  expect(judge("add.inputs", { a: 1 })).toBe(true);
  expect(judge("add.inputs", { a: "1" })).toBe(false);
  expect(judge("add.outputs", { result: 3 })).toBe(true);
  expect(judge("add.outputs", {})).toBe(false);
  const tree = { name: "a", below: [{ name: "b", below: [] }] };
  expect(judge("grow.inputs", { tree })).toBe(true);
  expect(judge("grow.inputs", { tree: { name: "a", below: [{ name: 1, below: [] }] } })).toBe(false);
  expect(judge("grow.outputs", tree)).toBe(true);
  expect(judge("maybe.outputs", { result: null })).toBe(true);
  expect(judge("maybe.outputs", { result: tree })).toBe(true);
  expect(judge("anything.outputs", { whatever: 1 })).toBe(true);
});

it("a script is described as its one action", () => {
  const { manifest } = parseManifest(
    "schema_version: '0.3'\nname: sums\ntitle: Sums\nversion: 0.1.0\nexec:\n  entry: run.py\n  inputs:\n    - {name: a, type: number, required: true}\n",
  );
  if (manifest === null) throw new Error("The manifest is one.");
  const document = buildWorkerOpenapi({ name: "sums", version: 1, manifest }, "https://floom.test");
  expect(JSON.stringify(document)).toContain("/api/workers/sums/actions/run/runs");
});
