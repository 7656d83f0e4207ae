import { afterEach, describe, expect, it } from "vitest";
import type { AnomalyWatch } from "#contract/anomalies/anomaly";
import type { VersionReview } from "#contract/versions/review";
import { callCli } from "../../../test/support/cli-host.ts";
import { FakeProblem, startFakeEdge } from "../../../test/support/fake-edge.ts";
import type { FakeEdge } from "../../../test/support/fake-edge.ts";
import { sampleVersion } from "../../../test/support/sample-records.ts";

let edge: FakeEdge | undefined;
afterEach(async () => {
  await edge?.close();
});

async function openEdge(handlers: Parameters<typeof startFakeEdge>[0]): Promise<FakeEdge> {
  edge = await startFakeEdge(handlers);
  return edge;
}

const waiting = () => ({
  ...sampleVersion(2),
  active: false,
  state: "quarantined" as const,
  pushed_by: "tok_agent",
  digest: "d".repeat(64),
});
const review = (): VersionReview => ({
  worker: "hello-worker",
  version: waiting(),
  against: 1,
  may_newly: [{ kind: "call", what: "other-one", detail: "It may call other-one." }],
  may_no_longer: [{ kind: "secret", what: "OLD_KEY", detail: "It may read OLD_KEY." }],
  manifest: [],
  files: [],
});

describe("floom trust list and show", () => {
  it("lists what waits, and nothing else", async () => {
    const opened = await openEdge({
      listQuarantine: ({ query }) => ({
        versions: [
          {
            worker: query["cursor"] === undefined ? "hello-worker" : "other",
            title: "T",
            version: waiting(),
          },
        ],
        next_cursor: query["cursor"] === undefined ? "more" : null,
      }),
    });
    const { stdout } = await callCli(["trust", "list"], { edge: opened });
    expect(stdout).toMatch(/hello-worker +2 +tok_agent/);
    expect(stdout.trim().split("\n")).toHaveLength(3);
    const told = await callCli(["trust", "list", "--json"], { edge: opened });
    expect(JSON.parse(told.stdout)).toMatchObject([
      { worker: "hello-worker", version: { number: 2 } },
      { worker: "other" },
    ]);
  });

  it("shows who pushed the newest that waits, and what it may newly and no longer do", async () => {
    const opened = await openEdge({
      listVersions: () => [waiting(), sampleVersion(1)],
      reviewVersion: review,
    });
    const { stdout, stderr } = await callCli(["trust", "show", "hello-worker"], { edge: opened });
    expect(opened.requests.at(-1)?.params).toEqual({ worker: "hello-worker", version: "2" });
    expect(stdout).toContain("tok_agent");
    expect(stdout).toContain("! It may call other-one. call");
    expect(stdout).toContain("may no longer:\n  secret OLD_KEY");
    expect(stderr).toContain(`--expected-digest ${"d".repeat(64)}`);
  });

  it("says so where nothing waits", async () => {
    const opened = await openEdge({ listVersions: () => [sampleVersion(1)] });
    const { exitCode, stderr } = await callCli(["trust", "show", "hello-worker"], { edge: opened });
    expect(exitCode).toBe(2);
    expect(stderr).toContain("No version of hello-worker waits");
  });
});

describe("floom trust promote, reject and retire", () => {
  it("promotes the very bundle that was shown, and only after a yes", async () => {
    const opened = await openEdge({
      reviewVersion: review,
      promoteVersion: () => ({ ...waiting(), state: "active" as const, active: true }),
    });
    const argv = ["trust", "promote", "hello-worker", "2"];
    const declined = await callCli(argv, { edge: opened, reply: "n" });
    expect(declined.stderr).toContain("It may call other-one.");
    expect(opened.requests.map(({ routeId }) => routeId)).not.toContain("promoteVersion");
    const agreed = await callCli(argv, { edge: opened, reply: "y" });
    expect(agreed.stdout).toBe("hello-worker is on version 2 now.\n");
    expect(opened.requests.at(-1)?.json()).toEqual({ expected_digest: "d".repeat(64) });
    expect((await callCli(argv, { edge: opened })).stderr).toContain("needs --yes or --expected-digest");
  });

  it("tells that another bundle than was reviewed is not promoted", async () => {
    const opened = await openEdge({
      promoteVersion: () => {
        throw new FakeProblem("version_conflict", "Version 2 is not the bundle that was reviewed.");
      },
    });
    const argv = ["trust", "promote", "hello-worker", "2", "--expected-digest", "e"];
    const { exitCode, stderr } = await callCli(argv, { edge: opened });
    expect(exitCode).toBe(5);
    expect(stderr).toContain("not the bundle that was reviewed");
    expect(opened.requests.at(-1)?.json()).toEqual({ expected_digest: "e" });
  });

  it("rejects with a reason, and retires after a yes", async () => {
    const opened = await openEdge({
      rejectVersion: () => ({ ...waiting(), state: "rejected" as const }),
      retireVersion: () => ({ ...waiting(), state: "retired" as const }),
    });
    const reject = ["trust", "reject", "hello-worker", "2"];
    expect((await callCli(reject, { edge: opened })).stderr).toContain("needs --reason");
    await callCli([...reject, "--reason", "It deletes."], { edge: opened });
    expect(opened.requests.at(-1)?.json()).toEqual({ reason: "It deletes." });
    const retire = ["trust", "retire", "hello-worker", "2"];
    expect((await callCli(retire, { edge: opened })).stderr).toContain("needs --yes");
    const retired = await callCli([...retire, "--yes", "--json"], { edge: opened });
    expect(JSON.parse(retired.stdout)).toMatchObject({ state: "retired" });
  });
});

describe("floom trust watch", () => {
  const watch = (): AnomalyWatch => ({
    worker: "hello-worker",
    actions: { novel_tool: null, denial_streak: "pause", rate_breach: null, unusual_spend: null },
    in_force: {
      novel_tool: "notify",
      denial_streak: "pause",
      rate_breach: "notify",
      unusual_spend: "notify",
    },
    restraint: {
      action: "pause",
      kind: "denial_streak",
      reason: "3 calls in a row were refused.",
      since: "2026-01-01T00:00:00.000Z",
    },
  });

  it("shows what is done, who says so, and what the worker is held to", async () => {
    const opened = await openEdge({ getAnomalyWatch: watch });
    const { stdout, stderr } = await callCli(["trust", "watch", "hello-worker"], { edge: opened });
    expect(stdout).toMatch(/denial_streak +pause +worker/);
    expect(stdout).toMatch(/novel_tool +notify +workspace/);
    expect(stdout).toContain("3 calls in a row were refused.");
    expect(stderr).toContain("floom workers resume hello-worker");
  });

  it("sets what was asked for, and refuses what is no kind or action before it asks", async () => {
    const opened = await openEdge({ setAnomalyActions: watch });
    const set = (...on: string[]) =>
      callCli(["trust", "watch", "hello-worker", ...on.flatMap((one) => ["--on", one])], { edge: opened });
    await set("denial_streak=pause", "novel_tool=inherit");
    expect(opened.requests.at(-1)?.json()).toEqual({ denial_streak: "pause", novel_tool: null });
    for (const wrong of ["denial_streak", "denial_streak=stop", "other=pause"])
      expect((await set(wrong)).exitCode).toBe(2);
    expect(opened.requests).toHaveLength(1);
  });
});
