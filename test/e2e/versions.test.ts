import { expect, inject, it } from "vitest";
import { replayRoutes } from "#contract/replay/routes";
import { routes } from "#contract/routes";
import { verifies } from "../verifies.ts";
import { connect, readPrintedLines, startRun, waitForEnd } from "./story.ts";

// Going back, going over it again, and handing work on, over the system that all stories share.

const client = connect(inject("floom"));

const manifestOf = (name: string, rest = "") =>
  `schema_version: "0.3"\nname: ${name}\ntitle: Story\nversion: 0.1.0\n` +
  `exec: { entry: run.py, inputs: [{ name: who, type: string, required: true }], outputs: [{ name: said, type: string }] }\n${rest}`;

const greet = (word: string) =>
  `def run(inputs, context):\n    print("${word}")\n    return {"said": "${word} " + inputs["who"]}\n`;

it("a rollback brings the older script back, and a replay of the newer run still runs the newer one", async () => {
  verifies(
    "versions:rollback:runs-stay-pinned",
    "replay:same:version-and-inputs",
    "replay:compare:side-by-side",
  );
  const worker = "rollback-story";
  await client.call(routes.createWorker, {
    json: { worker_yml: manifestOf(worker), run_py: greet("Hello") },
  });
  await client.call(routes.updateWorker, {
    params: { worker },
    json: { worker_yml: manifestOf(worker), run_py: greet("Goodbye") },
  });
  const first = await waitForEnd(client, (await startRun(client, worker, { who: "Ada" })).id);
  expect(first.outputs).toEqual({ said: "Goodbye Ada" });

  await client.call(routes.rollbackWorker, { params: { worker, version: "1" }, json: { if_active: 2 } });
  const after = await waitForEnd(client, (await startRun(client, worker, { who: "Ada" })).id);
  expect(after).toMatchObject({ version: 1, outputs: { said: "Hello Ada" } });

  const params = { run: first.id };
  const same = await client.call(replayRoutes.replayRun, { params, json: { inputs: { who: "Grace" } } });
  expect(await waitForEnd(client, same.id)).toMatchObject({ version: 2, outputs: { said: "Goodbye Grace" } });
  const active = await client.call(replayRoutes.replayRun, { params, json: { version: "active" } });
  expect(await waitForEnd(client, active.id)).toMatchObject({ version: 1, outputs: { said: "Hello Ada" } });

  const comparison = await client.call(replayRoutes.compareRuns, {
    params: { run: first.id, other: active.id },
  });
  expect(comparison).toMatchObject({ same_worker: true, same_version: false, status: { same: true } });
  expect(comparison.outputs).toMatchObject([{ name: "said", change: "changed" }]);
  expect(comparison.log.diff).toContain("-Goodbye\n+Hello");
});

it("a dry replay reaches no host but the platform, and its script knows", async () => {
  verifies("replay:dry:nothing-leaves");
  const worker = "dry-story";
  const script = `import os, urllib.request
def reach(url):
    try:
        return str(urllib.request.urlopen(url, timeout=10).status)
    except Exception as error:
        return str(getattr(error, "code", type(error).__name__))
def run(inputs, context):
    platform = reach(os.environ["FLOOM_API_URL"] + "/api/health")
    return {"said": " ".join([str(context.dry_run), "platform", platform, "outside", reach(inputs["who"])])}
`;
  await client.call(routes.createWorker, { json: { worker_yml: manifestOf(worker), run_py: script } });
  const first = await waitForEnd(client, (await startRun(client, worker, { who: "http://127.0.0.1:9/" })).id);
  expect(first.outputs["said"]).toContain("False platform 200");
  // A public address, so that nothing but the dry run's own rule refuses it.
  const inputs = { who: "http://1.1.1.1/" };
  const dry = await client.call(replayRoutes.replayRun, {
    params: { run: first.id },
    json: { dry: true, inputs },
  });
  const ended = await waitForEnd(client, dry.id);
  expect(ended).toMatchObject({ status: "completed", dry: true, replay_of: first.id });
  expect(ended.outputs["said"]).toBe("True platform 200 outside 403");
});

it("a worker fans out to another, and its dry replay is answered from the record", async () => {
  verifies("calls:lineage:linked", "calls:module:call-and-parallel", "replay:dry:nothing-leaves");
  const lines = Array.from({ length: 12 }, (_, n) => "word ".repeat(n + 1)).join("\n");
  const parent = await waitForEnd(client, (await startRun(client, "fan-out", { lines })).id);
  expect(parent.failure).toBeNull();
  expect(parent.outputs).toMatchObject({ counts: Array.from({ length: 12 }, (_, n) => n + 1), total: 78 });
  const children = await client.call(replayRoutes.listChildRuns, { params: { run: parent.id } });
  expect(children.length).toBe(12);
  expect(children.every(({ status, worker_id: id }) => status === "completed" && id === "word-count")).toBe(
    true,
  );

  const dry = await client.call(replayRoutes.replayRun, { params: { run: parent.id }, json: { dry: true } });
  expect(await waitForEnd(client, dry.id)).toMatchObject({ status: "completed", outputs: { total: 78 } });
  expect(await client.call(replayRoutes.listChildRuns, { params: { run: dry.id } })).toEqual([]);
  expect(await readPrintedLines(client, dry.id)).toEqual(await readPrintedLines(client, parent.id));
});

it("cancelling a caller cancels the child it waits for", async () => {
  verifies("calls:cancel:reaches-children");
  const worker = "caller-story";
  const script = `import floom
def run(inputs, context):
    return {"said": str(floom.call_worker("slow-progress", {"seconds": 60}))}
`;
  const source = { worker_yml: manifestOf(worker, "calls: [slow-progress]\n"), run_py: script };
  await client.call(routes.createWorker, { json: source });
  const parent = await startRun(client, worker, { who: "x" });
  const listChildren = () => client.call(replayRoutes.listChildRuns, { params: { run: parent.id } });
  await expect.poll(listChildren).toHaveLength(1);
  await client.call(routes.cancelRun, { params: { run: parent.id } });
  const [child] = await listChildren();
  expect((await waitForEnd(client, child?.id ?? "")).status).toBe("cancelled");
});
