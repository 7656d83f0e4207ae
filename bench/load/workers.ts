import { createHmac } from "node:crypto";
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Client } from "#contract/client";
import { deliveryReceiptSchema } from "#contract/hooks/delivery";
import { routes } from "#contract/routes";
import { packFolder } from "../../cli/bundle/bundle.ts";
import type { LoadKind } from "./plan-load.ts";

/** A worker under load: how each kind of request is sent to it. Each answers the run's id once it was accepted. */
export interface LoadWorker {
  name: string;
  send: Record<LoadKind, () => Promise<string>>;
}

const FIBO_DIR = join(import.meta.dirname, "..", "workers", "fibo");
const INPUTS = { n: 10 };
const BODY = JSON.stringify(INPUTS);
/** Never in the time of a load: what starts runs is the request to start one now. */
const CRON = "0 0 29 2 *";

/** Pushes `load-1`, `load-2` and so on, each with a webhook and a schedule. */
export async function openLoadWorkers(
  client: Client<Response>,
  { url, count }: { url: string; count: number },
): Promise<LoadWorker[]> {
  const workers: LoadWorker[] = [];
  for (let number = 1; number <= count; number++)
    workers.push(await openWorker(client, url, `load-${number}`));
  return workers;
}

async function openWorker(client: Client<Response>, url: string, name: string): Promise<LoadWorker> {
  const params = { worker: name };
  await pushAs(client, name);
  const schedule = await client.call(routes.createTrigger, {
    params,
    json: { type: "schedule", cron: CRON, inputs: INPUTS },
  });
  const hook = await client.call(routes.createTrigger, { params, json: { type: "webhook" } });
  const deliver = openHook({ url, trigger: hook.id, secret: hook.secret ?? "" });
  return {
    name,
    send: {
      start: async () => (await client.call(routes.startRun, { params, json: { inputs: INPUTS } })).id,
      webhook: deliver,
      schedule: async () =>
        (await client.call(routes.testTrigger, { params: { trigger: schedule.id } })).run_id,
    },
  };
}

/** A worker.yml names its worker, so each is pushed from a folder of its own. */
async function pushAs(client: Client<Response>, name: string): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), "floom-load-"));
  try {
    cpSync(FIBO_DIR, folder, { recursive: true });
    const manifest = join(folder, "worker.yml");
    writeFileSync(manifest, readFileSync(manifest, "utf8").replace(/^name: .*$/m, `name: ${name}`));
    const { zip } = await packFolder(folder);
    const headers = { "content-type": "application/zip" };
    await client.call(routes.putWorkerBundle, { params: { worker: name }, body: zip, headers });
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Answers what delivers one signed webhook with an id of its own. Throws what it is answered instead of a run. */
function openHook(of: { url: string; trigger: string; secret: string }): () => Promise<string> {
  const key = Buffer.from(of.secret.slice("whsec_".length), "base64");
  let delivered = 0;
  return async () => {
    delivered += 1;
    const [id, time] = [`msg_${of.trigger}_${delivered}`, String(Math.floor(Date.now() / 1000))];
    const signature = createHmac("sha256", key).update(`${id}.${time}.${BODY}`).digest("base64");
    const headers = {
      "content-type": "application/json",
      "webhook-id": id,
      "webhook-timestamp": time,
      "webhook-signature": `v1,${signature}`,
    };
    const response = await fetch(new URL(`/hooks/${of.trigger}`, of.url), {
      method: "POST",
      headers,
      body: BODY,
    });
    const answer: unknown = await response.json();
    const runId = deliveryReceiptSchema.safeParse(answer).data?.run_id ?? null;
    if (runId === null)
      throw new Error(`A webhook was answered ${response.status}: ${JSON.stringify(answer)}`);
    return runId;
  };
}
