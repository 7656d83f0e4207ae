import { readFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { Sandbox } from "e2b";
import { expect, inject, test } from "vitest";
import { routes } from "#contract/routes";
import { openHome, openSecrets } from "../../scripts/local/home.ts";
import { verifies } from "../verifies.ts";
import { connect, startRun, waitForProgress } from "../e2e/story.ts";

const POLL_MS = 500;

test("a run whose sandbox was lost without a word is begun again, though nobody looks at it", async () => {
  verifies("run:alarm:wakes-evicted");
  const floom = inject("floom");
  const client = connect(floom);
  const apiKey = openSecrets(openHome({ FLOOM_HOME: floom.home })).sandboxApiKey;
  const sdk = { apiKey, apiUrl: readSandboxUrl(floom.home) };
  const { id } = await startRun(client, "slow-progress", { seconds: 600 });
  await waitForProgress(client, id, 0.1);
  const [lost] = await listSandboxes(sdk, id);
  expect(await Sandbox.kill(lost ?? "", sdk)).toBe(true);
  // From now on the provider alone is asked: a request about the run would wake its object, which sleeps by then.
  while ((await listSandboxes(sdk, id)).length === 0) await sleep(POLL_MS);
  const cancelled = await client.call(routes.cancelRun, { params: { run: id } });
  expect(cancelled).toMatchObject({ status: "cancelled", attempt: 2 });
});

async function listSandboxes(sdk: { apiKey: string; apiUrl: string }, runId: string): Promise<string[]> {
  const page = Sandbox.list({ ...sdk, query: { metadata: { run_id: runId } } });
  return (await page.nextItems()).map(({ sandboxId }) => sandboxId);
}

function readSandboxUrl(home: string): string {
  const log = readFileSync(join(home, "log", "sandbox.log"), "utf8");
  return /sandbox ready (http:\/\/127\.0\.0\.1:\d+)/.exec(log)?.[1] ?? "";
}
