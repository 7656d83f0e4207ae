// Owns the test of one input: which version it is of, and what its run has come to. Never starts a run itself, and judges
// no run that it has not asked for. Writes nothing.
import type { Principal } from "#contract/access/access";
import type { TestReport, WorkerTest } from "#contract/evaluations/worker-test";
import type { RunDetail } from "#contract/runs/run";
import { requireWorker } from "../../catalog/require-worker.ts";
import type { WorkerVersion } from "../../catalog/store.ts";
import { attempt } from "../../platform/attempt.ts";
import type { Db } from "../../platform/db/client.ts";
import { reportRefused, reportRun } from "./build-report.ts";

export interface TestDeps {
  db: Db;
  /** Starts the run of a test, or finds the one of its key, and waits so long for its end. Throws what a start throws. */
  startTest: (
    principal: Principal,
    of: { found: WorkerVersion; test: WorkerTest; key: string | null; waitSeconds: number },
  ) => Promise<RunDetail>;
}

/**
 * Gives a version one input, and says what came of it. Inputs that the version refuses are a report, too. Throws
 * `not_found`, and what stands in the way of any run of that version.
 */
export async function testWorker(
  deps: TestDeps,
  principal: Principal,
  { worker: name, waitSeconds, ...test }: WorkerTest & { worker: string; waitSeconds: number },
): Promise<TestReport> {
  const want = { name, version: test.version ?? null, scope: "runs:write" } as const;
  const found = await requireWorker(deps, principal, want);
  const { worker, version } = found;
  const place = { worker: worker.name, version: version.number };
  // The same key of another version is another test.
  const key = test.key === undefined ? null : `test:${version.number}:${test.key}`;
  const started = await attempt(() => deps.startTest(principal, { found, test, key, waitSeconds }));
  if (started.ok) return reportRun({ ...place, manifest: version.manifest, test }, started.value);
  const { code, options } = started.refusal;
  const { errors } = options;
  if (code !== "invalid_inputs" || errors === undefined) throw started.refusal;
  return reportRefused(place, errors);
}
