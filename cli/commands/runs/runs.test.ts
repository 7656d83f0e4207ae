import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { problemSchema } from "#contract/problem";
import { buildFailure } from "#contract/runs/run-failure";
import { callCli } from "../../../test/support/cli-host.ts";
import { FakeProblem, startFakeEdge, writeEvents } from "../../../test/support/fake-edge.ts";
import type { FakeEdge } from "../../../test/support/fake-edge.ts";
import {
  sampleEvents,
  sampleRun,
  sampleRunId,
  sampleRunSummary,
} from "../../../test/support/sample-records.ts";
import { verifies } from "../../../test/verifies.ts";

let dir: string;
let edge: FakeEdge | undefined;

beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), "floom-cli-"));
});
afterEach(async () => {
  await edge?.close();
  await rm(dir, { recursive: true });
});

async function openEdge(handlers: Parameters<typeof startFakeEdge>[0]): Promise<FakeEdge> {
  edge = await startFakeEdge(handlers);
  return edge;
}

const timestamp = "2026-01-01T00:00:00.000Z";
const lines = (["system", "stdout", "stderr"] as const).map((stream) => ({
  level: "info" as const,
  stream,
  message: `from ${stream}`,
  timestamp,
}));

describe("floom runs logs", () => {
  it("prints the script's lines from every page and nothing else", async () => {
    verifies("cli:runs:logs-print-the-script-alone");
    const opened = await openEdge({
      getRunLogs: ({ query }) =>
        query["after"] === undefined
          ? { logs: lines, next_after: 3 }
          : { logs: [{ ...lines[1], message: "  last \u001B[1mbold" }], next_after: null },
    });
    const { exitCode, stdout, stderr } = await callCli(["runs", "logs", sampleRunId], { edge: opened });
    expect({ exitCode, stdout, stderr }).toEqual({
      exitCode: 0,
      stderr: "",
      stdout: "from stdout\nfrom stderr\n  last \x1B[1mbold\n",
    });
  });

  it("adds the platform's lines and times when asked", async () => {
    const opened = await openEdge({ getRunLogs: () => ({ logs: lines, next_after: null }) });
    const { stdout } = await callCli(["runs", "logs", sampleRunId, "--system", "-t"], { edge: opened });
    expect(stdout.split("\n")[0]).toBe(`${timestamp} from system`);
    const json = await callCli(["runs", "logs", sampleRunId, "--json"], { edge: opened });
    expect(JSON.parse(json.stdout)).toEqual({ logs: lines.slice(1) });
  });

  it("follows until the run ends", async () => {
    const opened = await openEdge({
      streamRunEvents: ({ response }) => writeEvents(response, sampleEvents()),
    });
    const { exitCode, stdout } = await callCli(["runs", "logs", "-f", sampleRunId], { edge: opened });
    expect(exitCode).toBe(0);
    expect(stdout).toBe("line one\nline two\na warning\n");
    const json = await callCli(["runs", "logs", "-f", sampleRunId, "--json"], { edge: opened });
    expect(
      json.stdout
        .trim()
        .split("\n")
        .map((line) => JSON.parse(line).message),
    ).toEqual(["line one", "line two", "a warning"]);
  });
});

describe("floom runs list, show, cancel, download", () => {
  it("reads as many pages as the limit needs", async () => {
    const opened = await openEdge({
      listRuns: ({ query }) => ({
        runs: Array.from({ length: Number(query["limit"]) > 2 ? 2 : Number(query["limit"]) }, () =>
          sampleRunSummary(),
        ),
        next_cursor: "more",
      }),
    });
    const argv = ["runs", "list", "-n", "3", "-w", "hello-worker", "-s", "completed", "--json"];
    const { stdout } = await callCli(argv, { edge: opened });
    expect(JSON.parse(stdout).runs).toHaveLength(3);
    expect(opened.requests[1]?.query).toEqual({
      worker_id: "hello-worker",
      status: "completed",
      limit: "1",
      cursor: "more",
    });
    expect((await callCli(["runs", "list"], { edge: opened })).stdout).toContain("1 min ago");
  });

  it("shows a failed run whole and exits 0, because it was found", async () => {
    const failure = buildFailure("timeout");
    const opened = await openEdge({ getRun: () => sampleRun({ status: "failed", failure }) });
    const { exitCode, stdout } = await callCli(["runs", "show", sampleRunId], { edge: opened });
    expect(exitCode).toBe(0);
    expect(stdout).toMatch(/status +failed/);
    expect(stdout).toContain(failure.hint);
  });

  it("cancels", async () => {
    const opened = await openEdge({ cancelRun: () => sampleRun({ status: "cancelled" }) });
    const { stdout } = await callCli(["runs", "cancel", sampleRunId], { edge: opened });
    expect(stdout).toBe(`${sampleRunId} cancelled\n`);
  });

  it("saves a zip, and replaces none", async () => {
    const opened = await openEdge({ downloadRun: ({ response }) => void response.end("zip") });
    const argv = ["runs", "download", sampleRunId];
    expect((await callCli(argv, { edge: opened, cwd: dir })).exitCode).toBe(0);
    expect(await readFile(join(dir, `${sampleRunId}.zip`), "utf8")).toBe("zip");
    expect((await callCli(argv, { edge: opened, cwd: dir })).exitCode).toBe(5);
    expect((await callCli([...argv, "--force"], { edge: opened, cwd: dir })).exitCode).toBe(0);
    expect((await callCli([...argv, "--output", "-"], { edge: opened })).stdout).toBe("zip");
  });
});

describe("errors", () => {
  it("are one problem document on standard error with --json, and nothing on standard output", async () => {
    verifies("cli:errors:problem-document-in-json-mode");
    const opened = await openEdge({});
    const calls = [
      ["runs", "show", sampleRunId, "--json"],
      ["runs", "show", "--json"],
      ["runs", "list", "--limit", "zero", "--json"],
      ["wokers", "list", "--json"],
      ["workers", "push", "/nonexistent/folder", "--json"],
    ];
    for (const argv of calls) {
      const { exitCode, stdout, stderr } = await callCli(argv, { edge: opened });
      expect(exitCode).toBeGreaterThan(1);
      expect(stdout).toBe("");
      expect(problemSchema.parse(JSON.parse(stderr)).detail).not.toBe("");
    }
  });

  it("have the exit code of what happened", async () => {
    verifies("cli:exit:codes");
    const cases = [
      ["invalid_inputs", 2],
      ["unauthenticated", 3],
      ["insufficient_scope", 3],
      ["not_found", 4],
      ["version_conflict", 5],
      ["rate_limit_exceeded", 6],
      ["internal", 6],
    ] as const;
    for (const [code, exitCode] of cases) {
      const opened = await openEdge({
        getRun: () => {
          throw new FakeProblem(code, "What happened.");
        },
      });
      const result = await callCli(["runs", "show", sampleRunId], { edge: opened });
      expect(result).toMatchObject({
        exitCode,
        stderr: expect.stringContaining("error What happened.\nhint"),
      });
      expect(result.stderr).toContain("request req_");
      await opened.close();
      edge = undefined;
    }
  });

  it("never show the token", async () => {
    verifies("cli:config:token-stays-with-its-server");
    const opened = await openEdge({});
    for (const argv of [["whoami"], ["doctor"], ["runs", "list"], ["doctor", "--json"]]) {
      const { stdout, stderr } = await callCli(argv, { edge: opened });
      expect(stdout + stderr).not.toContain(opened.token);
    }
  });

  it("suggest the command that was meant", async () => {
    const { exitCode, stderr } = await callCli(["workers", "lst"]);
    expect(exitCode).toBe(2);
    expect(stderr).toContain("Did you mean");
  });
});
