import { expect, it } from "vitest";
import { callApi } from "../../test/support/workerd/api-harness.ts";
import { verifies } from "../../test/verifies.ts";

const source = `schema_version: "0.3"
name: needs-books
title: Needs books
version: "1.0.0"
exec:
  entry: run.py
connections:
  - mcp: books
`;

it("a worker whose connection is not there is warned of at push, and refused at start before anything begins", async () => {
  verifies("connections:worker:missing-refused");
  const pushed = await callApi("POST", "/api/workers", { json: { worker_yml: source, run_py: "print(1)" } });
  expect(await pushed.text()).toContain("missing_connection");
  const start = () => callApi("POST", "/api/workers/needs-books/runs", { json: { inputs: {} } });
  const refused = await start();
  expect(refused.status).toBe(409);
  expect(await refused.json()).toMatchObject({
    code: "missing_connection",
    detail: expect.stringContaining("books"),
  });

  const made = await callApi("POST", "/api/connections", {
    json: { kind: "http", name: "books", http: { base_url: "https://api.example/v1", secret: "NOT_SET" } },
  });
  expect(made.status).toBe(200);
  expect((await start()).status).toBe(202);
});
