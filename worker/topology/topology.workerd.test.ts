import { beforeEach, expect, it } from "vitest";
import { workspaceIdSchema } from "#contract/ids";
import { topologySchema } from "#contract/topology/topology";
import {
  callApi,
  ownerToken,
  ownerWorkspace,
  seedWorker,
  strangerToken,
  testHost,
} from "../../test/support/workerd/api-harness.ts";
import { verifies } from "../../test/verifies.ts";
import { recordToolCall } from "../audit/tool-call-service.ts";
import { auditDeps } from "../compose/guard-deps.ts";

beforeEach(async () => {
  await callApi("GET", "/api/workspace/info");
});

const read = async (query = "", token = ownerToken) => {
  const answer = await callApi("GET", `/api/topology${query}`, { token });
  expect(answer.status).toBe(200);
  const { edges, looked_at } = topologySchema.parse(await answer.json());
  return {
    edges: edges.map(({ from, kind, to, count, refused }) => `${from} ${kind} ${to} ${count} ${refused}`),
    looked_at,
  };
};

it("shows who started what, and what was called, of one workspace and of one worker", async () => {
  verifies("topology:declared-and-happened");
  const worker = { id: await seedWorker("hello"), name: "hello" };
  await seedWorker("other");
  for (const name of ["hello", "other"])
    expect((await callApi("POST", `/api/workers/${name}/runs`, { json: {} })).status).toBe(202);
  const tell = (call_id: string, outcome: "success" | "refused") =>
    recordToolCall(auditDeps(testHost), workspaceIdSchema.parse(ownerWorkspace), {
      event: "tool_call",
      call_id,
      at: Date.now(),
      run_id: "run_1",
      worker,
      tool: "linear__search",
      parameters: {},
      source: "mcp",
      effect: "read",
      outcome,
      duration_ms: 1,
    });
  await tell("a", "success");
  await tell("b", "refused");
  await expect.poll(async () => (await read()).looked_at).toEqual({ runs: 2, calls: 2 });
  expect((await read()).edges).toEqual([
    "client:manual starts worker:hello 1 0",
    "client:manual starts worker:other 1 0",
    "worker:hello calls tool:hello/linear__search 2 1",
    "tool:hello/linear__search reaches service:linear 2 1",
  ]);
  expect((await read("?worker=other")).edges).toEqual(["client:manual starts worker:other 1 0"]);
  const stranger = await strangerToken();
  expect((await read("", stranger)).edges).toEqual([]);
  for (const name of ["hello", "missing"])
    expect((await callApi("GET", `/api/topology?worker=${name}`, { token: stranger })).status).toBe(404);
});
