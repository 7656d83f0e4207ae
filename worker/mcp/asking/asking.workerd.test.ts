import { beforeEach, expect, it } from "vitest";
import { callApi, seedWorker } from "../../../test/support/workerd/api-harness.ts";
import {
  callTool,
  openAskingMcp,
  openMcp,
  openOlderAskingMcp,
} from "../../../test/support/workerd/mcp-client.ts";
import { finishRun, newestRun, newestRunOf, readRun } from "../../../test/support/workerd/mcp-runs.ts";
import { askWire } from "../../../test/support/workerd/mcp-wire.ts";
import type { WireClient } from "../../../test/support/workerd/mcp-wire.ts";
import { seedMember } from "../../../test/support/workerd/people.ts";
import { verifies } from "../../../test/verifies.ts";

const TASKS = "io.modelcontextprotocol/tasks";
const strict = { approvals: { required: true, label: "Send it" } };
const lax = { approvals: { required: true, label: "Send it", decide_in_client: true } };

let token: string;
beforeEach(async () => {
  token = await seedMember("e", "editor");
});

/** Starts a run that asks, by a client that cannot ask anybody. */
async function askFor(worker: string): Promise<{ run: string; approval: string }> {
  const client = await openMcp({ token });
  const calling = callTool(client, worker);
  await finishRun(await newestRunOf(worker), "a mail");
  const { said } = await calling;
  return { run: String(said["run_id"]), approval: String(said["approval_id"]) };
}

/** In the newest era the answer comes with the call once more, in the first by a request of its own within it. */
const eras = [
  ["the newest era", openAskingMcp],
  ["the first era", openOlderAskingMcp],
] as const;

it.each(eras)(
  "a client of %s leads its person to a page, and the call ends with what the approved run did",
  async (_, open) => {
    verifies("mcp:asking:first-era");
    await seedWorker("asking", strict);
    const led: string[] = [];
    const client = await open({ token, elicitation: { url: {} } }, async ({ url }) => {
      led.push(url ?? "");
      const run = (url ?? "").split("/").at(-1) ?? "";
      expect((await callApi("POST", `/api/runs/${run}/approve`)).status).toBe(200);
      return { action: "accept" };
    });
    const calling = callTool(client, "asking");
    const first = await newestRun();
    await finishRun(first, "a mail");
    await expect.poll(newestRun).not.toBe(first);
    const second = await newestRun();
    await finishRun(second, "sent");
    expect(await calling).toMatchObject({
      isError: false,
      said: { run_id: second, status: "completed", outputs: { result: "sent" } },
    });
    expect(led).toEqual([`http://floom.test/runs/${first}`]);
  },
);

it("whoever only says that the page was opened has decided nothing, and is told whom to ask", async () => {
  await seedWorker("asking", lax);
  const client = await openAskingMcp({ token, elicitation: { url: {} } }, async () => ({
    action: "accept",
    content: { confirm: true },
  }));
  const calling = callTool(client, "asking");
  const run = await newestRun();
  await finishRun(run, "a mail");
  expect((await calling).said).toMatchObject({ status: "approval_required", run_id: run });
  expect((await readRun(run)).approval_status).toBe("pending");
});

it.each(eras)(
  "a form in %s decides only what the worker leaves to clients, and shows all of what is asked",
  async (_, open) => {
    verifies("mcp:asking:first-era");
    await seedWorker("strict", strict);
    await seedWorker("lax", lax);
    const asked: string[] = [];
    const client = await open({ token, elicitation: { form: {} } }, async ({ message }) => {
      asked.push(message);
      return { action: "accept", content: { confirm: true, reason: "fine" } };
    });
    const plain = callTool(client, "strict");
    await finishRun(await newestRun(), "a mail");
    expect((await plain).said["status"]).toBe("approval_required");
    expect(asked).toEqual([]);
    const calling = callTool(client, "lax");
    const first = await newestRunOf("lax");
    await finishRun(first, "a mail");
    await expect.poll(newestRun).not.toBe(first);
    await finishRun(await newestRun(), "sent");
    expect((await calling).said).toMatchObject({ status: "completed", outputs: { result: "sent" } });
    expect(asked[0]).toContain('"result": "a mail"');
    expect((await readRun(first)).approval_trail).toMatchObject({ status: "approved", reason: "fine" });
  },
);

it("what a client gives back is a name that proves nothing: no other tool, workspace or run answers to it", async () => {
  await seedWorker("asking", strict);
  await seedWorker("other");
  const { run } = await askFor("asking");
  const asker: WireClient = { token, elicitation: { url: {} } };
  const retry = (name: string, requestState: string) =>
    askWire("tools/call", { name, arguments: {}, requestState, inputResponses: {} }, asker);
  for (const [name, state] of [
    ["other", run],
    ["asking", "run_01k0000000000000000000000a"],
    ["asking", "../../approvals"],
  ] as const) {
    const { result } = await retry(name, state);
    expect(result).toMatchObject({ isError: true, structuredContent: { code: "not_found" } });
  }
  const again = await Promise.all([retry("asking", run), retry("asking", run)]);
  for (const { result } of again) expect(result["structuredContent"]).toMatchObject({ run_id: run });
  expect(await newestRun()).toBe(run);
});

it("a task's question is answered once: a replay and a second word change nothing", async () => {
  await seedWorker("lax", lax);
  const taker: WireClient = { token, extensions: [TASKS], elicitation: {} };
  const calling = askWire("tools/call", { name: "lax", arguments: {} }, taker);
  const run = await newestRun();
  await finishRun(run, "a mail");
  const taskId = String((await calling).result["taskId"]);
  const got = await askWire("tasks/get", { taskId }, taker);
  const [key = ""] = Object.keys(got.result["inputRequests"] as object);
  const answer = (confirm: unknown) =>
    askWire(
      "tasks/update",
      { taskId, inputResponses: { [key]: { action: "accept", content: { confirm } } } },
      taker,
    );
  expect((await answer("yes")).error).toBeNull();
  expect((await readRun(run)).approval_status).toBe("pending");
  const words = await Promise.all([answer(true), answer(true), answer(false)]);
  for (const { error } of words) expect(error).toBeNull();
  const settled = await readRun(run);
  if (settled.approval_status === "rejected") return;
  await finishRun(settled.approval_trail?.follow_up_run_id ?? "", "sent");
  const ended = await askWire("tasks/get", { taskId }, taker);
  expect(ended.result).toMatchObject({
    taskId,
    status: "completed",
    result: { structuredContent: { outputs: { result: "sent" } } },
  });
});

it("a person's token decides by the tool where the worker leaves it to clients, as far as that person may, and once", async () => {
  await seedWorker("strict", strict);
  await seedWorker("lax", lax);
  const decide = async (approval: string, by: string, decision = "approve") =>
    (await callTool(await openMcp({ token: by }), "approval_decide", { approval, decision })).said;
  const held = await askFor("strict");
  expect(await decide(held.approval, token)).toMatchObject({
    status: "approval_required",
    decide_at: `http://floom.test/runs/${held.run}`,
  });
  const direct = await callApi("POST", `/api/approvals/${held.approval}/in-client`, {
    token,
    json: { decision: "approve" },
  });
  expect([direct.status, ((await direct.json()) as { code: string }).code]).toEqual([403, "people_only"]);
  await callApi("POST", `/api/runs/${held.run}/cancel`);
  const free = await askFor("lax");
  const viewer = await seedMember("v", "viewer");
  expect(await decide(free.approval, viewer)).toMatchObject({ status: "approval_required" });
  expect((await readRun(free.run)).approval_status).toBe("pending");
  const both = await Promise.all([decide(free.approval, token), decide(free.approval, token, "reject")]);
  expect(both.filter(({ code }) => code === "approval_decided")).toHaveLength(1);
  expect(both.filter(({ code }) => code === undefined)).toHaveLength(1);
});
