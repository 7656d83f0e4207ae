import { afterEach, expect, it } from "vitest";
import { serveStandInComposio } from "../../test/support/mcp/stand-in-composio.ts";
import type { StandInComposio } from "../../test/support/mcp/stand-in-composio.ts";
import { KeeperHarness } from "../../test/support/workerd/keeper-harness.ts";
import { verifies } from "../../test/verifies.ts";
import { denyComposioTool, mayReadOnly } from "./composio-presets.ts";

let composio: StandInComposio | undefined;
afterEach(() => composio?.close());

const gmail = { composio: { app: "gmail", auth_config: null } };

async function openGmail(more = {}): Promise<{ harness: KeeperHarness; stand: StandInComposio }> {
  const stand = (composio = await serveStandInComposio());
  const harness = new KeeperHarness({ ...gmail, ...more });
  harness.composio = { apiUrl: stand.url, apiKey: "ak_s3cret", dial: (url, init) => fetch(url, init) };
  return { harness, stand };
}

async function signIn(harness: KeeperHarness): Promise<void> {
  const begun = await harness.keeper.authorize(harness.target, { user_id: null });
  if (begun.kind !== "done") throw new Error(begun.detail);
  const back = await fetch(begun.value.url, { redirect: "manual" });
  const state = new URL(back.headers.get("location") ?? "").searchParams.get("state") ?? "";
  const nonce = state.split(".")[3] ?? "";
  expect(await harness.keeper.finish(harness.target, { nonce, code: null, iss: null })).toMatchObject({
    kind: "done",
  });
  expect(await harness.keeper.finish(harness.target, { nonce, code: null, iss: null })).toMatchObject({
    kind: "refused",
  });
}

it("an app is signed in to by a link, its actions are listed, and one is carried out", async () => {
  verifies("connections:composio:api");
  const { harness, stand } = await openGmail();
  expect(await harness.keeper.check(harness.target)).toMatchObject({ status: "failed", needs_sign_in: true });
  await signIn(harness);
  harness.restart();
  const { tools } = await harness.keeper.tools(harness.target);
  expect(tools.map(({ name, claims }) => [name, claims])).toEqual([
    ["GMAIL_FETCH_EMAILS", "read_only"],
    ["GMAIL_SEND_EMAIL", null],
  ]);
  const answer = await harness.call("GMAIL_SEND_EMAIL", { to: "ada@example.com" });
  expect(answer).toEqual({
    ok: true,
    content: { successful: true, data: { echo: { to: "ada@example.com" } }, error: null },
  });
  expect(stand.executed).toMatchObject([{ tool: "GMAIL_SEND_EMAIL", user_id: harness.target.workspace_id }]);
  const told = JSON.stringify([answer, tools, harness.news]);
  for (const secret of ["ak_s3cret", "ca_"]) expect(told).not.toContain(secret);
});

it("what Composio refuses, and that it cannot be reached, is said", async () => {
  verifies("connections:composio:api");
  const { harness, stand } = await openGmail();
  await signIn(harness);
  stand.fault = { successful: false, data: {}, error: "quota" };
  expect(await harness.call("GMAIL_SEND_EMAIL")).toMatchObject({
    ok: false,
    code: "tool_error",
    message: "quota",
  });
  stand.status = "EXPIRED";
  expect(await harness.keeper.check(harness.target)).toMatchObject({
    needs_sign_in: true,
    reason: expect.stringContaining("EXPIRED"),
  });
  await stand.close();
  expect(await harness.call("GMAIL_SEND_EMAIL")).toMatchObject({
    ok: false,
    code: "connection_failed",
    retryable: true,
  });
});

it("without a key nothing is pretended", async () => {
  verifies("connections:composio:api");
  const harness = new KeeperHarness(gmail);
  expect(await harness.keeper.authorize(harness.target, { user_id: null })).toMatchObject({
    code: "composio_not_configured",
  });
  expect(await harness.keeper.check(harness.target)).toMatchObject({
    status: "failed",
    reason: expect.stringContaining("COMPOSIO_API_KEY"),
  });
});

it("a read_only app's writing actions are not called", async () => {
  verifies("connections:composio:read-only");
  const { harness, stand } = await openGmail({ scope: "read_only" });
  await signIn(harness);
  expect(await harness.call("GMAIL_SEND_EMAIL")).toMatchObject({
    code: "tool_blocked_by_read_only_policy",
    sent: false,
  });
  expect(await harness.call("GMAIL_FETCH_EMAILS")).toMatchObject({ ok: true });
  expect(stand.executed).toHaveLength(1);
});

it.each([
  ["gmail", "GMAIL_SEND_EMAIL", false],
  ["gmail", "GMAIL_FETCH_EMAILS", true],
  ["gmail", "gmail_search_people", true],
  ["gmail", "SLACK_LIST_ALL_USERS", false],
  ["slack", "SLACK_FIND_USERS", true],
  ["notion", "NOTION_GET_PAGE", true],
  ["notion", "NOTION_GETAWAY", false],
  ["notion", "NOTION_FIND_PAGE", false],
  ["notion", "NOTION_DELETE_PAGE", false],
  ["gcal", "GOOGLECALENDAR_FIND_EVENT", true],
  ["googlecalendar", "GOOGLECALENDAR_CREATE_EVENT", false],
])("%s read_only lets %s through: %s", (app, tool, expected) => {
  verifies("connections:composio:read-only");
  expect(mayReadOnly(app, tool)).toBe(expected);
});

it("each refusal of an app's action has its code", () => {
  verifies("connections:composio:read-only");
  const declared = [
    { app: "gmail", allowed_tools: null, scope: "read_only" as const },
    { app: "slack", allowed_tools: ["SLACK_SEND_MESSAGE"], scope: "full" as const },
  ];
  expect(denyComposioTool("GITHUB_GET_X", declared)?.code).toBe("tool_outside_declared_connections");
  expect(denyComposioTool("SLACK_DELETE_X", declared)?.code).toBe("tool_outside_declared_connections");
  expect(denyComposioTool("GMAIL_SEND_EMAIL", declared)?.code).toBe("tool_blocked_by_read_only_policy");
  expect(denyComposioTool("SLACK_SEND_MESSAGE", declared)).toBeNull();
});
