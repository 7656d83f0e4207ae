import { afterEach, describe, expect, it } from "vitest";
import { workspaceSettingsSchema } from "#contract/retention/retention";
import type { StorageReport } from "#contract/retention/retention";
import { callCli } from "../../../test/support/cli-host.ts";
import { startFakeEdge } from "../../../test/support/fake-edge.ts";
import type { FakeEdge } from "../../../test/support/fake-edge.ts";
import { verifies } from "../../../test/verifies.ts";

let edge: FakeEdge | undefined;

afterEach(async () => {
  await edge?.close();
  edge = undefined;
});

const report: StorageReport = {
  retention_days: 30,
  stored: [
    {
      kind: "runs",
      count: 4000,
      size_bytes: null,
      oldest_at: "2026-01-02T00:00:00.000Z",
      goes_at: "2026-02-01T03:00:00.000Z",
    },
    { kind: "versions", count: 1, size_bytes: 2048, oldest_at: "2026-01-01T00:00:00.000Z", goes_at: null },
    { kind: "uploads", count: 0, size_bytes: 0, oldest_at: null, goes_at: null },
  ],
  next_look_at: "2026-01-03T03:00:00.000Z",
  last_look: {
    at: "2026-01-02T03:00:00.000Z",
    deleted: { runs: 2, versions: 1, uploads: 0, mails: 0 },
  },
  being_deleted: 1,
};

const noCaps = {
  default_timeout_seconds: null,
  approval_default: null,
  default_model: null,
  fallback_model: null,
  on_novel_tool: null,
  on_denial_streak: null,
  on_rate_breach: null,
  on_unusual_spend: null,
  quarantine_pushes_of: null,
  daily_spend_cap_usd: null,
  monthly_spend_cap_usd: null,
  user_daily_spend_cap_usd: null,
  user_monthly_spend_cap_usd: null,
};
const asMapping = (body: unknown) => (typeof body === "object" ? body : {});

async function openEdge(): Promise<FakeEdge> {
  edge = await startFakeEdge({
    getStorage: () => report,
    changeWorkspaceSettings: ({ json }) => workspaceSettingsSchema.parse({ ...noCaps, ...asMapping(json()) }),
  });
  return edge;
}

describe("floom retention", () => {
  it("says what is stored, for how long, and what goes when", async () => {
    verifies("retention:report:what-goes-when");
    const opened = await openEdge();
    const { stdout } = await callCli(["retention", "show"], { edge: opened });
    expect(stdout.split("\n")).toEqual([
      "Ended runs are kept 30 days.",
      "at least 4,000 runs, oldest from 2026-01-02, goes 2026-02-01 at the earliest",
      "1 version, 2 KiB, oldest from 2026-01-01",
      "0 uploads, 0 B",
      "next look 2026-01-03T03:00:00.000Z; last one 2026-01-02T03:00:00.000Z deleted 2 runs, 1 version, 0 uploads, 0 mails; 1 deletion under way",
      "",
    ]);
    const shown = await callCli(["retention", "show", "--json"], { edge: opened });
    expect(JSON.parse(shown.stdout)).toEqual(report);
  });

  it("sets days or for ever, and refuses everything else before it asks the server", async () => {
    const opened = await openEdge();
    const set = await callCli(["retention", "set", "7"], { edge: opened });
    expect(set).toMatchObject({ exitCode: 0, stdout: "Ended runs are kept 7 days.\n" });
    expect(set.stderr).toContain("from 2026-01-03T03:00:00.000Z on");
    const ever = await callCli(["retention", "set", "forever", "--json"], { edge: opened });
    expect(JSON.parse(ever.stdout)).toEqual({ ...noCaps, retention_days: null });
    const asked = opened.requests.length;
    for (const given of ["0", "3651", "1.5", "1e2", "never", ""])
      expect((await callCli(["retention", "set", given], { edge: opened })).exitCode, given).toBe(2);

    expect(opened.requests).toHaveLength(asked);
  });
});
