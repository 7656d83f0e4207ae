import { expect, it } from "vitest";
import { calledRunSchema } from "#contract/calls/call";
import { runDetailSchema } from "#contract/runs/run";
import { callApi, runTokenOf, seedWorker } from "../../../test/support/workerd/api-harness.ts";
import { verifies } from "../../../test/verifies.ts";

const readRun = async (id: string) =>
  runDetailSchema.parse(await (await callApi("GET", `/api/runs/${id}`)).json());

it("what is handed to a called worker holds no value of the caller's secrets", async () => {
  verifies("secrets:redaction:calls");
  await callApi("POST", "/api/secrets/CALLERS_KEY", { json: { value: "sk-of-the-caller" } });
  await seedWorker("tells", { calls: ["told"], secrets: ["CALLERS_KEY"] });
  await seedWorker("told", {
    inputs: [{ name: "text", kind: "scalar", type: "string", label: "Text", required: true }],
  });
  const started = await callApi("POST", "/api/workers/tells/runs", { json: {} });
  const { id } = runDetailSchema.parse(await started.json());
  const token = await runTokenOf(id);
  const call = (json: object) => callApi("POST", `/api/runs/${id}/calls`, { json, token });
  const text = `sk-of-the-caller ${btoa("sk-of-the-caller")}`;
  const answer = await call({ worker: "told", key: "sk-of-the-caller", inputs: { text } });
  const child = calledRunSchema.parse(await answer.json());
  const again = await call({ worker: "told", key: "sk-of-the-caller", inputs: { text } });
  expect(calledRunSchema.parse(await again.json()).run_id).toBe(child.run_id);
  const seen = JSON.stringify([await readRun(child.run_id), await readRun(id)]);
  expect(seen).not.toContain("sk-of-the-caller");
  expect(seen).toContain('"text":"*** ***');
});
