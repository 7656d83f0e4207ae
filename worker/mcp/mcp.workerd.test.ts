import { expect, it } from "vitest";
import { allScopes } from "#contract/access/access";
import { callApi, ownerToken, seedWorker, strangerToken } from "../../test/support/workerd/api-harness.ts";
import { callTool, openMcp, openOlderMcp } from "../../test/support/workerd/mcp-client.ts";
import { finishRun, newestRun, readRun } from "../../test/support/workerd/mcp-runs.ts";
import { seedMember } from "../../test/support/workerd/people.ts";

const adder = "def add(a: int, b: int = 2) -> int:\n    '''Adds two numbers.'''\n    return a + b\n";

it("clients of both eras find the same tools, each with words, a schema and honest hints", async () => {
  const lists = await Promise.all([
    openMcp().then((client) => client.listTools()),
    openMcp({ isOlder: true }).then((client) => client.listTools()),
    openOlderMcp().then((client) => client.listTools()),
  ]);
  const [newest, ...others] = lists.map(({ tools }) => tools.map(({ name }) => name));
  expect(newest).toHaveLength(32);
  expect(newest).toEqual([...(newest ?? [])].toSorted());
  for (const other of others) expect(other).toEqual(newest);
  for (const tool of lists[0].tools) {
    expect(tool.name).toMatch(/^[a-zA-Z0-9_-]{1,64}$/);
    expect(tool.description?.length, tool.name).toBeGreaterThan(15);
    expect(tool.inputSchema, tool.name).toMatchObject({ type: "object", additionalProperties: false });
    expect(Object.keys(tool.annotations ?? {}), tool.name).toHaveLength(4);
  }
  const older = await openOlderMcp();
  expect(older.getInstructions()).toContain("worker_deploy");
});

it("an agent deploys, runs, schedules and shares a worker by nothing but tools", async () => {
  const client = await openMcp();
  const checked = await callTool(client, "worker_validate", { worker_yml: "name: x\n", run_py: "print(1)" });
  expect(checked.said).toMatchObject({ valid: false });
  const deployed = await callTool(client, "worker_deploy", { code: adder, name: "adder" });
  expect(deployed).toMatchObject({ isError: false, said: { worker: "adder", tools: ["adder"] } });
  const { tools } = await client.listTools();
  expect(tools.find(({ name }) => name === "adder")).toMatchObject({
    description: "Adds two numbers.",
    inputSchema: { properties: { a: { type: "integer" }, b: { default: 2 } }, required: ["a"] },
  });
  const files = await callTool(client, "worker_files", { worker: "adder" });
  expect(JSON.stringify(files.said)).toContain("app.py");
  const read = await callTool(client, "worker_files", { worker: "adder", path: "app.py" });
  expect(read.said).toEqual({ path: "app.py", content: adder });
  const calling = callTool(client, "adder", { a: 1 });
  await finishRun(await newestRun(), 3);
  const ended = await calling;
  expect(ended).toMatchObject({ isError: false, said: { status: "completed", outputs: { result: 3 } } });
  expect((await readRun(String(ended.said["run_id"]))).trigger_source).toBe("mcp");
  const schedule = await callTool(client, "schedule_set", {
    worker: "adder",
    cron: "0 9 * * 1",
    inputs: { a: 1 },
  });
  expect(schedule).toMatchObject({ isError: false, said: { type: "schedule", cron: "0 9 * * 1" } });
  const changed = { worker: "adder", trigger: schedule.said["id"], cron: "0 8 * * 1" };
  expect((await callTool(client, "schedule_set", changed)).said).toMatchObject({ cron: "0 8 * * 1" });
  const listed = await callTool(client, "schedule_list", { worker: "adder" });
  expect(listed.said["items"]).toHaveLength(1);
  await callTool(client, "schedule_delete", { trigger: schedule.said["id"] });
  const kept = await callTool(client, "store_set", { worker: "adder", key: "n", value: { deep: [1] } });
  expect(kept.isError).toBe(false);
  expect((await callTool(client, "store_get", { worker: "adder", key: "n" })).said["value"]).toEqual({
    deep: [1],
  });
  const shared = await callTool(client, "share_create", { worker: "adder" });
  expect(shared.isError).toBe(false);
  expect((await callTool(client, "worker_delete", { worker: "adder" })).isError).toBe(false);
  expect((await callTool(client, "worker_get", { worker: "adder" })).said).toMatchObject({
    code: "not_found",
  });
});

it("what is wrong with a call is said with its place, and a tool that is not there is an error of the protocol", async () => {
  const client = await openMcp();
  await callTool(client, "worker_deploy", { code: adder, name: "adder" });
  const cases: [string, Record<string, unknown>, string][] = [
    ["adder", { a: "one" }, "/a"],
    ["adder", {}, "/a"],
    ["adder", { a: 1, c: 2 }, "/c"],
    ["worker_get", {}, "/worker"],
    ["worker_get", { worker: "adder", nope: 1 }, "/nope"],
    ["run_start", { worker: 5 }, "/worker"],
    ["run_list", { limit: 0 }, "/limit"],
    ["schedule_set", { worker: "adder", cron: "x", inputs: { a: 1 } }, "/cron"],
  ];
  for (const [name, args, pointer] of cases) {
    const { isError, said } = await callTool(client, name, args);
    expect([name, isError, said["code"]]).toEqual([name, true, "invalid_arguments"]);
    expect(JSON.stringify(said["errors"]), name).toContain(`"pointer":"${pointer}"`);
  }
  await expect(client.callTool({ name: "no_such_tool", arguments: {} })).rejects.toMatchObject({
    code: -32602,
  });
});

it("a call that takes long tells what is logged, gives the run when its time is over, and is waited for by another", async () => {
  await seedWorker("slow");
  const client = await openMcp();
  const told: string[] = [];
  const calling = client.callTool(
    { name: "run_start", arguments: { worker: "slow", wait: 1 } },
    { onprogress: ({ message }) => told.push(message ?? "") },
  );
  const id = await newestRun();
  await expect.poll(async () => (await readRun(id)).attempt).toBe(1);
  const first = await calling;
  expect(first.structuredContent).toMatchObject({
    run_id: id,
    status: "running",
    next: expect.stringContaining("run_wait"),
  });
  const waiting = callTool(client, "run_wait", { run: id, seconds: 30 });
  await finishRun(id, "done");
  expect((await waiting).said).toMatchObject({ status: "completed", outputs: { result: "done" } });
});

it("a client that gives its call up has the run cancelled, and the same key starts nothing twice", async () => {
  await seedWorker("slow");
  const client = await openMcp();
  const stop = new AbortController();
  const calling = client.callTool({ name: "slow", arguments: {} }, { signal: stop.signal });
  const id = await newestRun();
  await expect.poll(async () => (await readRun(id)).attempt).toBe(1);
  stop.abort();
  await expect(calling).rejects.toThrow();
  await expect.poll(async () => (await readRun(id)).status).toBe("cancelled");
  const start = () => callTool(client, "run_start", { worker: "slow", wait: 0, idempotency_key: "once" });
  const [a, b] = await Promise.all([start(), start()]);
  expect(a.said["run_id"]).toBe(b.said["run_id"]);
  expect(a.said["run_id"]).not.toBe(id);
});

it("a run that asks is never a silent wait, and no token decides it: a person is led to it", async () => {
  await seedWorker("asking", { approvals: { required: true, label: "Send it" } });
  const member = await openMcp({ token: await seedMember("e", "editor") });
  const calling = callTool(member, "asking");
  await finishRun(await newestRun(), "a mail");
  const { said, isError } = await calling;
  expect(isError).toBe(false);
  expect(said).toMatchObject({
    status: "approval_required",
    asked: "Send it",
    decide_at: expect.stringContaining("http"),
  });
  const approval = String(said["approval_id"]);
  const decided = await callTool(member, "approval_decide", { approval, decision: "approve" });
  expect(decided.said).toMatchObject({ status: "approval_required", approval_id: approval });
  const listed = await callTool(member, "approval_list");
  expect(JSON.stringify(listed.said)).toContain(approval);
  expect((await readRun(String(said["run_id"]))).approval_status).toBe("pending");
});

it("each sees the tools that they may use, and of another workspace nothing at all", async () => {
  await seedWorker("private-thing");
  const namesOf = async (token: string) =>
    (await (await openMcp({ token })).listTools()).tools.map(({ name }) => name);
  const reader = await namesOf(
    await seedMember("v", "viewer", { scopes: allScopes.filter((scope) => scope.endsWith(":read")) }),
  );
  expect(reader).toContain("worker_list");
  for (const name of ["worker_deploy", "run_start", "secret_set", "private-thing"])
    expect(reader).not.toContain(name);
  const token = await strangerToken();
  expect(await namesOf(token)).not.toContain("private-thing");
  const stranger = await openMcp({ token });
  const missing = await callTool(stranger, "worker_get", { worker: "no-such-thing" });
  const hidden = await callTool(stranger, "worker_get", { worker: "private-thing" });
  const plain = ({ said }: typeof hidden) => ({ ...said, request_id: "" });
  expect(plain(hidden)).toEqual(plain(missing));
  await expect(stranger.callTool({ name: "private-thing", arguments: {} })).rejects.toMatchObject({
    code: -32602,
  });
});

it("an address narrows the tools: one worker's alone, chosen ones, or all there are", async () => {
  await seedWorker("one");
  await seedWorker("two");
  const at = async (path: string) =>
    (await (await openMcp({ path })).listTools()).tools.map(({ name }) => name);
  expect(await at("/mcp/workers/one")).toEqual(["one"]);
  const chosen = await at("/mcp?workers=two");
  expect([chosen.includes("one"), chosen.includes("two"), chosen.includes("run_start")]).toEqual([
    false,
    true,
    true,
  ]);
  expect((await at("/mcp?toolset=full")).length).toBeGreaterThan(90);
  const alone = await openMcp({ path: "/mcp/workers/one" });
  for (const name of ["two", "run_start"])
    await expect(alone.callTool({ name, arguments: {} })).rejects.toMatchObject({ code: -32602 });
});

it("requests that are none of the protocol are refused by their status, and a foreign page reaches nothing", async () => {
  const ask = async (method: string, headers: Record<string, string>, body?: string) => {
    const answer = await callApi(method, "/mcp", { headers, ...(body === undefined ? {} : { body }) });
    return answer.status;
  };
  const json = { "content-type": "application/json", accept: "application/json, text/event-stream" };
  const ping = JSON.stringify({ jsonrpc: "2.0", id: 1, method: "ping" });
  expect(await ask("POST", json, ping)).toBe(200);
  expect(await ask("GET", { accept: "text/event-stream" })).toBe(405);
  expect(await ask("DELETE", {})).toBe(405);
  expect(await ask("POST", { ...json, accept: "application/json" }, ping)).toBe(406);
  expect(await ask("POST", { ...json, "content-type": "text/plain" }, ping)).toBe(415);
  expect(await ask("POST", { ...json, "mcp-protocol-version": "1999-01-01" }, ping)).toBe(400);
  expect(await ask("POST", json, "{")).toBe(400);
  expect(
    await ask("POST", json, JSON.stringify({ jsonrpc: "2.0", method: "notifications/initialized" })),
  ).toBe(202);
  expect(await ask("POST", { ...json, origin: "https://evil.example" }, ping)).toBe(403);
  expect(await ask("POST", { ...json, origin: "http://floom.test" }, ping)).toBe(200);
  expect((await callApi("POST", "/mcp", { token: "", headers: json, body: ping })).status).toBe(401);
  expect(ownerToken).not.toBe("");
});
