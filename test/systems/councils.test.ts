import { afterAll, beforeAll, expect, it } from "vitest";
import { ApiProblem } from "#contract/client";
import { routes } from "#contract/routes";
import { startFloom } from "../support/floom-instance.ts";
import type { FloomInstance } from "../support/floom-instance.ts";
import { verifies } from "../verifies.ts";
import { connect, startRun, waitForEnd } from "../e2e/story.ts";
import type { FloomClient } from "../e2e/story.ts";

let floom: FloomInstance;
let client: FloomClient;

const manifest = `schema_version: "0.3"
name: talk
title: Talk
version: 0.1.0
exec: {mode: council}
limits: {timeout_seconds: 300}
council:
  rounds: 3
  members:
    - {name: ada, human: true}
    - {name: bob, human: true}
`;

beforeAll(async () => {
  floom = await startFloom({ seed: false });
  client = connect(floom);
  await client.call(routes.createWorker, { json: { worker_yml: manifest } });
});
afterAll(async () => {
  await floom.stop();
});

const council = (run: string) => client.call(routes.getCouncil, { params: { run } });

/** What a person is asked, once they are. */
async function findQuestion(run: string, label: string): Promise<string> {
  const find = async () => {
    const { approvals } = await client.call(routes.listApprovals, { query: { status: "pending" } });
    return approvals.find((one) => one.run_id === run && one.label.startsWith(label));
  };
  await expect.poll(find).toBeDefined();
  return (await find())?.preview ?? "";
}

async function answer(run: string, json: object): Promise<void> {
  await client.call(routes.approveRun, { params: { run }, json });
}

async function refusalOf(call: Promise<unknown>): Promise<string> {
  const refusal = await call.catch((error: unknown) => error);
  return refusal instanceof ApiProblem ? refusal.problem.code : "none";
}

it("people discuss by the inbox, hear each other and what is said from outside, and are not waited for once it is stopped", async () => {
  verifies("councils:people");
  verifies("councils:interventions-reach");
  verifies("councils:stop-stops");
  const { id: run } = await startRun(client, "talk", { topic: "Ship on Friday?" });
  expect(await findQuestion(run, "ada,")).toContain("Ship on Friday?");
  expect(await council(run)).toMatchObject({ status: "waiting", topic: "Ship on Friday?", round: 1 });
  await answer(run, { edited_output: { statement: "Let us ship." } });
  expect(await findQuestion(run, "bob,")).toContain("ada:\nLet us ship.");
  const say = { message: "Think of the costs.", speaker: "Cy", key: "k1" };
  await client.call(routes.interveneInCouncil, { params: { run }, json: say });
  const twice = await client.call(routes.interveneInCouncil, { params: { run }, json: say });
  expect(twice.messages).toMatchObject([{ speaker: "Cy", reached_turn: null }]);
  await answer(run, { comment: "I would wait." });
  const asked = await findQuestion(run, "ada,");
  expect(asked).toContain("bob:\nI would wait.");
  expect(asked).toContain("Cy: Think of the costs.");
  expect((await council(run)).messages).toMatchObject([{ reached_turn: 3 }]);

  await client.call(routes.stopCouncil, { params: { run }, json: { reason: "Enough." } });
  const ended = await waitForEnd(client, run);
  expect(ended.status).toBe("completed");
  expect(ended.outputs).toMatchObject({ ended_by: "stopped", rounds: 2 });
  expect(ended.outputs["synthesis"]).toContain("bob: I would wait.");
  expect(await council(run)).toMatchObject({ status: "ended", ended_by: "stopped" });
  const { approvals } = await client.call(routes.listApprovals, { query: { status: "pending" } });
  expect(approvals.filter((one) => one.run_id === run)).toEqual([]);
  expect(await refusalOf(client.call(routes.stopCouncil, { params: { run }, json: {} }))).toBe(
    "run_finished",
  );
  expect(
    (await client.call(routes.getCouncil, { params: { run }, query: { member: "bob" } })).turns,
  ).toHaveLength(1);
});

it("a person who rejects says nothing, and a run that holds no council is told apart", async () => {
  const { id: run } = await startRun(client, "talk", { topic: "Lunch?" });
  await findQuestion(run, "ada,");
  await client.call(routes.rejectRun, { params: { run }, json: { reason: "I do not know." } });
  await findQuestion(run, "bob,");
  expect((await council(run)).turns[0]).toMatchObject({
    speaker: "ada",
    status: "passed",
    error: expect.stringContaining("I do not know.") as string,
  });
  await client.call(routes.cancelRun, { params: { run } });
  expect((await waitForEnd(client, run)).status).toBe("cancelled");
  expect((await council(run)).status).toBe("ended");
  const script = {
    worker_yml: manifest
      .replace("name: talk", "name: plain")
      .replace(/exec:[\s\S]*/, "exec: {entry: run.sh}\n"),
  };
  const files = [{ path: "run.sh", content: "true\n" }];
  await client.call(routes.createWorker, { json: { ...script, files } });
  const plain = await startRun(client, "plain", {});
  await waitForEnd(client, plain.id);
  expect(await refusalOf(council(plain.id))).toBe("no_council");
  expect(await refusalOf(council("run_01j9zzzzzzzzzzzzzzzzzzzzzz"))).toBe("not_found");
});
