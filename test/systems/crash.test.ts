import { expect, test } from "vitest";
import { routes } from "#contract/routes";
import { packBundle } from "../support/runner/start-runner.ts";
import { startFloom } from "../support/floom-instance.ts";
import { verifies } from "../verifies.ts";
import { connect, readPrintedLines, startRun, waitForEnd, waitForProgress } from "../e2e/story.ts";

const everyLine = (seconds: number): string[] =>
  Array.from({ length: seconds }, (_, index) => `line ${index + 1} of ${seconds}`);

test.concurrent(
  "slow-progress outlives kill -9 of the edge, of the sandbox server and of both, and completes once",
  async () => {
    verifies("e2e:crash:edge", "e2e:crash:sandbox-server", "e2e:crash:both");
    const floom = await startFloom();
    try {
      const client = connect(floom);
      const { id } = await startRun(client, "slow-progress", { seconds: 30 });

      await waitForProgress(client, id, 15);
      const first = floom.pids();
      floom.killEdge();
      await floom.waitUntilBack({ edge: first.edge });

      await waitForProgress(client, id, 35);
      const second = floom.pids();
      floom.killSandbox();
      await floom.waitUntilBack({ sandbox: second.sandbox });

      await waitForProgress(client, id, 60);
      const third = floom.pids();
      floom.killEdge();
      floom.killSandbox();
      await floom.waitUntilBack(third);

      const run = await waitForEnd(client, id);
      expect(run).toMatchObject({ status: "completed", attempt: 1, outputs: { lines: 30 } });
      expect(await readPrintedLines(client, id)).toEqual(everyLine(30));
      const { runs } = await client.call(routes.listRuns, { query: { worker_id: "slow-progress" } });
      expect(runs.map((row) => row.id)).toEqual([id]);
    } finally {
      await floom.stop();
    }
  },
);

test.concurrent(
  "a build of packages outlives kill -9 of the edge, and the run that waits for it learns its end",
  async () => {
    verifies("e2e:crash:edge", "runner:install:failed");
    const floom = await startFloom({ seed: false });
    try {
      const client = connect(floom);
      const worker = "slow-packages";
      const bundle = await packBundle({
        "worker.yml": `schema_version: "0.3"\nname: ${worker}\ntitle: Slow\nversion: 0.1.0\nexec: { entry: run.py }\n`,
        "run.py": "",
        "requirements.txt": "--no-index\n./slow\n",
        "slow/setup.py": "import sys, time\ntime.sleep(8)\nsys.exit('woke after a while')\n",
      });
      const headers = { "content-type": "application/zip" };
      await client.call(routes.putWorkerBundle, {
        params: { worker },
        body: new Uint8Array(bundle),
        headers,
      });
      const { id } = await startRun(client, worker, {});
      const params = { run: id };
      const reason = async () => (await client.call(routes.getRun, { params })).why_waiting ?? "";
      await expect.poll(reason).toContain("dependencies of this version are being installed");
      const { edge } = floom.pids();
      floom.killEdge();
      await floom.waitUntilBack({ edge });
      expect(await waitForEnd(client, id)).toMatchObject({ status: "failed", error_code: "install_failed" });
      const { logs } = await client.call(routes.getRunLogs, { params });
      expect(logs.filter(({ message }) => message.includes("woke after a while"))).not.toEqual([]);
      expect(logs.filter(({ message }) => message.startsWith("Installing the dependencies"))).toHaveLength(1);
    } finally {
      await floom.stop();
    }
  },
);

test.concurrent(
  "after the whole machine lost power, a start on the same home finishes what was running",
  async () => {
    verifies("e2e:crash:everything", "e2e:start:finds-everything-again");
    const before = await startFloom();
    try {
      const { id } = await startRun(connect(before), "slow-progress", { seconds: 20 });
      await waitForProgress(connect(before), id, 30);
      await before.killAll();

      const after = await startFloom({ home: before.home });
      try {
        const client = connect(after);
        expect(after.token).toBe(before.token);
        expect(await waitForEnd(client, id)).toMatchObject({ status: "completed", attempt: 1 });
        expect(await readPrintedLines(client, id)).toEqual(everyLine(20));
      } finally {
        await after.stop();
      }
    } finally {
      await before.stop();
    }
  },
);
