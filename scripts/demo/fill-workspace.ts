import { createHmac } from "node:crypto";
import { approvalRoutes } from "#contract/approvals/routes";
import type { Client } from "#contract/client";
import { contextRoutes } from "#contract/contexts/routes";
import { deliveryRoutes } from "#contract/hooks/routes";
import type { Inputs } from "#contract/runs/run";
import { isTerminal } from "#contract/runs/run";
import { runRoutes } from "#contract/runs/routes";
import { secretRoutes } from "#contract/secrets/routes";
import { shareRoutes } from "#contract/shares/routes";
import { storeRoutes } from "#contract/store/routes";
import { tokenRoutes } from "#contract/tokens/routes";
import { triggerRoutes } from "#contract/triggers/routes";
import { workerRoutes } from "#contract/workers/routes";
import { priceWatchVersions, proposedVersion } from "./demo-workers.ts";

type Api = Client<Response>;

const POLL_MS = 500;
const MOST_POLLS = 120;

/** What is started, in this order; the last ones fail or ask. */
const starts: readonly (readonly [worker: string, inputs: Inputs])[] = [
  ["hello-worker", { name: "Ada" }],
  ["word-count", { text: "one two three" }],
  ["price-watch", { product: "kettle" }],
  ["price-watch", { product: "teapot", limit_cents: 900 }],
  ["two-outputs", { text: "The quick brown fox jumps over the lazy dog. The end." }],
  ["flaky-retry", { customer: "acme" }],
  ["fan-out", { lines: "one two three\nfour five" }],
  ["slow-progress", { seconds: 3 }],
  ["price-watch", { product: "unicorn" }],
  ["price-watch", { product: "unicorn" }],
  ["outbound-approval-demo", { recipient: "ada@example.com", topic: "the analytical engine" }],
  ["outbound-approval-demo", { recipient: "team@example.com", topic: "the new prices" }],
  ["approve-in-place", { customer: "acme", amount: 12.5 }],
];

/** Fills a workspace that has the examples with what one that is used has: runs of every end, and all that they need. */
export async function fillWorkspace(api: Api, say: (line: string) => void): Promise<void> {
  say("secrets, contexts, store");
  await fillThings(api);
  say("a worker with three versions, one of them in quarantine");
  await pushVersions(api);
  say("schedules, webhooks, links, tokens");
  await fillTriggers(api);
  say("runs");
  for (const [worker, inputs] of starts) await runOnce(api, worker, inputs);
  await decideOne(api);
}

async function fillThings(api: Api): Promise<void> {
  for (const [secret, value] of [
    ["SHOP_API_KEY", "demo-key-for-the-shop"],
    ["SIGNING_KEY", "demo-key-that-signs"],
  ] as const)
    await api.call(secretRoutes.setSecret, { params: { secret }, json: { value } });
  const context = "shop-prices";
  const known = await api.call(contextRoutes.listContexts);
  if (!known.some(({ name }) => name === context)) {
    await api.call(contextRoutes.createContext, {
      params: { context },
      json: { description: "What the shop asks for its things.", sensitive: false },
    });
  }
  const files = { "prices.csv": "item,cents\napple,30\npear,45\n", "README.md": "# Prices\n\nIn cents.\n" };
  for (const [file, body] of Object.entries(files)) {
    await api.call(contextRoutes.putContextFile, {
      params: { context, file },
      body,
      headers: { "content-type": "application/octet-stream" },
    });
  }
  const values = { "rates/eur": "1.08", "last-order": '{"id": 17, "items": ["kettle", "teapot"]}' };
  for (const [key, body] of Object.entries(values)) {
    await api.call(storeRoutes.setStoreValue, {
      query: { key },
      body,
      headers: { "content-type": "application/json" },
    });
  }
}

async function pushVersions(api: Api): Promise<void> {
  const workers = await api.call(workerRoutes.listWorkers, { query: { include_archived: "true" } });
  const worker = "price-watch";
  if (workers.some(({ id }) => id === worker)) return;
  const [first, second] = priceWatchVersions;
  await api.call(workerRoutes.createWorker, { json: first });
  await api.call(workerRoutes.updateWorker, { params: { worker }, json: second });
  await api.call(workerRoutes.updateWorker, {
    params: { worker },
    query: { quarantine: "true" },
    json: proposedVersion,
  });
}

async function fillTriggers(api: Api): Promise<void> {
  const worker = "price-watch";
  const own = await api.call(triggerRoutes.listWorkerTriggers, { params: { worker } });
  if (own.length > 0) return;
  for (const cron of ["30 7 * * 1-5", "0 */6 * * *"]) {
    const json = {
      type: "schedule" as const,
      cron,
      timezone: "Europe/Berlin",
      inputs: { product: "kettle" },
    };
    await api.call(triggerRoutes.createTrigger, { params: { worker }, json });
  }
  await postEvents(api);
  await api.call(shareRoutes.setApp, { params: { worker: "hello-worker" }, json: { state: "link" } });
  await api.call(shareRoutes.createWorkerShare, {
    params: { worker: "hello-worker" },
    json: { name: "For the newsletter" },
  });
  await api.call(tokenRoutes.createToken, {
    json: {
      name: "CI of the web shop",
      scopes: ["workers:read", "workers:write", "runs:write"],
      expires_in_days: 90,
    },
  });
}

/** Three events for the example of a webhook: two that its secret signs, one of them twice, and one that it does not. */
async function postEvents(api: Api): Promise<void> {
  const [trigger] = await api.call(triggerRoutes.listWorkerTriggers, {
    params: { worker: "github-webhook" },
  });
  const url = trigger?.webhook?.url;
  if (trigger === undefined || url === undefined) return;
  const { secret } = await api.call(deliveryRoutes.rotateTriggerSecret, {
    params: { trigger: trigger.id },
    json: {},
  });
  const post = async (id: string, key: string) => {
    const body = JSON.stringify({
      ref: "refs/heads/main",
      repository: { full_name: "octo/hello" },
      pusher: { name: "ada" },
      commits: [{ id, message: "Fix the clock" }],
    });
    const signature = createHmac("sha256", key).update(body).digest("hex");
    const headers = {
      "content-type": "application/json",
      "x-github-event": "push",
      "x-github-delivery": id,
      "x-hub-signature-256": `sha256=${signature}`,
    };
    await fetch(url, { method: "POST", headers, body });
  };
  await post("1f3a9c0d", secret);
  await post("77b0e1aa", secret);
  await post("77b0e1aa", secret);
  await post("0badc0de", "not-the-secret");
}

async function runOnce(api: Api, worker: string, inputs: Inputs): Promise<void> {
  const { id } = await api.call(runRoutes.startRun, { params: { worker }, json: { inputs } });
  for (let look = 0; look < MOST_POLLS; look += 1) {
    const { status } = await api.call(runRoutes.getRun, { params: { run: id } });
    if (isTerminal(status) || status === "pending_approval") return;
    await new Promise((resolve) => setTimeout(resolve, POLL_MS));
  }
}

/** One approval is decided, so that there is one of each. A token decides nothing: where that is refused, all stay open. */
async function decideOne(api: Api): Promise<void> {
  const { approvals } = await api.call(approvalRoutes.listApprovals, { query: { status: "pending" } });
  const [first] = approvals.filter(({ approvers_needed: needed }) => needed === 1).reverse();
  if (first === undefined) return;
  await api
    .call(approvalRoutes.approveApproval, { params: { approval: first.id }, json: { reason: "Fine." } })
    .catch(() => undefined);
}
