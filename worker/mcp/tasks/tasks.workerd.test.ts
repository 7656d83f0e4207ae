import { expect, it } from "vitest";
import { callApi, seedWorker, strangerToken } from "../../../test/support/workerd/api-harness.ts";
import { openMcp, openOlderMcp } from "../../../test/support/workerd/mcp-client.ts";
import { finishRun, newestRun, readRun } from "../../../test/support/workerd/mcp-runs.ts";
import { askStream, askWire } from "../../../test/support/workerd/mcp-wire.ts";
import type { WireClient } from "../../../test/support/workerd/mcp-wire.ts";
import { seedMember } from "../../../test/support/workerd/people.ts";

const TASKS = "io.modelcontextprotocol/tasks";
const taker: WireClient = { extensions: [TASKS] };
const asker: WireClient = { ...taker, elicitation: { url: {} } };

const getTask = (taskId: string, client = taker) => askWire("tasks/get", { taskId }, client);

/** Calls a worker whose run does not end by itself; the task that this becomes. */
async function startTask(worker: string, client = taker): Promise<string> {
  const args = { worker, wait: 0.1 };
  const { result } = await askWire("tools/call", { name: "run_start", arguments: args }, client);
  expect(result).toMatchObject({ resultType: "task", status: "working", ttlMs: null });
  return String(result["taskId"]);
}

it("a call that goes on is a task to a client that takes tasks, and its result is the run's", async () => {
  await seedWorker("slow");
  const discovered = await askWire("server/discover");
  expect(discovered.result["capabilities"]).toMatchObject({ extensions: { [TASKS]: {} } });
  expect(discovered.result["capabilities"]).not.toHaveProperty("tasks");
  const called = await askWire("tools/call", { name: "slow", arguments: {} }, taker);
  expect(called.result).toMatchObject({ resultType: "task", status: "working", ttlMs: null });
  const id = String(called.result["taskId"]);
  expect((await readRun(id)).trigger_source).toBe("mcp");
  const working = await getTask(id);
  expect(working.result).toMatchObject({ resultType: "complete", taskId: id, status: "working" });
  expect(working.result).not.toHaveProperty("result");
  await finishRun(id, "done");
  const ended = await getTask(id);
  expect(ended.result).toMatchObject({
    status: "completed",
    result: { structuredContent: { status: "completed", outputs: { result: "done" } } },
  });
  const cancelled = await askWire("tasks/cancel", { taskId: id }, taker);
  expect(cancelled.result).toEqual(expect.objectContaining({ resultType: "complete" }));
  expect((await getTask(id)).result["status"]).toBe("completed");
});

it("a client that did not say that it takes tasks gets the run's id after its wait, and no method of tasks", async () => {
  await seedWorker("slow");
  const client = await openMcp();
  const plain = await client.callTool({ name: "run_start", arguments: { worker: "slow", wait: 0 } });
  expect(plain.structuredContent).toMatchObject({ run_id: expect.any(String), next: expect.any(String) });
  for (const method of ["tasks/get", "tasks/update", "tasks/cancel"]) {
    const refused = await askWire(method, { taskId: "run_x", inputResponses: {} });
    expect(refused.error).toMatchObject({
      code: -32021,
      data: { requiredCapabilities: { extensions: { [TASKS]: {} } } },
    });
  }
  for (const method of ["tasks/result", "tasks/list"])
    expect((await askWire(method, { taskId: "run_x" }, taker)).error?.code).toBe(-32601);
});

it("who listens for their task is told how it stands when that has changed, and of nobody else's", async () => {
  await seedWorker("slow");
  const id = await startTask("slow");
  const listen = async (params: object, client: WireClient) => {
    const answer = await askStream("subscriptions/listen", { notifications: params }, client);
    return { messages: answer.messages, leave: answer.leave };
  };
  const refused = await askWire("subscriptions/listen", { notifications: { taskIds: [id] } });
  expect(refused.error).toMatchObject({ code: -32021 });
  const many = Array.from({ length: 51 }, (_, at) => `run_${at}`);
  for (const taskIds of [many, id, [id, 1], null]) {
    const { error } = await askWire("subscriptions/listen", { notifications: { taskIds } }, taker);
    expect(error).toMatchObject({ code: -32602, message: expect.stringContaining("at most 50 ids") });
  }
  const mine = await listen({ taskIds: [id, "run_x"] }, taker);
  const stranger = await listen({ taskIds: [id] }, { ...taker, token: await strangerToken() });
  const methods = ({ messages }: typeof mine) => messages.map(({ method }) => method);
  await expect.poll(() => methods(mine)).toEqual(["notifications/subscriptions/acknowledged"]);
  expect(mine.messages[0]?.params).toMatchObject({ notifications: { taskIds: [id] } });
  await finishRun(id, "done");
  await expect
    .poll(() => mine.messages.at(-1), { timeout: 10_000 })
    .toMatchObject({
      method: "notifications/tasks",
      params: {
        taskId: id,
        status: "completed",
        result: { structuredContent: { outputs: { result: "done" } } },
        _meta: { "io.modelcontextprotocol/subscriptionId": 1 },
      },
    });
  expect(methods(stranger)).not.toContain("notifications/tasks");
  expect(methods(mine)).not.toContain("notifications/resources/updated");
  await mine.leave();
  await stranger.leave();
});

it("who listens for a task that was approved is told of the run that goes on for it, to its end", async () => {
  await seedWorker("asking", { approvals: { required: true, label: "Send it" } });
  const id = await startTask("asking");
  const { messages, leave } = await askStream(
    "subscriptions/listen",
    { notifications: { taskIds: [id] } },
    taker,
  );
  await expect.poll(() => messages.length).toBe(1);
  await finishRun(id, "a mail");
  await expect.poll(async () => (await readRun(id)).status).toBe("pending_approval");
  expect((await callApi("POST", `/api/runs/${id}/approve`)).status).toBe(200);
  const statusTold = () => messages.at(-1)?.params?.["status"];
  await expect.poll(statusTold, { timeout: 10_000 }).toBe("working");
  await finishRun((await readRun(id)).approval_trail?.follow_up_run_id ?? "", "sent");
  await expect
    .poll(() => messages.at(-1), { timeout: 10_000 })
    .toMatchObject({
      method: "notifications/tasks",
      params: {
        taskId: id,
        status: "completed",
        result: { structuredContent: { outputs: { result: "sent" } } },
      },
    });
  await leave();
});

it("cancelling a task reaches its run, and a second time is as well", async () => {
  await seedWorker("slow");
  const id = await startTask("slow");
  for (let times = 0; times < 2; times += 1)
    expect((await askWire("tasks/cancel", { taskId: id }, taker)).error).toBeNull();
  await expect.poll(async () => (await readRun(id)).status).toBe("cancelled");
  expect((await getTask(id)).result).toMatchObject({ status: "cancelled" });
});

it("a task that is not there, another workspace's and a run that no call started are one and the same", async () => {
  await seedWorker("slow");
  await seedWorker("other");
  const id = await startTask("slow");
  const stranger = { ...taker, token: await strangerToken() };
  const byHand = await callApi("POST", "/api/workers/slow/runs", { json: { inputs: {} } });
  const { id: handRun } = (await byHand.json()) as { id: string };
  const away = { ...taker, path: "/mcp/workers/other" };
  const missing = "run_01k0000000000000000000000a";
  for (const method of ["tasks/get", "tasks/update", "tasks/cancel"]) {
    const told = await Promise.all([
      askWire(method, { taskId: missing, inputResponses: {} }, taker),
      askWire(method, { taskId: "../../workers", inputResponses: {} }, taker),
      askWire(method, { taskId: "", inputResponses: {} }, taker),
      askWire(method, { taskId: handRun, inputResponses: {} }, taker),
      askWire(method, { taskId: id, inputResponses: {} }, stranger),
      askWire(method, { taskId: id, inputResponses: {} }, away),
    ]);
    for (const { error } of told) expect(error).toEqual({ code: -32602, message: "There is no such task." });
  }
  expect((await readRun(id)).status).toBe("running");
  expect((await readRun(handRun)).status).not.toBe("cancelled");
});

it("a task outlives its worker", async () => {
  await seedWorker("slow");
  const id = await startTask("slow");
  await finishRun(id, "done");
  expect((await callApi("DELETE", "/api/workers/slow")).status).toBeLessThan(300);
  expect((await getTask(id)).result).toMatchObject({ status: "completed" });
});

it("whoever may only read sees a task, and cannot cancel it", async () => {
  await seedWorker("slow");
  const id = await startTask("slow");
  const reader = {
    ...taker,
    token: await seedMember("v", "viewer", { scopes: ["runs:read", "workers:read"] }),
  };
  expect((await getTask(id, reader)).result["status"]).toBe("working");
  expect((await askWire("tasks/cancel", { taskId: id }, reader)).error?.code).toBe(-32603);
  expect((await readRun(id)).status).toBe("running");
});

it("a task that waits for a person leads a client that can ask to the page, and says so to one that cannot", async () => {
  await seedWorker("asking", { approvals: { required: true, label: "Send it" } });
  const calling = askWire("tools/call", { name: "asking", arguments: {} }, asker);
  const id = await newestRun();
  await finishRun(id, "a mail");
  const created = await calling;
  expect(created.result).toMatchObject({ resultType: "task", taskId: id });
  expect(created.result).not.toHaveProperty("inputRequests");
  const approval = (await readRun(id)).approval_trail?.id ?? "";
  const asks = await getTask(id, asker);
  expect(asks.result).toMatchObject({
    status: "input_required",
    inputRequests: {
      [approval]: {
        method: "elicitation/create",
        params: {
          mode: "url",
          url: `http://floom.test/runs/${id}`,
          message: expect.stringContaining("Send it"),
        },
      },
    },
  });
  const told = await getTask(id);
  expect(told.result).toMatchObject({
    status: "completed",
    result: { structuredContent: { status: "approval_required", approval_id: approval } },
  });
  for (const inputResponses of [{ [approval]: { action: "accept" } }, { nobody: { action: "accept" } }]) {
    const answered = await askWire("tasks/update", { taskId: id, inputResponses }, asker);
    expect(answered.result).toEqual(expect.objectContaining({ resultType: "complete" }));
  }
  expect((await getTask(id, asker)).result["status"]).toBe("input_required");
  await askWire("tasks/cancel", { taskId: id }, asker);
  await expect.poll(async () => (await readRun(id)).status).toBe("cancelled");
});

it("the official client of the first era asks for a task, follows it and gets its result", async () => {
  await seedWorker("slow");
  const client = await openOlderMcp();
  expect(client.getServerCapabilities()?.tasks).toMatchObject({ requests: { tools: { call: {} } } });
  const { tools } = await client.listTools();
  expect(tools.find(({ name }) => name === "slow")?.execution).toEqual({ taskSupport: "optional" });
  expect(tools.find(({ name }) => name === "worker_list")?.execution).toBeUndefined();
  const stream = client.experimental.tasks.callToolStream({ name: "slow", arguments: {} }, undefined, {
    task: { ttl: 60_000 },
  });
  const created = (await stream.next()).value;
  if (created?.type !== "taskCreated")
    throw new Error(String(created?.type === "error" ? created.error.message : "no task"));
  const { taskId } = created.task;
  await finishRun(taskId, "done");
  const told: string[] = [];
  for await (const message of stream) {
    told.push(message.type);
    if (message.type === "result")
      expect(message.result["structuredContent"]).toMatchObject({ outputs: { result: "done" } });
  }
  expect(told.at(-1)).toBe("result");
  const { tasks } = await client.experimental.tasks.listTasks();
  expect(tasks).toMatchObject([{ taskId, status: "completed" }]);
  await expect(client.experimental.tasks.cancelTask(taskId)).rejects.toMatchObject({ code: -32602 });
  await expect(client.experimental.tasks.getTask("run_x")).rejects.toMatchObject({ code: -32602 });
});

it("a task of the first era that asks a person gives, as its result, whom to ask", async () => {
  await seedWorker("asking", { approvals: { required: true, label: "Send it" } });
  const client = await openOlderMcp();
  const stream = client.experimental.tasks.callToolStream({ name: "asking", arguments: {} }, undefined, {
    task: { ttl: 60_000 },
  });
  const created = (await stream.next()).value;
  if (created?.type !== "taskCreated")
    throw new Error(String(created?.type === "error" ? created.error.message : "no task"));
  await finishRun(created.task.taskId, "a mail");
  const told = [];
  for await (const message of stream) told.push(message);
  expect(told.at(-1)).toMatchObject({
    type: "result",
    result: { structuredContent: { status: "approval_required", asked: "Send it" } },
  });
});
