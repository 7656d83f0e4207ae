import { afterEach, expect, it } from "vitest";
import { clientGrantIdSchema, workspaceIdSchema } from "#contract/ids";
import { callCli } from "../../../test/support/cli-host.ts";
import { startFakeEdge } from "../../../test/support/fake-edge.ts";
import type { FakeEdge } from "../../../test/support/fake-edge.ts";
import { verifies } from "../../../test/verifies.ts";

let edge: FakeEdge | undefined;
afterEach(async () => {
  await edge?.close();
  edge = undefined;
});

const client = {
  id: clientGrantIdSchema.parse(`ocl_${"0".repeat(26)}`),
  client_id: "https://client.example/client.json",
  client_name: "An editor",
  known_by: "document" as const,
  workspace_id: workspaceIdSchema.parse(`wsp_${"0".repeat(26)}`),
  workspace_name: "Home",
  scopes: ["runs:read"],
  connected_at: "2026-01-01T00:00:00.000Z",
  last_used_at: null,
};

it("shows which programs act for a person, and disconnects one", async () => {
  verifies("oauth:cli:list-and-revoke");
  edge = await startFakeEdge({
    listConnectedClients: () => [client],
    revokeConnectedClient: () => undefined,
  });
  const listed = await callCli(["clients", "list", "--json"], { edge });
  expect(JSON.parse(listed.stdout)).toEqual([client]);
  const shown = await callCli(["clients", "list"], { edge });
  expect(shown.stdout).toContain("An editor");
  const gone = await callCli(["clients", "revoke", client.id], { edge });
  expect([gone.exitCode, gone.stdout]).toEqual([0, `Disconnected ${client.id}.\n`]);
});
