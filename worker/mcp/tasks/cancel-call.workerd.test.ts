import { expect, it } from "vitest";
import { callApi, seedWorker } from "../../../test/support/workerd/api-harness.ts";
import { openMcp, openOlderAskingMcp, openOlderMcp } from "../../../test/support/workerd/mcp-client.ts";
import { finishRun, newestRun, newestRunOf, readRun } from "../../../test/support/workerd/mcp-runs.ts";
import { seedMember } from "../../../test/support/workerd/people.ts";
import { newId } from "../../platform/ids.ts";
import { verifies } from "../../../test/verifies.ts";
import { nameSession, readSession } from "../sessions/client-session.ts";

const APPS = "io.modelcontextprotocol/ui";
type Older = Awaited<ReturnType<typeof openOlderMcp>>;

/** A call of a worker's tool by a client that stays, as far as its run. */
async function call(client: Older, name: string) {
  const stop = new AbortController();
  const calling = client.callTool({ name, arguments: {} }, undefined, { signal: stop.signal });
  const ended = calling.then(
    () => "answered",
    () => "given up",
  );
  const run = await newestRunOf(name);
  await expect.poll(async () => (await readRun(run)).status).toBe("running");
  return { run, ended, stop: () => stop.abort() };
}

it("a client of the first era that cancels a call and stays has its run cancelled, and nobody else's", async () => {
  verifies("mcp:cancel:first-era");
  await seedWorker("mine");
  await seedWorker("theirs");
  // Both count their requests from the same beginning, by the same token.
  const [me, other] = await Promise.all([openOlderMcp(), openOlderMcp()]);
  const mine = await call(me, "mine");
  const theirs = await call(other, "theirs");
  mine.stop();
  expect(await mine.ended).toBe("given up");
  await expect.poll(async () => (await readRun(mine.run)).status).toBe("cancelled");
  expect((await readRun(theirs.run)).status).toBe("running");
  expect((await me.listTools()).tools.length).toBeGreaterThan(1);
  theirs.stop();
  await expect.poll(async () => (await readRun(theirs.run)).status).toBe("cancelled");
});

it("a cancel that comes before its run is in any list is heard all the same", async () => {
  verifies("mcp:cancel:first-era");
  await seedWorker("hasty");
  const client = await openOlderMcp();
  const stop = new AbortController();
  const calling = client.callTool({ name: "hasty", arguments: {} }, undefined, { signal: stop.signal });
  const ended = calling.catch(() => "given up");
  await Promise.resolve();
  stop.abort();
  expect(await ended).toBe("given up");
  const run = await newestRunOf("hasty");
  await expect.poll(async () => (await readRun(run)).status).toBe("cancelled");
});

it("a cancel finds its run however many others were started behind it", async () => {
  verifies("mcp:cancel:first-era");
  await seedWorker("early");
  await seedWorker("many");
  const early = await call(await openOlderMcp(), "early");
  const started = await Promise.all(
    Array.from({ length: 120 }, () => callApi("POST", "/api/workers/many/runs", { json: { inputs: {} } })),
  );
  expect(new Set(started.map(({ status }) => status))).toEqual(new Set([202]));
  early.stop();
  await expect.poll(async () => (await readRun(early.run)).status).toBe("cancelled");
});

it("a cancel reaches the run that goes on after its client's person has answered", async () => {
  verifies("mcp:cancel:first-era");
  await seedWorker("lax", { approvals: { required: true, label: "Send it", decide_in_client: true } });
  const token = await seedMember("e", "editor");
  const client = await openOlderAskingMcp({ token, elicitation: { form: {} } }, async () => ({
    action: "accept",
    content: { confirm: true },
  }));
  const stop = new AbortController();
  const calling = client.callTool({ name: "lax", arguments: {} }, undefined, { signal: stop.signal });
  const ended = calling.catch(() => "given up");
  const first = await newestRunOf("lax");
  await finishRun(first, "a mail");
  await expect.poll(newestRun).not.toBe(first);
  const second = await newestRun();
  await expect.poll(async () => (await readRun(second)).status).toBe("running");
  stop.abort();
  expect(await ended).toBe("given up");
  await expect.poll(async () => (await readRun(second)).status).toBe("cancelled");
});

it("nobody names a call but the server: what a request over the wire says of one is not believed", async () => {
  await seedWorker("plain");
  const answer = await callApi("POST", "/api/workers/plain/runs", {
    json: { inputs: {}, trigger_source: "mcp" },
    headers: { "floom-call": "call_x" },
  });
  expect(await answer.json()).toMatchObject({ trigger_ref: null });
  const client = await openMcp();
  const stop = new AbortController();
  const calling = client.callTool({ name: "plain", arguments: {} }, { signal: stop.signal });
  const ended = calling.catch(() => "given up");
  expect((await readRun(await newestRunOf("plain"))).trigger_ref).toBeNull();
  stop.abort();
  await ended;
});

it("a client of the first era that shows cards is given them, and is known by its session alone", async () => {
  await seedWorker("adder");
  const cardOf = async (client: Older) =>
    (await client.listTools()).tools.find(({ name }) => name === "adder")?._meta?.["ui"];
  expect(await cardOf(await openOlderMcp({ extensions: { [APPS]: {} } }))).toEqual({
    resourceUri: "ui://floom/form/adder",
  });
  expect(await cardOf(await openOlderMcp())).toBeUndefined();
});

it("a session is a name that was given out here, and says what its client can show", () => {
  const read = (name: string) => readSession(new Headers({ "mcp-session-id": name }));
  const id = newId("req", 0);
  const none = { apps: false, asksByUrl: false, asksByForm: false };
  for (const abilities of [
    none,
    { ...none, apps: true },
    { ...none, asksByForm: true },
    { apps: true, asksByUrl: true, asksByForm: true },
  ]) {
    const name = nameSession(id, abilities);
    expect(read(name)).toEqual({ name, ...abilities });
  }
  const plain = nameSession(id, none);
  expect([read(""), read(`${plain}.form.url`), read(`${plain}.more`), readSession(new Headers())]).toEqual([
    null,
    null,
    null,
    null,
  ]);
});
