import { env, exports } from "cloudflare:workers";
import type { DeliveryDetail, DeliverySummary } from "#contract/hooks/delivery";
import type { Field } from "#contract/manifest/manifest";
import { signatureSchema, webhookSpecSchema } from "#contract/hooks/webhook";
import type { Signature, WebhookSpec } from "#contract/hooks/webhook";
import { newId } from "../../../worker/platform/ids.ts";
import { newHookSecret, sealHookSecrets } from "../../../worker/hooks/hook-secrets.ts";
import { signSample } from "../../../worker/hooks/sign-sample.ts";
import { callApi, seedWorker, testHost } from "./api-harness.ts";

/** As vitest.config.ts hands it to the edge. */
export const signingKey = "test-signing-key-0123456789abcdef0123456789abcdef";
const ownerWorkspace = "wsp_00000000000000000000000000";

export interface SeededHook {
  triggerId: string;
  workerId: string;
  workerName: string;
  secret: string;
  signature: Signature;
}

export interface HookChange {
  workerName?: string;
  spec?: Partial<Omit<WebhookSpec, "signature">> & { signature?: object };
  inputs?: Field[];
  paused?: boolean;
}

const field = (name: string, type: string, required = false): Field => ({
  name,
  kind: "scalar",
  type,
  label: name,
  required,
});

/** What the worker of a seeded hook takes when nothing else is said. */
export const eventFields = [field("amount", "integer"), field("note", "text"), field("event", "json")];

/** A worker with one webhook trigger and its secret. */
export async function seedHook(change: HookChange = {}): Promise<SeededHook> {
  const workerName = change.workerName ?? "hooked";
  const workerId = await seedWorker(workerName, { inputs: change.inputs ?? eventFields });
  const signature = signatureSchema.parse(change.spec?.signature ?? { scheme: "standard" });
  const spec = webhookSpecSchema.parse({ ...change.spec, signature });
  const triggerId: string = newId("trg", Date.now());
  const secret = newHookSecret(signature.scheme);
  const box = await sealHookSecrets(testHost.config, triggerId, [{ value: secret, expires_at: null }]);
  await env.DB.prepare(
    "INSERT INTO triggers (id, workspace_id, worker_id, worker_name, name, type, origin, spec, paused, secret_box, created_at, updated_at) VALUES (?, ?, ?, ?, 'webhook-1', 'webhook', 'api', ?, ?, ?, 0, 0)",
  )
    .bind(triggerId, ownerWorkspace, workerId, workerName, JSON.stringify(spec), change.paused ? 1 : 0, box)
    .run();
  return { triggerId, workerId, workerName, secret, signature };
}

export interface Sending {
  id?: string;
  headers?: Record<string, string>;
  method?: string;
  path?: string;
  /** The signed time. */
  nowMs?: number;
  secret?: string;
}

/** Posts a body to a hook, signed as its sender would. */
export async function send(hook: SeededHook, body: string, sending: Sending = {}): Promise<Response> {
  const signed = await signSample(hook.signature, {
    secret: sending.secret ?? hook.secret,
    id: sending.id ?? newId("req", Date.now()),
    body,
    nowMs: sending.nowMs ?? Date.now(),
  });
  const method = sending.method ?? "POST";
  const init: RequestInit = { method, headers: { ...signed, ...sending.headers } };
  if (method !== "GET") init.body = body;
  const path = sending.path ?? `/hooks/${hook.triggerId}`;
  return exports.default.fetch(new Request(`http://floom.test${path}`, init));
}

export async function listDeliveries(hook: SeededHook, query = ""): Promise<DeliverySummary[]> {
  const response = await callApi("GET", `/api/triggers/${hook.triggerId}/deliveries${query}`);
  return ((await response.json()) as { deliveries: DeliverySummary[] }).deliveries;
}

export async function showDelivery(hook: SeededHook, id: string): Promise<DeliveryDetail> {
  const response = await callApi("GET", `/api/triggers/${hook.triggerId}/deliveries/${id}`);
  return (await response.json()) as DeliveryDetail;
}
