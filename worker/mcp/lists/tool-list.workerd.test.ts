import { expect, it } from "vitest";
import { allScopes } from "#contract/access/access";
import { callApi, seedWorker, strangerToken } from "../../../test/support/workerd/api-harness.ts";
import { callTool, openMcp, openOlderMcp } from "../../../test/support/workerd/mcp-client.ts";
import { seedMember } from "../../../test/support/workerd/people.ts";
import { verifies } from "../../../test/verifies.ts";

type Listing = Awaited<ReturnType<typeof openMcp>>;

const toolOf = async (client: Listing, name: string) =>
  (await client.listTools()).tools.find((tool) => tool.name === name);

it("a worker that was deployed, paused, given its secret or deleted just now is so in the list just now", async () => {
  verifies("mcp:list:never-stale");
  const client = await openMcp();
  expect(await toolOf(client, "adder")).toBeUndefined();
  await callTool(client, "worker_deploy", { code: "def add(a: int) -> int:\n    return a\n", name: "adder" });
  expect((await toolOf(client, "adder"))?.inputSchema.properties).toHaveProperty("a");
  const changed = "def add(b: int) -> int:\n    return b\n";
  await callTool(client, "worker_deploy", { code: changed, name: "adder" });
  expect((await toolOf(client, "adder"))?.inputSchema.properties).toHaveProperty("b");
  await callApi("POST", "/api/workers/adder/pause");
  expect((await toolOf(client, "adder"))?.description).toContain("paused");
  await callApi("POST", "/api/workers/adder/resume");
  expect((await toolOf(client, "adder"))?.description).not.toContain("paused");
  await seedWorker("mailer", { secrets: ["MAIL_KEY"] });
  expect((await toolOf(client, "mailer"))?.description).toContain("MAIL_KEY");
  await callTool(client, "secret_set", { secret: "MAIL_KEY", value: "of-nobody" });
  expect((await toolOf(client, "mailer"))?.description).not.toContain("MAIL_KEY");
  await callTool(client, "worker_delete", { worker: "adder" });
  expect(await toolOf(client, "adder")).toBeUndefined();
});

it("the list that one is shown is never another's, however often both ask", async () => {
  await seedWorker("of-the-owner");
  const namesOf = async (client: Listing) => (await client.listTools()).tools.map(({ name }) => name);
  const owner = await openMcp();
  const reads = allScopes.filter((scope) => scope.endsWith(":read"));
  const reader = await openMcp({ token: await seedMember("v", "viewer", { scopes: reads }) });
  const stranger = await openMcp({ token: await strangerToken() });
  for (let turn = 0; turn < 2; turn++) {
    expect(await namesOf(owner)).toContain("of-the-owner");
    expect(await namesOf(stranger)).not.toContain("of-the-owner");
    expect(await namesOf(reader)).not.toContain("of-the-owner");
    expect(await namesOf(reader)).not.toContain("worker_deploy");
  }
});

it("a list that was kept is the one that was made, in both eras, and no client is to keep it", async () => {
  await seedWorker("kept");
  const newest = await openMcp();
  const made = await newest.listTools();
  expect(made).toMatchObject({ ttlMs: 0, cacheScope: "private" });
  expect((await newest.listTools()).tools).toEqual(made.tools);
  // The first era says with each tool whether its call may be a task; else it is told the same.
  const older = await (await openOlderMcp()).listTools();
  expect(older.tools.map(({ execution: _, ...tool }) => tool)).toEqual(made.tools);
  expect((await (await openOlderMcp()).listTools()).tools).toEqual(older.tools);
  const long = JSON.stringify({ jsonrpc: "2.0", id: '"tools":[]', method: "tools/list", params: {} });
  const headers = { "content-type": "application/json", accept: "application/json, text/event-stream" };
  const answer = await (await callApi("POST", "/mcp", { headers, body: long })).text();
  const said = JSON.parse(answer.slice(answer.indexOf("{"))) as { id: string; result: { tools: unknown[] } };
  expect([said.id, said.result.tools.length]).toEqual(['"tools":[]', made.tools.length]);
});
