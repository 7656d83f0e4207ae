import { afterEach, expect, it } from "vitest";
import { callCli } from "../../test/support/cli-host.ts";
import { startFakeEdge } from "../../test/support/fake-edge.ts";
import type { FakeEdge } from "../../test/support/fake-edge.ts";
import {
  sampleRun,
  sampleRunId,
  sampleRunSummary,
  sampleWorker,
  sampleWorkerDetail,
} from "../../test/support/sample-records.ts";
import { verifies } from "../../test/verifies.ts";

let edge: FakeEdge | undefined;
afterEach(() => edge?.close());

/** Sets the clipboard, clears the screen, in both forms of the escape; then turns and hides what follows. */
const evil = "x\u001B]52;c;cm0gLXJmIH4=\u0007\u001B[2J\u009B31m\u007F\u202Ey\u2066\u001B[8mz";
const acting = /[^\P{Cc}\n\t]|[\u200E\u200F\u202A-\u202E\u2066-\u2069]/u;

async function openEdge(): Promise<FakeEdge> {
  const summary = sampleRunSummary({ status: "failed", error_code: evil, error: evil, worker_name: evil });
  const run = sampleRun({
    status: "failed",
    error_code: evil,
    why_waiting: evil,
    outputs: { [evil]: evil },
    inputs: { [evil]: evil },
    progress: {
      percent: 1,
      message: evil,
    },
  });
  const worker = sampleWorkerDetail();
  edge = await startFakeEdge({
    listRuns: () => ({ runs: [summary], next_cursor: null }),
    getRun: () => run,
    listDeadLetters: () => ({ runs: [{ ...summary, kind: "worker" }], next_cursor: null }),
    listWorkers: () => [sampleWorker({ name: evil })],
    getWorker: () => ({ ...worker, name: evil, description: evil, recent_runs: [summary] }),
  });
  return edge;
}

it.each([
  ["runs", "list"],
  ["runs", "show", sampleRunId],
  ["deadletters", "list"],
  ["workers", "list"],
  ["workers", "show", "hello-worker"],
  ["__complete", "runs", "show", ""],
  ["__complete", "run", ""],
  ["workers", "show", evil],
  [evil],
])("a script cannot write to the clipboard or turn the screen by %s", async (...argv) => {
  verifies("cli:output:nothing-acts-on-the-terminal");
  const opened = await openEdge();
  for (const json of [false, true]) {
    const words = json ? [...argv, "--json"] : argv;
    const { stdout, stderr } = await callCli(words, {
      edge: opened,
      isTerminal: true,
      env: { NO_COLOR: "1" },
    });
    expect(stdout + stderr).not.toBe("");
    expect(acting.exec(stdout + stderr)).toBeNull();
  }
});
