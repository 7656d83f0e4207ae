import { afterEach, beforeEach, expect, it } from "vitest";
import type { Connection, ConnectionTool } from "#contract/connections/connection";
import { connectionIdSchema } from "#contract/ids";
import { callCli } from "../../../test/support/cli-host.ts";
import { startFakeEdge } from "../../../test/support/fake-edge.ts";
import type { FakeEdge } from "../../../test/support/fake-edge.ts";
import { verifies } from "../../../test/verifies.ts";

const linear: Connection = {
  id: connectionIdSchema.parse(`con_${"0".repeat(26)}`),
  name: "linear",
  kind: "mcp",
  owner: "workspace",
  owner_id: null,
  display_name: "linear",
  status: "pending",
  status_reason: "The server wants somebody to sign in.",
  account_label: null,
  mcp: { url: "https://mcp.example/mcp", transport: "streamable_http", auth: null, oauth_client: null },
  http: null,
  composio: null,
  scope: "full",
  allowed_tools: null,
  changed_tools: 1,
  created_at: "2026-03-02T09:00:00.000Z",
  updated_at: "2026-03-02T09:00:00.000Z",
  last_used_at: null,
  last_used_by: null,
  last_checked_at: null,
  last_check_status: null,
};
const tool: ConnectionTool = {
  name: "search",
  full_name: "linear__search",
  title: null,
  description: "Finds issues.",
  input_schema: {},
  effect: "write",
  claims: "read_only",
  allowed: true,
  state: "changed",
  digest: "a".repeat(64),
  accepted_at: null,
};

let edge: FakeEdge;
const sent: unknown[] = [];
beforeEach(async () => {
  sent.length = 0;
  edge = await startFakeEdge({
    listConnections: () => [linear],
    createConnection: ({ json }) => (sent.push(json()), linear),
    authorizeConnection: () => ({ url: "https://auth.example/go", expires_at: "2026-03-02T09:10:00.000Z" }),
    testConnection: () => ({
      status: "failed",
      reason: "No.",
      tested_at: "2026-03-02T09:00:00.000Z",
      tools: [],
    }),
    listConnectionTools: () => ({ tools: [tool], listed_at: null }),
    pinConnectionTools: ({ json }) => (
      sent.push(json()),
      { tools: [{ ...tool, state: "accepted" }], listed_at: null }
    ),
    deleteConnection: () => undefined,
  });
});
afterEach(() => edge.close());
const floom = (...line: string[]) => callCli(["connections", ...line], { edge });

it("a connection is added by what it leads to, and says where to sign in", async () => {
  verifies("connections:cli:commands");
  const added = await floom("add", "linear", "--mcp", "https://mcp.example/mcp", "--tool", "search");
  expect(added.stdout).toContain("https://auth.example/go");
  expect(sent).toMatchObject([
    { kind: "mcp", name: "linear", allowed_tools: ["search"], owner: "workspace" },
  ]);
  for (const line of [
    ["add", "x"],
    ["add", "x", "--mcp", "https://a.example", "--app", "gmail"],
    ["add", "x", "--http", "https://a.example"],
  ])
    expect((await floom(...line)).exitCode).toBe(2);
});

it("tools are accepted as they were shown, and never unasked", async () => {
  verifies("connections:cli:commands");
  expect((await floom("list")).stdout).toContain("1 tools changed");
  expect((await floom("tools", "linear")).stdout).toContain("linear__search");
  expect((await floom("pin", "linear")).exitCode).toBe(2);
  expect(sent).toEqual([]);
  const pinned = await floom("pin", "linear", "--yes");
  expect(pinned.stdout).toContain("Accepted search");
  expect(pinned.stderr).toContain("Finds issues.");
  expect(sent).toEqual([{ tools: [{ name: "search", digest: tool.digest }] }]);
  expect((await floom("test", "linear")).exitCode).toBe(6);
  expect((await floom("remove", "linear")).exitCode).toBe(0);
});
