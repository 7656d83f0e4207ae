import { afterEach, describe, expect, it } from "vitest";
import { callCli } from "../../../test/support/cli-host.ts";
import { startFakeEdge } from "../../../test/support/fake-edge.ts";
import type { FakeEdge } from "../../../test/support/fake-edge.ts";
import {
  sampleRun,
  sampleRunId,
  sampleRunSummary,
  sampleWorker,
} from "../../../test/support/sample-records.ts";
import { verifies } from "../../../test/verifies.ts";

let edge: FakeEdge | undefined;
afterEach(() => edge?.close());

async function openEdge(handlers: Parameters<typeof startFakeEdge>[0]): Promise<FakeEdge> {
  edge = await startFakeEdge(handlers);
  return edge;
}

const failed = { ...sampleRunSummary({ status: "failed", error_code: "timeout" }), kind: "limit" as const };

describe("floom deadletters", () => {
  it("lists what is left to deal with, by the filters", async () => {
    const opened = await openEdge({ listDeadLetters: () => ({ runs: [failed], next_cursor: null }) });
    const { stdout } = await callCli(["deadletters", "list", "--kind", "limit", "-w", "hello-worker"], {
      edge: opened,
    });
    expect(stdout).toContain("timeout");
    expect(opened.requests[0]?.query).toMatchObject({ kind: "limit", worker_id: "hello-worker" });
  });

  it("starts over the runs that are named or those the filters match, never all by accident", async () => {
    verifies("cli:deadletters:named-or-all");
    const opened = await openEdge({
      redriveDeadLetters: () => ({
        results: [{ id: sampleRunId, outcome: "redriven", run_id: sampleRunId, problem: null }],
      }),
    });
    const call = (...args: string[]) => callCli(["deadletters", "redrive", ...args], { edge: opened });
    expect((await call()).exitCode).toBe(2);
    expect((await call(sampleRunId, "--all")).exitCode).toBe(2);
    expect(opened.requests).toHaveLength(0);
    expect((await call(sampleRunId)).exitCode).toBe(0);
    expect(opened.requests[0]?.json()).toEqual({ ids: [sampleRunId], version: "active" });
    await call("--all", "--code", "timeout", "--same-version");
    expect(opened.requests[1]?.json()).toEqual({ filter: { code: "timeout" }, version: "same" });
  });

  it("ends with exit code 5 when one was refused, and says why", async () => {
    const problem = { code: "worker_paused", detail: "hello-worker is paused." };
    const opened = await openEdge({
      redriveDeadLetters: () => ({
        results: [{ id: sampleRunId, outcome: "refused", run_id: null, problem }],
      }),
    });
    const { exitCode, stdout } = await callCli(["deadletters", "redrive", sampleRunId], { edge: opened });
    expect(exitCode).toBe(5);
    expect(stdout).toContain("hello-worker is paused.");
  });

  it("dismisses", async () => {
    const opened = await openEdge({ dismissDeadLetters: () => ({ dismissed: [sampleRunId] }) });
    const { stdout } = await callCli(["deadletters", "dismiss", sampleRunId], { edge: opened });
    expect(stdout).toBe(`${sampleRunId} dismissed\n`);
  });
});

it("a worker is paused and resumed", async () => {
  const opened = await openEdge({
    pauseWorker: () => sampleWorker({ paused: true }),
    resumeWorker: () => sampleWorker(),
  });
  const paused = await callCli(["workers", "pause", "hello-worker"], { edge: opened });
  expect(paused.stdout).toContain("floom workers resume hello-worker");
  expect((await callCli(["workers", "resume", "hello-worker"], { edge: opened })).exitCode).toBe(0);
});

it("a run with several tries shows how each of them ended", async () => {
  const time = "2026-01-01T00:00:00.000Z";
  const tries = [
    { attempt: 1, started_at: time, ended_at: time, lost: true, error_code: "e2b_sandbox_error" },
    { attempt: 2, started_at: time, ended_at: time, lost: false, error_code: "execution_error" },
    { attempt: 3, started_at: time, ended_at: time, lost: false, error_code: null },
  ];
  const opened = await openEdge({ getRun: () => sampleRun({ attempt: 3, attempts: tries }) });
  const { stdout } = await callCli(["runs", "show", sampleRunId], { edge: opened });
  const lines = stdout.split("\n").filter((line) => line.includes("attempt"));
  expect(lines.map((line) => line.replace(/ +/g, " ").trim())).toEqual([
    "attempt 1 lost by the platform (e2b_sandbox_error)",
    "attempt 2 execution_error",
    "attempt 3 completed",
  ]);
});
