import { expect, it } from "vitest";
import { deliveryReceiptSchema } from "#contract/hooks/delivery";
import { runDetailSchema } from "#contract/runs/run";
import { callApi } from "../../test/support/workerd/api-harness.ts";
import { listDeliveries, seedHook, send } from "../../test/support/workerd/hook-harness.ts";
import { verifies } from "../../test/verifies.ts";

const readRun = async (id: string | null) =>
  runDetailSchema.parse(await (await callApi("GET", `/api/runs/${id}`)).json());

const amount = { name: "amount", kind: "scalar" as const, type: "number", label: "Amount", required: false };

async function deliver(body: string) {
  const hook = await seedHook({ workerName: "echo", inputs: [amount] });
  const answer = await send(hook, body);
  const { run_id: id } = deliveryReceiptSchema.parse(await answer.json());
  return { hook, run: await readRun(id) };
}

it("what a sender says beyond what is declared reaches the script, and a replay", async () => {
  verifies("webhooks:inputs:undeclared-too");
  const { run } = await deliver('{"amount": "5", "customer": {"id": 7}, "decision": "approved"}');
  expect(run.inputs).toEqual({ amount: "5", customer: { id: 7 } });
  await callApi("POST", `/api/runs/${run.id}/cancel`);
  await expect.poll(async () => (await readRun(run.id)).status).toBe("cancelled");
  const replay = await callApi("POST", `/api/runs/${run.id}/replay`, { json: {} });
  expect(runDetailSchema.parse(await replay.json()).inputs).toEqual(run.inputs);
});

it("what cannot be kept as it was sent is told in the inbox, and nothing is lost", async () => {
  verifies("webhooks:inputs:undeclared-too");
  const { hook, run } = await deliver('{"order": 820982911946154508, "text": "cut \\ud83d"}');
  expect(run.inputs).toEqual({ order: "820982911946154508", text: "cut \ufffd" });
  const [delivery] = await listDeliveries(hook);
  expect(delivery).toMatchObject({ verdict: "accepted", run_id: run.id });
  expect(delivery?.reason).toContain("/order is 820982911946154508");
});
