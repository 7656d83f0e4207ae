import { expect, it } from "vitest";
import { callApi, seedWorker, strangerToken } from "../../../test/support/workerd/api-harness.ts";
import { finishRun, newestRunOf } from "../../../test/support/workerd/mcp-runs.ts";
import { askWire } from "../../../test/support/workerd/mcp-wire.ts";
import type { WireClient } from "../../../test/support/workerd/mcp-wire.ts";
import { seedMember } from "../../../test/support/workerd/people.ts";

const APPS = "io.modelcontextprotocol/ui";
const host: WireClient = { extensions: [APPS] };

interface Tool {
  name: string;
  _meta?: { ui?: { resourceUri?: string } };
}

async function cardsOf(client: WireClient): Promise<Record<string, string | undefined>> {
  const { result } = await askWire("tools/list", {}, client);
  return Object.fromEntries(
    (result["tools"] as Tool[]).map((tool) => [tool.name, tool._meta?.ui?.resourceUri]),
  );
}

const readCard = (uri: string, client = host) => askWire("resources/read", { uri }, client);

it("tools name their cards to a client that shows cards, and to no other", async () => {
  await seedWorker("adder");
  expect(await cardsOf(host)).toMatchObject({
    adder: "ui://floom/form/adder",
    run_start: "ui://floom/approval",
    run_wait: "ui://floom/approval",
  });
  expect((await cardsOf(host))["worker_list"]).toBeUndefined();
  expect(Object.values(await cardsOf({})).filter((uri) => uri !== undefined)).toEqual([]);
  const discovered = await askWire("server/discover", {}, host);
  expect(discovered.result["capabilities"]).toMatchObject({ extensions: { [APPS]: {} } });
});

it("a card is one small file that fetches nothing, and a worker's is told to those alone who may run it", async () => {
  await seedWorker("adder");
  for (const uri of ["ui://floom/approval", "ui://floom/form/adder"]) {
    const { result } = await readCard(uri);
    const [content] = result["contents"] as { mimeType: string; text: string; _meta: object }[];
    expect(content).toMatchObject({
      mimeType: "text/html;profile=mcp-app",
      _meta: { ui: { csp: { connectDomains: [], resourceDomains: [] } } },
    });
    expect(content?.text.length).toBeLessThan(20_000);
    expect(content?.text).not.toMatch(/src=|href=|fetch\(|innerHTML/);
  }
  const missing = await readCard("ui://floom/form/nothing");
  const strangers = await readCard("ui://floom/form/adder", { ...host, token: await strangerToken() });
  expect([missing.error?.code, strangers.error?.code]).toEqual([-32602, -32602]);
  expect((await readCard("ui://floom/form/adder", { ...host, path: "/mcp/workers/other" })).error?.code).toBe(
    -32602,
  );
});

it("what a card shows of a request is the approval itself, and whether deciding there is allowed", async () => {
  await seedWorker("strict", { approvals: { required: true, label: "Send it" } });
  await seedWorker("lax", { approvals: { required: true, label: "Send it", decide_in_client: true } });
  const token = await seedMember("e", "editor");
  for (const [worker, may] of [
    ["strict", false],
    ["lax", true],
  ] as const) {
    const calling = askWire("tools/call", { name: worker, arguments: {} }, { ...host, token });
    const run = await newestRunOf(worker);
    await finishRun(run, "<img src=x>");
    const { result } = await calling;
    expect(result["_meta"]).toMatchObject({
      "floom/approval": {
        label: "Send it",
        outputs: { result: "<img src=x>" },
        may_decide: may,
        decide_at: `http://floom.test/runs/${run}`,
      },
    });
  }
});

it("not even the owner's token decides over MCP what is for people, and no answer there has a link that decides", async () => {
  await seedWorker("strict", { approvals: { required: true, label: "Send it" } });
  const calling = askWire("tools/call", { name: "strict", arguments: {} }, host);
  const run = await newestRunOf("strict");
  await finishRun(run, "a mail");
  const { result } = await calling;
  expect(JSON.stringify(result)).not.toContain("/approvals/review");
  const { approval_id: approval } = result["structuredContent"] as { approval_id: string };
  const decide = () =>
    askWire("tools/call", { name: "approval_decide", arguments: { approval, decision: "approve" } });
  expect((await decide()).result["structuredContent"]).toMatchObject({
    status: "approval_required",
    decide_at: `http://floom.test/runs/${run}`,
  });
  expect((await callApi("POST", `/api/runs/${run}/reject`)).status).toBe(200);
  expect((await decide()).result).toMatchObject({
    isError: true,
    structuredContent: { code: "approval_decided" },
  });
});
