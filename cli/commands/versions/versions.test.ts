import { afterEach, describe, expect, it } from "vitest";
import type { VersionDiff } from "#contract/versions/version";
import { callCli } from "../../../test/support/cli-host.ts";
import { FakeProblem, startFakeEdge, writeEvents } from "../../../test/support/fake-edge.ts";
import type { FakeEdge } from "../../../test/support/fake-edge.ts";
import {
  sampleEvents,
  sampleRun,
  sampleRunId,
  sampleRunSummary,
  sampleVersion,
  sampleWorker,
  sampleWorkerDetail,
} from "../../../test/support/sample-records.ts";
import { verifies } from "../../../test/verifies.ts";

let edge: FakeEdge | undefined;
afterEach(async () => {
  await edge?.close();
});

async function openEdge(handlers: Parameters<typeof startFakeEdge>[0]): Promise<FakeEdge> {
  edge = await startFakeEdge(handlers);
  return edge;
}

const diff: VersionDiff = {
  worker: "hello-worker",
  from: 3,
  to: 2,
  files: [
    {
      path: "run.py",
      change: "changed",
      binary: false,
      before_bytes: 4,
      after_bytes: 4,
      diff: "--- a/run.py\n+++ b/run.py\n@@ -1,1 +1,1 @@\n-new\n+old\n",
    },
    {
      path: "logo.png",
      change: "removed",
      binary: true,
      before_bytes: 2048,
      after_bytes: null,
      diff: null,
    },
  ],
  manifest: [
    {
      pointer: "/limits/timeout_seconds",
      before: 30,
      after: 90,
    },
  ],
  may_newly: [
    {
      kind: "longer_timeout",
      what: "90",
      detail: "It may run for 90 seconds instead of 30.",
    },
  ],
};

const onThree = () => ({ ...sampleWorkerDetail(), version: 3 });
const activated = () => ({
  worker: sampleWorker({ version: 2 }),
  version: {
    ...sampleVersion(2),
    active: true,
  },
  previous: 3,
  changed: true,
});

describe("floom rollback", () => {
  it("shows the changes and what the worker may newly do, asks, and activates the version before", async () => {
    verifies("versions:cli:shows-before-asking");
    const opened = await openEdge({
      getWorker: onThree,
      diffVersions: () => diff,
      activateVersion: activated,
    });
    const declined = await callCli(["rollback", "hello-worker"], { edge: opened, reply: "n" });
    expect(declined.stderr).toContain("-new\n+old");
    expect(declined.stderr).toContain("removed logo.png (binary, 2 KiB -> nothing)");
    expect(declined.stderr).toContain("/limits/timeout_seconds  30 -> 90");
    expect(declined.stderr).toContain("! It may run for 90 seconds instead of 30. longer_timeout");
    expect(opened.requests.map(({ routeId }) => routeId)).not.toContain("activateVersion");
    const agreed = await callCli(["rollback", "hello-worker"], { edge: opened, reply: "y" });
    expect(agreed.stdout).toBe("hello-worker is on version 2 now (it was 3).\n");
    const sent = opened.requests.find(({ routeId }) => routeId === "activateVersion");
    expect(sent?.params).toEqual({ worker: "hello-worker", version: "2" });
    expect(sent?.json()).toEqual({ force: [], if_active: 3 });
  });

  it("demands --yes where nobody can be asked, and a number that can be one", async () => {
    const opened = await openEdge({ getWorker: () => ({ ...sampleWorkerDetail(), version: 1 }) });
    expect((await callCli(["rollback", "hello-worker", "2"], { edge: opened })).stderr).toContain(
      "needs --yes",
    );
    expect((await callCli(["rollback", "hello-worker"], { edge: opened })).stderr).toContain(
      "only one version",
    );
    const odd = await callCli(["rollback", "hello-worker", "two"], { edge: opened });
    expect(odd).toMatchObject({ exitCode: 2 });
    const guard = await callCli(["rollback", "hello-worker", "2", "--force", "all"], { edge: opened });
    expect(guard.stderr).toContain("drops_approvals or re_enables");
  });

  it("tells which guard stands in the way and what would set it aside", async () => {
    verifies("versions:rollback:guards");
    const fix = 'Send "force": ["drops_approvals"] if that is what you want.';
    const standing = [{ pointer: "/force", code: "drops_approvals", detail: "It asks for approval.", fix }];
    const opened = await openEdge({
      getWorker: onThree,
      activateVersion: () => {
        throw new FakeProblem("activation_refused", "Version 2 is not activated.", standing);
      },
    });
    const { exitCode, stderr } = await callCli(["rollback", "hello-worker", "2", "--yes"], { edge: opened });
    expect(exitCode).toBe(5);
    expect(stderr).toContain("drops_approvals It asks for approval.");
  });
});

describe("floom versions", () => {
  it("diffs to the active version when no other is named", async () => {
    const opened = await openEdge({ getWorker: onThree, diffVersions: () => ({ ...diff, from: 1, to: 3 }) });
    const { stdout } = await callCli(["versions", "diff", "hello-worker", "1"], { edge: opened });
    expect(opened.requests.at(-1)?.params).toMatchObject({ version: "1", other: "3" });
    expect(stdout).toContain("Version 3 may newly do:");
  });

  it("shows one version, and lists them as workers versions does", async () => {
    const { config: manifest } = sampleWorkerDetail();
    const opened = await openEdge({
      getVersion: () => ({ ...sampleVersion(), worker: "hello-worker", manifest }),
      listVersions: () => [sampleVersion()],
    });
    const shown = await callCli(["versions", "show", "hello-worker", "1"], { edge: opened });
    expect(shown.stdout).toContain("approval  not required");
    const listed = await callCli(["versions", "list", "hello-worker"], { edge: opened });
    const known = await callCli(["workers", "versions", "hello-worker"], { edge: opened });
    expect(listed.stdout).toBe(known.stdout);
  });
});

describe("floom replay", () => {
  it("replays, follows the new run, and shows the difference to the first", async () => {
    verifies("replay:compare:side-by-side");
    const opened = await openEdge({
      getRun: () => sampleRun(),
      getWorker: () => sampleWorkerDetail(),
      replayRun: () => sampleRun({ status: "queued", replay_of: sampleRunId }),
      streamRunEvents: ({ response }) => writeEvents(response, sampleEvents()),
      compareRuns: () => ({
        a: sampleRunSummary(),
        b: sampleRunSummary({ version: 2 }),
        same_worker: true,
        same_version: false,
        status: {
          a: "completed",
          b: "completed",
          same: true,
        },
        inputs: [
          {
            name: "name",
            change: "changed",
            a: "Ada",
            b: "Grace",
          },
        ],
        outputs: [
          {
            name: "extra",
            change: "only_b",
            a: null,
            b: 1,
          },
        ],
        timing: {
          a_ms: 1200,
          b_ms: 1300,
          delta_ms: 100,
        },
        log: {
          a_lines: 1,
          b_lines: 1,
          diff: "",
          truncated: false,
        },
      }),
    });
    const argv = ["replay", sampleRunId, "--active", "--dry", "--compare", "--input", "name=Grace"];
    const { exitCode, stdout } = await callCli(argv, { edge: opened });
    expect(exitCode).toBe(0);
    const sent = opened.requests.find(({ routeId }) => routeId === "replayRun");
    expect(sent?.json()).toEqual({ version: "active", inputs: { name: "Grace" }, dry: true });
    expect(stdout).toContain("input name  Ada -> Grace");
    expect(stdout).toContain("output extra  none -> 1");
    expect(stdout).toContain("version  1 -> 2");
  });
});
