import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, inject, test } from "vitest";
import { routes } from "#contract/routes";
import type { RunDetail } from "#contract/runs/run";
import { packFolder } from "../../cli/bundle/bundle.ts";
import { watchScripts } from "../../scripts/chaos/script-witness.ts";
import type { ScriptWitness } from "../../scripts/chaos/script-witness.ts";
import { verifies } from "../verifies.ts";
import { connect, startRun, waitForEnd } from "./story.ts";
import type { FloomClient } from "./story.ts";

const WORKER = "greedy";

describe("an honest script that asks for much of everything", () => {
  let client: FloomClient;
  let witness: ScriptWitness;
  beforeAll(async () => {
    client = connect(inject("floom"));
    witness = watchScripts();
    const { zip } = await packFolder(join(import.meta.dirname, WORKER));
    const headers = { "content-type": "application/zip" };
    await client.call(routes.putWorkerBundle, { params: { worker: WORKER }, body: zip, headers });
  });
  afterAll(() => witness.stop());

  /** How often the machine's process table showed the script of each attempt. */
  const startsOf = (run: RunDetail): number[] =>
    run.attempts.map(({ attempt }) => witness.seen.get(`${run.id} ${attempt}`) ?? 0);

  test("gets what there is, is told of what there is not, and its run completes once", async () => {
    verifies("e2e:load:greedy-script");
    const run = await waitForEnd(client, (await startRun(client, WORKER, { memory_mib: 200 })).id);
    expect(run).toMatchObject({
      status: "completed",
      outputs: { threads: 200, bytes: 500_000_000, files: 100_000, memory_mib: 200 },
    });
    const { answered, told_too_many: toldTooMany, closed } = run.outputs as Record<string, number>;
    expect(Number(answered) + Number(toldTooMany) + Number(closed)).toBe(1_000);
    expect(answered).toBeGreaterThan(0);
    // Where the edge is done with the first before the last comes, there never are too many.
    if (Number(closed) > 0) expect(toldTooMany).toBeGreaterThan(0);
    expect(startsOf(run)).toEqual([1]);
  });

  test("that takes more memory than there is fails by that, once an attempt", async () => {
    verifies("e2e:load:greedy-script");
    const run = await waitForEnd(client, (await startRun(client, WORKER, { memory_mib: 2_000 })).id);
    expect(run.status).toBe("failed");
    expect(run.error_code).toBe("sandbox_oom");
    expect(startsOf(run)).toEqual([1, 1]);
    const again = await client.call(routes.getRun, { params: { run: run.id } });
    expect(again.attempts).toEqual(run.attempts);
  });
});
