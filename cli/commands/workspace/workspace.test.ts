import { afterEach, describe, expect, it } from "vitest";
import { workspaceIdSchema } from "#contract/ids";
import { callCli } from "../../../test/support/cli-host.ts";
import { startFakeEdge } from "../../../test/support/fake-edge.ts";
import type { FakeEdge } from "../../../test/support/fake-edge.ts";
import { verifies } from "../../../test/verifies.ts";

let edge: FakeEdge | undefined;

afterEach(async () => {
  await edge?.close();
  edge = undefined;
});

const id = workspaceIdSchema.parse(`wsp_${"0".repeat(26)}`);

/** A server, and the bodies with which it was asked to delete the workspace. */
async function openEdge(): Promise<{ edge: FakeEdge; confirmed: unknown[] }> {
  const confirmed: unknown[] = [];
  edge = await startFakeEdge({
    getWorkspaceInfo: () => ({
      workspace_id: id,
      workspace_name: "default",
      principal: { kind: "owner", scopes: [] },
    }),
    getStorage: () => ({
      retention_days: 90,
      stored: [{ kind: "runs", count: 3, size_bytes: null, oldest_at: null, goes_at: null }],
      next_look_at: "2026-01-03T03:00:00.000Z",
      last_look: null,
      being_deleted: 0,
    }),
    deleteWorkspace: ({ json }) => {
      confirmed.push(json());
      return { workspace_id: id, being_deleted: true, runs_left: 1234 };
    },
  });
  return { edge, confirmed };
}

describe("floom workspace delete", () => {
  it("says what goes, and deletes only when the workspace's id is typed", async () => {
    verifies("retention:workspace:owner-and-name");
    const opened = await openEdge();
    for (const reply of ["", "y", "yes", "default", id.slice(0, -1)]) {
      const declined = await callCli(["workspace", "delete"], { edge: opened.edge, reply });
      expect(declined.stderr).toContain("Nothing was deleted.");
      expect(declined.stderr).toContain("3 runs");
    }
    expect(opened.confirmed).toEqual([]);
    const agreed = await callCli(["workspace", "delete"], { edge: opened.edge, reply: `${id}\n` });
    expect(agreed).toMatchObject({ exitCode: 0, stdout: `${id} is being deleted.\n` });
    expect(agreed.stderr).toContain("1,234 runs are left");
    expect(opened.confirmed).toEqual([{ confirm: id }]);
  });

  it("demands --yes where nobody can be asked, before it asks the server anything", async () => {
    verifies("retention:workspace:owner-and-name");
    const opened = await openEdge();
    expect((await callCli(["workspace", "delete"], { edge: opened.edge })).exitCode).toBe(2);
    const inJson = await callCli(["workspace", "delete", "--json"], { edge: opened.edge, reply: id });
    expect(inJson.exitCode).toBe(2);
    expect(opened.edge.requests).toHaveLength(0);
    const { exitCode, stdout } = await callCli(["workspace", "delete", "-y", "--json"], {
      edge: opened.edge,
    });
    expect([exitCode, JSON.parse(stdout)]).toEqual([
      0,
      { workspace_id: id, being_deleted: true, runs_left: 1234 },
    ]);
  });
});
