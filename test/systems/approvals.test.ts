import { spawnSync } from "node:child_process";
import { join, resolve } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import { routes } from "#contract/routes";
import type { RunDetail } from "#contract/runs/run";
import { connect, pushExample, runUntilItAsks } from "../examples/run-example.ts";
import type { FloomClient } from "../examples/run-example.ts";
import { listExamples } from "../examples/example-folders.ts";
import type { ExampleFolder } from "../examples/example-folders.ts";
import { startFloom } from "../support/floom-instance.ts";
import type { FloomInstance } from "../support/floom-instance.ts";
import { verifies } from "../verifies.ts";

const rootDir = resolve(import.meta.dirname, "..", "..");

let floom: FloomInstance;
let client: FloomClient;
let folder: ExampleFolder;

beforeAll(async () => {
  floom = await startFloom({ seed: false });
  client = connect(floom);
  const found = (await listExamples()).find(({ worker }) => worker === "outbound-approval-demo");
  if (!found) throw new Error("The example is gone.");
  folder = found;
  await pushExample(client, folder);
});
afterAll(async () => {
  await floom.stop();
});

function floomCli(...argv: string[]) {
  const { FLOOM_API_URL: _url, FLOOM_TOKEN: _token, ...others } = process.env;
  const env = { ...others, FLOOM_HOME: floom.home, NO_COLOR: "1" };
  return spawnSync("node", [join(rootDir, "cli", "bin", "floom.mjs"), ...argv], { env, encoding: "utf8" });
}

const readRun = (run: string): Promise<RunDetail> => client.call(routes.getRun, { params: { run } });

/** Every run that an approval has led to. */
async function followUpsOf(approvalId: string): Promise<RunDetail[]> {
  const { runs } = await client.call(routes.listRuns, { query: { limit: 200 } });
  const followUps = runs.filter((run) => run.trigger_source === "approval");
  const details = await Promise.all(followUps.map((run) => readRun(run.id)));
  return details.filter((run) => run.trigger_ref === approvalId);
}

it("propose, approve with edits and execute, from the command line", async () => {
  verifies("approvals:whole-system:propose-approve-execute");
  const proposed = floomCli("run", folder.worker, "-i", "recipient=ada@example.com", "-i", "topic=engines");
  expect(proposed.status).toBe(0);
  const id = /apr_[0-9a-z]{26}/.exec(proposed.stderr)?.[0] ?? "";
  expect(floomCli("approvals", "list").stdout).toContain(id);
  const link = /http\S+\/approvals\/review\S+/.exec(proposed.stderr)?.[0] ?? "";
  expect(await (await fetch(link)).text()).toMatch(/>Approve<\/button\s*>/);
  const edited = { to: "ada@example.com", subject: "Hi", body: "Hi Ada" };
  const approved = floomCli("approvals", "approve", id, "--edit", JSON.stringify(edited), "--json");
  expect(approved.status).toBe(0);
  const { run_id: followUp } = JSON.parse(approved.stdout) as { run_id: string };
  await expect.poll(async () => (await readRun(followUp)).status).toBe("completed");
  expect((await readRun(followUp)).outputs).toEqual({ ...edited, delivery: "sent" });
  expect(floomCli("approvals", "approve", id).status).toBe(5);
});

it("ten clicks at once and a kill -9 right behind them execute once", async () => {
  verifies("approvals:approve:crash-safe", "approvals:decide:first-wins");
  const { run } = await runUntilItAsks(client, folder);
  const approvalId = run.approval_trail?.id ?? "";
  const killed = floom.pids();
  const clicks = Array.from({ length: 10 }, () =>
    client.call(routes.approveRun, { params: { run: run.id }, json: {} }).then(
      () => "taken",
      () => "refused",
    ),
  );
  await Promise.race(clicks);
  floom.killEdge();
  const answers = await Promise.all(clicks);
  expect(answers.filter((answer) => answer === "taken").length).toBeLessThanOrEqual(1);
  await floom.waitUntilBack({ edge: killed.edge });
  const ended = async () => (await readRun(run.id)).status;
  await expect.poll(ended).toBe("completed");
  const ends = async () => (await followUpsOf(approvalId)).map(({ status }) => status);
  await expect.poll(ends).toEqual(["completed"]);
});
