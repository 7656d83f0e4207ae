import { readFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { expect, inject, test } from "vitest";
import { routes } from "#contract/routes";
import { packFolder } from "../../cli/bundle/bundle.ts";
import { listGroup } from "../../scripts/local/process-table.ts";
import { startFloom } from "../support/floom-instance.ts";
import { verifies } from "../verifies.ts";
import { connect, startRun, waitForEnd } from "./story.ts";

const PAGE_BYTES = 4096;
const MIB = 1024 * 1024;
const SAMPLE_MS = 100;
/** What the edge may grow by while 200 MB pass: far below them, and above what a garbage collector leaves. */
const FLAT_MIB = 100;

test("fifty runs started at once all complete, and none is lost", async () => {
  verifies("e2e:load:fifty-at-once");
  const client = connect(inject("floom"));
  const names = Array.from({ length: 50 }, (_, index) => `guest ${index}`);
  const started = await Promise.all(names.map((name) => startRun(client, "hello-worker", { name })));
  const ended = await Promise.all(started.map(({ id }) => waitForEnd(client, id)));
  expect(ended.map(({ status }) => status)).toEqual(names.map(() => "completed"));
  expect(ended.map(({ outputs }) => outputs["greeting"])).toEqual(names.map((name) => `Hello, ${name}!`));
});

test("200 MB on standard output pass while the edge's memory stays flat", async () => {
  verifies("e2e:load:flat-memory");
  const floom = await startFloom({ seed: false });
  try {
    const client = connect(floom);
    const { zip } = await packFolder(join(import.meta.dirname, "flood"));
    const headers = { "content-type": "application/zip" };
    await client.call(routes.putWorkerBundle, { params: { worker: "flood" }, body: zip, headers });
    await waitForEnd(client, (await startRun(client, "flood", { megabytes: 1 })).id);

    const before = measureGroup(floom.pids().edge);
    const { id } = await startRun(client, "flood", { megabytes: 200 });
    const sampling = new AbortController();
    const peak = watchPeak(() => measureGroup(floom.pids().edge), sampling.signal);
    const run = await waitForEnd(client, id);
    sampling.abort();

    expect(run).toMatchObject({ status: "completed", outputs: { bytes: 200_000_000 } });
    expect(run.logs.at(-1)?.message).toBe("the flood is over");
    expect((await peak) - before).toBeLessThan(FLAT_MIB);
  } finally {
    await floom.stop();
  }
});

async function watchPeak(measure: () => number, signal: AbortSignal): Promise<number> {
  let peak = 0;
  while (!signal.aborted) {
    peak = Math.max(peak, measure());
    await sleep(SAMPLE_MS);
  }
  return peak;
}

/** Resident memory of a process and all of its group, in MiB. */
function measureGroup(groupId: number): number {
  const pages = listGroup(groupId).map((pid) =>
    Number(readFileSync(`/proc/${pid}/statm`, "utf8").split(" ")[1]),
  );
  return pages.reduce((sum, own) => sum + own * (PAGE_BYTES / MIB), 0);
}
