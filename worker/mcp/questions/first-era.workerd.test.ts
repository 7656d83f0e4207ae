import { beforeEach, expect, it } from "vitest";
import { seedWorker } from "../../../test/support/workerd/api-harness.ts";
import { callTool, openOlderAskingMcp } from "../../../test/support/workerd/mcp-client.ts";
import { finishRun, newestRun, readRun } from "../../../test/support/workerd/mcp-runs.ts";
import { seedMember } from "../../../test/support/workerd/people.ts";
import { verifies } from "../../../test/verifies.ts";

const lax = { approvals: { required: true, label: "Send it", decide_in_client: true } };

let token: string;
beforeEach(async () => {
  token = await seedMember("e", "editor");
});

it.each([
  ["leaves a form", "form", { action: "cancel" }, "pending"],
  ["answers a form with what it did not ask", "form", { action: "accept", content: { ok: true } }, "pending"],
  ["does not want to see the page", "url", { action: "decline" }, "pending"],
  ["declines a form", "form", { action: "decline" }, "rejected"],
] as const)(
  "whoever %s is told how it stands, long before the call would end",
  { timeout: 20_000 },
  async (_, mode, answer, status) => {
    verifies("mcp:asking:first-era");
    await seedWorker("lax", lax);
    const client = await openOlderAskingMcp({ token, elicitation: { [mode]: {} } }, async () => ({
      ...answer,
    }));
    const calling = callTool(client, "lax");
    const run = await newestRun();
    await finishRun(run, "a mail");
    const { said } = await calling;
    expect((await readRun(run)).approval_status).toBe(status);
    expect(said).toMatchObject(
      status === "pending" ? { status: "approval_required", run_id: run } : { run_id: run },
    );
  },
);

/** The last of what comes. */
async function gather<T>(messages: AsyncIterable<T>): Promise<T | undefined> {
  let last: T | undefined;
  for await (const message of messages) last = message;
  return last;
}

it("a task of the first era asks when its result is fetched, and gives what came of the answer", async () => {
  verifies("mcp:asking:first-era");
  await seedWorker("lax", lax);
  const client = await openOlderAskingMcp({ token, elicitation: { form: {} } }, async () => ({
    action: "accept",
    content: { confirm: true },
  }));
  const stream = client.experimental.tasks.callToolStream({ name: "lax", arguments: {} }, undefined, {
    task: { ttl: 60_000 },
  });
  const created = (await stream.next()).value;
  if (created?.type !== "taskCreated") throw new Error("no task");
  const { taskId } = created.task;
  await finishRun(taskId, "a mail");
  const told = gather(stream);
  await expect.poll(newestRun).not.toBe(taskId);
  await finishRun(await newestRun(), "sent");
  expect(await told).toMatchObject({
    type: "result",
    result: { structuredContent: { status: "completed", outputs: { result: "sent" } } },
  });
});
