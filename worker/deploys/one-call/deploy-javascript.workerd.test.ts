import { expect, it } from "vitest";
import { deployedSchema } from "#contract/deploys/deploy";
import { problemSchema } from "#contract/problem";
import { runDetailSchema } from "#contract/runs/run";
import { workerDetailSchema } from "#contract/workers/worker";
import { callApi } from "../../../test/support/workerd/api-harness.ts";
import { verifies } from "../../../test/verifies.ts";

const code = `/** Small sums. */
import { secret } from "floom";

/**
 * Adds two numbers.
 * @param {integer} b
 * @param {integer} [a=2]
 * @returns {integer}
 */
export function add(b, a = 2) { return a + b; }

/** @param {string} name */
export default (name) => secret("GREETING_KEY") + name;
`;

const deploy = (name: string, files: { path: string; content: string }[]) =>
  callApi("POST", "/api/deploy", { json: { name, files } });

it("a JavaScript file of typed exports is deployed, judged and started like one of Python", async () => {
  verifies("typing:deploy:one-call");
  const answer = await deploy("js-sums", [{ path: "app.mjs", content: code }]);
  expect(deployedSchema.parse(await answer.json())).toMatchObject({
    worker: "js-sums",
    tools: ["js-sums__add", "js-sums__app"],
    missing_secrets: ["GREETING_KEY"],
    actions: [{ name: "add", description: "Adds two numbers.", output_schema: { type: "integer" } }, {}],
  });
  const shown = workerDetailSchema.parse(await (await callApi("GET", "/api/workers/js-sums")).json());
  expect(shown).toMatchObject({ mode: "functions", description: "Small sums." });
  const open = code.replace('secret("GREETING_KEY")', '"Hello "');
  await deploy("js-sums", [{ path: "app.mjs", content: open }]);
  const start = (inputs: object) =>
    callApi("POST", "/api/workers/js-sums/actions/add/runs", { json: { inputs } });
  expect(problemSchema.parse(await (await start({ b: 1.5 })).json())).toMatchObject({
    code: "invalid_inputs",
    errors: [{ pointer: "/inputs/b", detail: "must be a whole number" }],
  });
  const started = await start({ b: "4" });
  expect(started.status).toBe(202);
  expect(runDetailSchema.parse(await started.json())).toMatchObject({ action: "add" });
});

it("a JavaScript function that cannot be a form is refused with file and line", async () => {
  verifies("typing:refusal:line-and-suggestion");
  const faulty = "/** @param {WeakMap} m */\nexport function f(m) {}\n";
  const answer = await deploy("js-faulty", [{ path: "app.js", content: faulty }]);
  expect([answer.status, problemSchema.parse(await answer.json())]).toMatchObject([
    422,
    { code: "invalid_bundle", errors: [{ file: "app.js", line: 1, code: "type_unknown" }] },
  ]);
});
