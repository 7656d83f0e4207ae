import { afterEach, expect, it } from "vitest";
import { runIdSchema, workerNameSchema, workSessionIdSchema } from "#contract/ids";
import type { WorkSessionDetail } from "#contract/work-sessions/work-session";
import { callCli } from "../../../test/support/cli-host.ts";
import { startFakeEdge } from "../../../test/support/fake-edge.ts";
import type { FakeEdge } from "../../../test/support/fake-edge.ts";
import { sampleRun } from "../../../test/support/sample-records.ts";

const id = workSessionIdSchema.parse("ses_01j9zzzzzzzzzzzzzzzzzzzzzz");
const session: WorkSessionDetail = {
  id,
  name: "Refactoring",
  status: "active",
  created_by: "tok_1",
  started_at: "2026-01-01T00:00:00.000Z",
  last_seen_at: "2026-01-01T00:00:00.000Z",
  lapse_seconds: 1800,
  lapses_at: "2026-01-01T00:30:00.000Z",
  ended_at: null,
  end_message: null,
  notes: [
    { number: 1, note: "Look at the index.", created_by: "tok_1", created_at: "2026-01-01T00:00:00.000Z" },
  ],
  runs: [
    {
      run_id: runIdSchema.parse("run_01j9zzzzzzzzzzzzzzzzzzzzzz"),
      worker: workerNameSchema.parse("hello"),
      status: "completed",
      added_by: "tok_1",
      added_at: "2026-01-01T00:00:00.000Z",
    },
  ],
};

let edge: FakeEdge | undefined;
afterEach(async () => {
  await edge?.close();
});

it("begins one and prints its id alone, so that a shell can keep it", async () => {
  edge = await startFakeEdge({ startWorkSession: () => session });
  const begun = await callCli(["session", "start", "Refactoring", "--lapse", "600"], { edge });
  expect(begun.stdout).toBe(`${id}\n`);
  expect(begun.stderr).toContain(`FLOOM_SESSION=${id}`);
  expect(edge.requests.at(-1)?.json()).toMatchObject({ name: "Refactoring", lapse_seconds: 600 });
});

it("means the session of the shell, else the newest active one, and says where there is none", async () => {
  edge = await startFakeEdge({
    getWorkSession: () => session,
    listWorkSessions: () => ({ sessions: [{ ...session, status: "lapsed" }, session], next_cursor: null }),
  });
  const shown = await callCli(["session", "status"], { edge, env: { FLOOM_SESSION: id } });
  expect(shown.stdout).toContain(`Refactoring (${id}): active`);
  expect(shown.stdout).toContain("Look at the index.");
  expect(shown.stdout).toMatch(/run_01j9z+ +hello +completed/);
  expect(edge.requests).toHaveLength(1);
  expect((await callCli(["session", "status"], { edge })).exitCode).toBe(0);
  await edge.close();
  edge = await startFakeEdge({ listWorkSessions: () => ({ sessions: [], next_cursor: null }) });
  const none = await callCli(["session", "end"], { edge });
  expect(none.exitCode).toBe(4);
  expect(none.stderr).toContain("floom session start");
});

it("adds the runs of a shell to its session, and stops nothing where that fails", async () => {
  const run = sampleRun({ status: "queued" });
  edge = await startFakeEdge({
    getWorker: () => ({}),
    startRun: () => run,
    addWorkSessionRun: () => session,
  });
  const env = { FLOOM_SESSION: id };
  const started = await callCli(["run", "hello", "--no-wait"], { edge, env });
  expect(started.exitCode).toBe(0);
  expect(edge.requests.at(-1)?.params).toEqual({ session: id, run: run.id });
  await edge.close();
  edge = await startFakeEdge({ getWorker: () => ({}), startRun: () => run });
  const alone = await callCli(["run", "hello", "--no-wait"], { edge, env });
  expect(alone.exitCode).toBe(0);
  expect(alone.stderr).toContain("was not added to the session");
});
