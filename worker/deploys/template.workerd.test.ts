import { expect, it } from "vitest";
import { problemSchema } from "#contract/problem";
import { pushResultSchema, validationResultSchema } from "#contract/workers/worker";
import { callApi } from "../../test/support/workerd/api-harness.ts";
import { verifies } from "../../test/verifies.ts";
import { findWorkerVersion } from "../catalog/store.ts";
import { createDb } from "../platform/db/client.ts";
import { env } from "cloudflare:workers";

const sourceOf = (name: string, template: string) => ({
  worker_yml: `schema_version: "0.3"\nname: ${name}\ntitle: T\nversion: 0.1.0\nexec: {entry: run.py}\n`,
  run_py: "print(1)\n",
  files: [{ path: "template.yml", content: template, encoding: "utf-8" }],
});

const templateOf = async (workerName: string) => {
  const found = await findWorkerVersion(createDb(env.DB), {
    workspaceId: "wsp_00000000000000000000000000",
    workerName,
  });
  return found?.version.template;
};

it("template.yml is kept with its version, and taken out by a push without one", async () => {
  verifies("templates:file:read");
  const pushed = await callApi("POST", "/api/workers", {
    json: sourceOf("has-template", "pip: [requests]\n"),
  });
  expect(pushResultSchema.parse(await pushed.json()).created).toBe(true);
  expect(await templateOf("has-template")).toEqual({ apt: [], pip: ["requests"], npm: [], env: {} });
  const { worker_yml } = sourceOf("has-template", "");
  const files = [
    { path: "worker.yml", content: worker_yml, encoding: "utf-8" },
    { path: "run.py", content: "print(2)\n", encoding: "utf-8" },
  ];
  const answer = await callApi("PUT", "/api/workers/has-template/files", { json: { files } });
  expect(answer.status).toBe(200);
  expect(await templateOf("has-template")).toBeNull();
});

it("a mistake in template.yml refuses the push, with its line and column", async () => {
  verifies("templates:file:nothing-smuggled");
  const source = sourceOf("bad-template", "pip:\n  - requests\n  - --index-url=http://evil.example\n");
  const answer = await callApi("POST", "/api/workers", { json: source });
  const problem = problemSchema.parse(await answer.json());
  expect(problem).toMatchObject({ status: 422, code: "invalid_bundle" });
  expect(problem.detail).toContain("template.yml, line 3:");
  expect(problem.errors).toMatchObject([{ file: "template.yml", line: 3, column: 5, code: "bad_value" }]);
  const validated = await callApi("POST", "/api/workers/validate", { json: source });
  expect(validationResultSchema.parse(await validated.json())).toMatchObject({
    valid: false,
    problems: [{ file: "template.yml", line: 3 }],
  });
});
