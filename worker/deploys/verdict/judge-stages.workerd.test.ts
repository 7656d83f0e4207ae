import { expect, it } from "vitest";
import { problemSchema } from "#contract/problem";
import { pushResultSchema, validationResultSchema } from "#contract/workers/worker";
import { callApi, strangerToken } from "../../../test/support/workerd/api-harness.ts";
import { verifies } from "../../../test/verifies.ts";

const head = (name: string, exec: string) =>
  `schema_version: "0.3"\nname: ${name}\ntitle: T\nversion: 0.1.0\nexec: ${exec}\n`;
const pipelineOf = (name: string, stages: string) => ({
  worker_yml: head(name, "{mode: pipeline, inputs: [{name: text, type: text}]}") + `stages:\n${stages}`,
});
const script = (name: string) => ({
  worker_yml: head(
    name,
    "{entry: run.py, inputs: [{name: text, type: text, required: true}], outputs: [{name: words, type: integer}]}",
  ),
  run_py: "print(1)",
});

const push = (json: object, token?: string) =>
  callApi("POST", "/api/workers", { json, ...(token === undefined ? {} : { token }) });

async function refusalOf(json: object, token?: string) {
  const { code, errors = [] } = problemSchema.parse(await (await push(json, token)).json());
  return [code, ...errors.map((error) => [error.code, error.pointer, error.line])];
}

it("refuses a pipeline whose stage names no worker, lacks an input or gets another type, with its line", async () => {
  verifies("pipelines:validated-at-push");
  expect((await push(script("counter"))).status).toBe(201);
  const stages =
    "  - {name: a, worker: countre, input: {text: inputs.text}}\n" +
    "  - {name: b, worker: counter}\n" +
    "  - {name: c, worker: counter, input: {text: b.outputs.words}}\n" +
    "  - {name: d, worker: counter, input: {text: b.outputs.word}}\n";
  const faults = [
    ["unknown_worker", "/stages/0/worker", 7],
    ["missing_input", "/stages/1", 8],
    ["type_mismatch", "/stages/2/input/text", 9],
    ["unknown_field", "/stages/3/input/text", 10],
  ];
  expect(await refusalOf(pipelineOf("the-pipeline", stages))).toEqual(["invalid_manifest", ...faults]);
  const judged = await callApi("POST", "/api/workers/validate", { json: pipelineOf("the-pipeline", stages) });
  const { valid, findings } = validationResultSchema.parse(await judged.json());
  expect(valid).toBe(false);
  expect(findings.map(({ code, pointer, line }) => [code, pointer, line])).toEqual(faults);
});

it("takes one that fits, and refuses one that comes back to itself", async () => {
  await push(script("counter"));
  const good = "  - {name: a, worker: counter, input: {text: inputs.text}}\n";
  expect((await push(pipelineOf("inner", good))).status).toBe(201);
  expect((await push(pipelineOf("outer", "  - {name: a, worker: inner}\n"))).status).toBe(201);
  expect(await refusalOf(pipelineOf("itself", "  - {name: a, worker: itself}\n"))).toEqual([
    "invalid_manifest",
    ["stages_in_circle", "/stages/0/worker", 7],
  ]);
  const changed = await callApi("PUT", "/api/workers/inner", {
    json: pipelineOf("inner", `${good}  - {name: b, worker: outer}\n`),
  });
  const { errors = [] } = problemSchema.parse(await changed.json());
  expect(errors.map(({ code, pointer }) => [code, pointer])).toEqual([
    ["stages_in_circle", "/stages/1/worker"],
  ]);
});

it("knows no worker of another workspace", async () => {
  await push(script("counter"));
  const token = await strangerToken();
  const stage = "  - {name: a, worker: counter, input: {text: inputs.text}}\n";
  expect(await refusalOf(pipelineOf("the-pipeline", stage), token)).toEqual([
    "invalid_manifest",
    ["unknown_worker", "/stages/0/worker", 7],
  ]);
});

it("says at the push of a worker which stages of pipelines it does not fit any more, and only those that map what is gone", async () => {
  verifies("pipelines:told-at-push-of-their-workers");
  const made = (outputs: string, more = "") => ({
    worker_yml: head(
      "teller",
      `{entry: run.py, inputs: [{name: text, type: text, required: true}${more}], outputs: [${outputs}]}`,
    ),
    run_py: "print(1)",
  });
  const both = "{name: words, type: integer}, {name: rest, type: integer}";
  await push(made(both));
  await push(
    pipelineOf(
      "reads-words",
      "  - {name: a, worker: teller, input: {text: inputs.text}}\n" +
        "  - {name: b, worker: teller, input: {text: string(a.outputs.words)}}\n",
    ),
  );
  const update = async (json: object) => {
    const answer = await callApi("PUT", "/api/workers/teller", { json });
    expect(answer.status, await answer.clone().text()).toBe(200);
    const { warnings } = pushResultSchema.parse(await answer.json());
    return warnings.flatMap(({ code, message }) => (code === "breaks_pipeline" ? [message] : []));
  };
  expect(await update(made("{name: words, type: integer}"))).toEqual([]);
  expect(await update(made(both, ", {name: lang, type: text}"))).toEqual([]);
  expect(await update(made("{name: rest, type: integer}"))).toEqual([
    "The stage a of reads-words does not fit this version: The output words is not there any more.",
  ]);
  // As it is now nothing more is gone.
  expect(await update(made("{name: rest, type: text}"))).toEqual([]);
});
