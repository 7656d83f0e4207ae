import { expect, it } from "vitest";
import { deployedSchema } from "#contract/deploys/deploy";
import { validationResultSchema } from "#contract/workers/worker";
import { callApi, seedWorker } from "../../test/support/workerd/api-harness.ts";
import { openMcp } from "../../test/support/workerd/mcp-client.ts";
import { verifies } from "../../test/verifies.ts";

const code = `def draft(to: str) -> str:
    return to


def send(to: str) -> str:
    return to
`;

const source = (name: string, mcp: string) => ({
  files: [
    {
      path: "worker.yml",
      content: `schema_version: "0.3"\nname: ${name}\ntitle: Mails\nversion: 1.0.0\nmcp: ${mcp}\nexec: { entry: app.py, mode: functions }\n`,
    },
    { path: "app.py", content: code },
  ],
});

const deploy = (name: string, mcp: string) => callApi("POST", "/api/deploy", { json: source(name, mcp) });

async function validate(name: string, mcp: string) {
  const answer = await callApi("POST", "/api/workers/validate", { json: source(name, mcp) });
  return validationResultSchema.parse(await answer.json());
}

async function namesOf(path = "/mcp"): Promise<string[]> {
  return (await (await openMcp({ path })).listTools()).tools.map(({ name }) => name);
}

it("one function has a name of its own, the others go on by the worker's", async () => {
  const deployed = await deploy("mails", "{ name: mail, actions: { draft: draft_mail } }");
  expect(deployedSchema.parse(await deployed.json()).tools).toEqual(["draft_mail", "mail__send"]);
  expect(await namesOf("/mcp/workers/mails")).toEqual(["draft_mail", "mail__send"]);
  const names = await namesOf();
  expect(["draft_mail", "mail__send", "mail__draft"].map((name) => names.includes(name))).toEqual([
    true,
    true,
    false,
  ]);
  const client = await openMcp();
  const refused = await client.callTool({ name: "draft_mail", arguments: { too: "Ada" } });
  expect([refused.isError, JSON.stringify(refused.structuredContent)]).toEqual([
    true,
    expect.stringContaining("/too"),
  ]);
  await expect(client.callTool({ name: "mail__draft", arguments: {} })).rejects.toMatchObject({
    code: -32602,
  });
});

it("a function's name that is anybody else's is refused where it is written, also before it is pushed", async () => {
  verifies("mcp:alias:never-anothers");
  await seedWorker("invoices");
  expect((await deploy("first", "{ actions: { draft: draft_mail } }")).status).toBe(200);
  for (const [tool, holder] of [
    ["draft_mail", "first"],
    ["invoices", "invoices"],
    ["worker_list", "worker_list"],
  ] as const) {
    const mcp = `{ actions: { send: ${tool} } }`;
    const answer = await deploy("second", mcp);
    const text = await answer.text();
    expect([answer.status, text.includes("/mcp/actions/send"), text.includes(holder)]).toEqual([
      422,
      true,
      true,
    ]);
    const { valid, findings } = await validate("second", mcp);
    const [finding] = findings;
    expect([valid, finding]).toMatchObject([
      false,
      { code: "tool_name_taken", pointer: "/mcp/actions/send", line: 5 },
    ]);
    expect(finding?.message).toContain(holder);
  }
  const late = await deploy("third", "{ name: draft_mail }");
  expect([late.status, (await late.text()).includes("first")]).toEqual([422, true]);
  expect((await validate("first", "{ actions: { draft: draft_mail } }")).valid).toBe(true);
});

it("of two pushes that take one name for their functions at the same moment one is refused", async () => {
  verifies("mcp:alias:one-of-two");
  const names = ["left", "right", "upper"];
  const pushes = names.map(async (name) => (await deploy(name, "{ actions: { send: send_it } }")).status);
  expect((await Promise.all(pushes)).toSorted((a, b) => a - b)).toEqual([200, 422, 422]);
});

it("before a push it is told that a tool hides behind the platform's, and that a name is given to no function or to two", async () => {
  const { valid, findings } = await validate(
    "template",
    "{ actions: { sent: send_it, draft: d_it, send: d_it } }",
  );
  expect([valid, findings.map(({ code }) => code)]).toEqual([
    false,
    ["bad_tool_action", "duplicate_tool_name"],
  ]);
  expect(findings[0]?.message).toContain("draft, send");
  const hidden = await validate("redeliver", "{ actions: { draft: draft_it } }");
  expect([hidden.valid, hidden.findings]).toEqual([true, []]);
});
