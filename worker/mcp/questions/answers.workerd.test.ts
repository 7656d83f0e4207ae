import { beforeEach, expect, it } from "vitest";
import { callApi, seedWorker } from "../../../test/support/workerd/api-harness.ts";
import { finishRun, newestRun, readRun } from "../../../test/support/workerd/mcp-runs.ts";
import { seedMember } from "../../../test/support/workerd/people.ts";
import { verifies } from "../../../test/verifies.ts";

// Answers as nobody's official client sends them.

const lax = { approvals: { required: true, label: "Send it", decide_in_client: true } };
const yes = { action: "accept", content: { confirm: true } };

let token: string;
beforeEach(async () => {
  token = await seedMember("e", "editor");
});

const introduce = {
  jsonrpc: "2.0",
  id: 0,
  method: "initialize",
  params: {
    protocolVersion: "2025-11-25",
    capabilities: { elicitation: { form: {} } },
    clientInfo: { name: "a-test", version: "1.0.0" },
  },
};

function post(message: unknown, { by = token, session = "" } = {}): Promise<Response> {
  const headers = {
    accept: "application/json, text/event-stream",
    ...(session === "" ? {} : { "mcp-session-id": session }),
  };
  return callApi("POST", "/mcp", { token: by, headers, json: message as never });
}

async function openSession(by = token): Promise<string> {
  const answer = await post(introduce, { by });
  await answer.body?.cancel();
  return answer.headers.get("mcp-session-id") ?? "";
}

/** Calls the tool of a worker whose run asks, as far as the question. */
async function askFor(worker: string) {
  const session = await openSession();
  const call = { jsonrpc: "2.0", id: 1, method: "tools/call", params: { name: worker, arguments: {} } };
  const { body } = await post(call, { session });
  const stop = new AbortController();
  const messages: { id?: unknown; method?: string; result?: { structuredContent?: object } }[] = [];
  const reading = (async () => {
    const reader = (body ?? new ReadableStream<Uint8Array>())
      .pipeThrough(new TextDecoderStream())
      .getReader();
    stop.signal.addEventListener("abort", () => void reader.cancel());
    for (let next = await reader.read(); !next.done; next = await reader.read()) {
      const lines = next.value.split("\n").filter((line) => line.startsWith("data: {"));
      messages.push(...lines.map((line) => JSON.parse(line.slice(6)) as never));
    }
  })().catch(() => undefined);
  const run = await newestRun();
  await finishRun(run, "a mail");
  const question = () => messages.find(({ method }) => method === "elicitation/create")?.id;
  await expect.poll(question).toBeDefined();
  return { session, run, id: String(question()), messages, reading, leave: () => stop.abort() };
}

const answer = (id: unknown, result: unknown = yes) => ({ jsonrpc: "2.0", id, result });

it("only the client that was asked answers: nobody else's session, token or guess decides anything", async () => {
  verifies("mcp:asking:first-era");
  await seedWorker("lax", lax);
  const { session, run, id, leave } = await askFor("lax");
  const colleague = await seedMember("c", "admin");
  const stranger = await seedMember("s", "owner", { workspaceId: `wsp_${"2".repeat(26)}` });
  const [, of = "", once = ""] = id.split("_");
  const attempts: [unknown, string, string][] = [
    [id, token, await openSession()],
    [id, token, session.replace(".form", ".cards.form")],
    [id, token, ""],
    [id, colleague, session],
    [id, stranger, session],
    [`ask_${of}_${once}_${"0".repeat(32)}`, token, session],
    [`ask_${of}_${"0".repeat(26)}_${id.slice(-32)}`, token, session],
    [`ask_${"0".repeat(26)}_${once}_${id.slice(-32)}`, token, session],
    [run, token, session],
    ["../../approvals", token, session],
    [1, token, session],
  ];
  for (const [named, by, of] of attempts) {
    const said = await post(answer(named), { by, session: of });
    expect([said.status, await said.text()]).toEqual([202, ""]);
  }
  expect((await readRun(run)).approval_status).toBe("pending");
  await post(answer(id), { session });
  expect((await readRun(run)).approval_status).toBe("approved");
  leave();
});

it("an answer counts once: twice at the same moment, again later, and after the call has ended change nothing", async () => {
  verifies("mcp:asking:first-era");
  await seedWorker("lax", lax);
  const { session, run, id, messages, leave } = await askFor("lax");
  const twice = await Promise.all(
    [yes, yes, { action: "decline" }].map((result) => post(answer(id, result), { session })),
  );
  expect(twice.map(({ status }) => status)).toEqual([202, 202, 202]);
  const settled = await readRun(run);
  expect(["approved", "rejected"]).toContain(settled.approval_status);
  const followUp = settled.approval_trail?.follow_up_run_id ?? null;
  if (followUp !== null) await finishRun(followUp, "sent");
  await expect.poll(() => messages.find(({ result }) => result !== undefined)).toBeDefined();
  for (const result of [yes, { action: "decline" }, { action: "cancel" }])
    expect((await post(answer(id, result), { session })).status).toBe(202);
  expect((await readRun(run)).approval_status).toBe(settled.approval_status);
  expect((await readRun(await newestRun())).id).toBe(followUp ?? run);
  leave();
});

it.each<[string, object]>([
  ["nothing", { result: null }],
  ["an empty form", { result: { action: "accept" } }],
  ["a word for a yes", { result: { action: "accept", content: { confirm: "yes" } } }],
  [
    "too long a reason",
    { result: { action: "accept", content: { confirm: true, reason: "x".repeat(1001) } } },
  ],
  ["an action that there is none of", { result: { action: "approve", content: { confirm: true } } }],
  ["a list", { result: [yes] }],
  ["an error", { error: { code: -32601, message: "No such method." } }],
])("%s decides nothing, and ends the question", { timeout: 20_000 }, async (_, shape) => {
  verifies("mcp:asking:first-era");
  await seedWorker("lax", lax);
  const { session, run, id, messages, reading } = await askFor("lax");
  expect((await post({ jsonrpc: "2.0", id, ...shape }, { session })).status).toBe(202);
  await reading;
  expect((await readRun(run)).approval_status).toBe("pending");
  expect(messages.at(-1)?.result?.structuredContent).toMatchObject({ status: "approval_required" });
});

it("what is decided elsewhere ends the question in the client too", async () => {
  verifies("mcp:asking:first-era");
  await seedWorker("lax", lax);
  const { run, id, messages, reading } = await askFor("lax");
  await callApi("POST", `/api/runs/${run}/reject`, { json: { reason: "No." } });
  await reading;
  expect(messages).toContainEqual(
    expect.objectContaining({
      method: "notifications/cancelled",
      params: expect.objectContaining({ requestId: id }),
    }),
  );
  expect(messages.at(-1)?.result).toBeDefined();
});

it("a client that declared no elicitation, or speaks a version without it, is asked nothing", async () => {
  verifies("mcp:asking:first-era");
  const nameFor = async (capabilities: object, protocolVersion: string) => {
    const params = { ...introduce.params, capabilities, protocolVersion };
    const said = await post({ ...introduce, params });
    await said.body?.cancel();
    return (said.headers.get("mcp-session-id") ?? "").split(".").slice(1).join(" ");
  };
  expect(await nameFor({}, "2025-11-25")).toBe("");
  expect(await nameFor({ elicitation: {} }, "2025-06-18")).toBe("form");
  expect(await nameFor({ elicitation: {} }, "2025-03-26")).toBe("");
  expect(await nameFor({ elicitation: { url: {} } }, "2025-06-18")).toBe("");
  expect(await nameFor({ elicitation: { url: {}, form: {} } }, "2025-11-25")).toBe("url form");
});
