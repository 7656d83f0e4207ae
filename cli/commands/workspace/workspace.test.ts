import { afterEach, describe, expect, it } from "vitest";
import { workspaceIdSchema } from "#contract/ids";
import { changeSettingsSchema } from "#contract/retention/retention";
import type { WorkspaceSettings } from "#contract/retention/retention";
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

describe("floom workspace set", () => {
  it("changes one setting, takes one away, and refuses what is none before it asks the server", async () => {
    const settings: WorkspaceSettings = {
      retention_days: 90,
      default_timeout_seconds: null,
      approval_default: null,
      quarantine_pushes_of: null,
      daily_spend_cap_usd: 3,
      monthly_spend_cap_usd: null,
      user_daily_spend_cap_usd: null,
      user_monthly_spend_cap_usd: null,
      default_model: null,
      fallback_model: null,
      on_novel_tool: null,
      on_denial_streak: null,
      on_rate_breach: null,
      on_unusual_spend: null,
    };
    edge = await startFakeEdge({
      getWorkspaceSettings: () => settings,
      changeWorkspaceSettings: ({ json }) => Object.assign(settings, changeSettingsSchema.parse(json())),
    });
    const shown = await callCli(["workspace", "settings"], { edge });
    expect(shown.stdout).toMatch(/approval_default +not set/);
    const held = await callCli(["workspace", "set", "approval_default", "always"], { edge });
    expect(held).toMatchObject({ exitCode: 0, stdout: "approval_default: always\n" });
    await callCli(["workspace", "set", "default_timeout_seconds", "120"], { edge });
    await callCli(["workspace", "set", "daily_spend_cap_usd", "none"], { edge });
    const whole = await callCli(["workspace", "settings", "--json"], { edge });
    expect(JSON.parse(whole.stdout)).toMatchObject({
      approval_default: "always",
      default_timeout_seconds: 120,
      daily_spend_cap_usd: null,
    });
    const asked = edge.requests.length;
    for (const [name, value] of [
      ["daily_cap", "1"],
      ["default_timeout_seconds", "3601"],
      ["default_timeout_seconds", "soon"],
      ["approval_default", "sometimes"],
      ["daily_spend_cap_usd", "-1"],
    ] as const) {
      const refused = await callCli(["workspace", "set", name, value], { edge });
      expect(refused.exitCode, `${name} ${value}`).toBe(2);
    }
    expect(edge.requests).toHaveLength(asked);
  });
});
