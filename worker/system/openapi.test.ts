import { expect, it } from "vitest";
import { routes } from "#contract/routes";
import { buildDocsPage } from "./docs-page.ts";
import { buildOpenapi } from "./openapi.ts";

const document = buildOpenapi(routes, { version: "1", origin: "http://floom.test" }) as {
  openapi: string;
  paths: Record<string, Record<string, { operationId: string; responses: Record<string, unknown> }>>;
};

it("every route of the table is an operation of the OpenAPI document", () => {
  const operations = Object.values(document.paths).flatMap((path) =>
    Object.values(path).map((operation) => operation.operationId),
  );
  expect(operations.sort()).toEqual(Object.keys(routes).sort());
});

it("every route that needs a token says what it answers without one", () => {
  for (const route of Object.values(routes)) {
    const operation = document.paths[route.path]?.[route.method.toLowerCase()];
    expect(operation?.responses).toHaveProperty(String(route.answer.status));
    if (route.access !== "public") expect(operation?.responses, route.id).toHaveProperty("401");
  }
});

it("whatever the document refers to is there", () => {
  const components = JSON.stringify(document).matchAll(/"\$ref":"([^"]*)"/g);
  expect([...new Set([...components].map(([, path]) => path))]).toEqual(["#/components/schemas/Problem"]);
});

it("the page names every route and lets no text become markup", async () => {
  const page = String(await buildDocsPage(routes));
  for (const id of Object.keys(routes)) expect(page).toContain(`id="${id}"`);
  const summary = `<script>"&"`;
  const escaped = String(await buildDocsPage({ getHealth: { ...routes.getHealth, summary } }));
  expect(escaped).toContain("&lt;script&gt;&quot;&amp;&quot;");
  expect(escaped).not.toContain("<script>");
});

it("an answer that has two shapes is described in both, each under the type it is asked for by", () => {
  const answer = document.paths["/api/runs"]?.["get"]?.responses["200"] as {
    content: Record<string, { schema: { type: string } }>;
  };
  const types = Object.entries(answer.content).map(([type, { schema }]) => [type, schema.type]);
  expect(types).toEqual([
    ["application/vnd.floom+json", "object"],
    ["application/json", "array"],
  ]);
});
