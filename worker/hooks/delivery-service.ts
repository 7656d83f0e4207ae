// Owns what can be done with deliveries that have come in: look at them, send them once more; and a hook's secrets.
// Never checks a signature (what lies in the inbox was judged when it came) and never shows a credential.
// Writes new deliveries through hook-service, and the sealed secrets of a trigger's row.
import type { Principal, Scope } from "#contract/access/access";
import type {
  DeliveryDetail,
  DeliverySummary,
  DeliveryVerdict,
  RedeliverResult,
  RotatedSecret,
} from "#contract/hooks/delivery";
import { deliveryIdSchema } from "#contract/ids";
import type { DeliveryId, RunId, TriggerId } from "#contract/ids";
import { limits } from "#contract/limits";
import { actorOf } from "../access/principal.ts";
import { toWorkerVersion } from "../catalog/store.ts";
import { can } from "../access/policy.ts";
import { AppError, notFound } from "../platform/app-error.ts";
import { toIso } from "../platform/clock.ts";
import { readPlace, takePage } from "../platform/page.ts";
import { rotateSecrets } from "../platform/secrets/rotating-secret.ts";
import { sampleInput } from "../registry/sample-input.ts";
import { newHookSecret, openHookSecrets, sealHookSecrets } from "./hook-secrets.ts";
import { openHook } from "./hook-service.ts";
import type { HookDeps } from "./hook-service.ts";
import { takeDelivery } from "./take-delivery.ts";
import { findHooks, putSecretBox } from "./hook-store.ts";
import type { Hook } from "./hook-store.ts";
import type { DeliveryRecord } from "./inbox/inbox-api.ts";
import { textOf } from "./read-delivery.ts";
import { signSample } from "./sign-sample.ts";
import { webhookSpecDocument } from "./webhook-spec.ts";

const PREVIEW_BYTES = 16_384;

async function requireHook(
  deps: Pick<HookDeps, "db">,
  principal: Principal,
  of: { triggerId: string; scope: Scope },
): Promise<Hook> {
  const [hook] = await findHooks(deps.db, { triggerId: of.triggerId });
  if (!hook || !can(principal, of.scope, hook)) throw notFound("webhook");
  return hook;
}

function summarize(record: DeliveryRecord): DeliverySummary {
  return {
    id: record.id,
    trigger_id: record.trigger_id,
    received_at: toIso(record.received_at),
    verdict: record.verdict,
    reason: record.reason,
    run_id: record.run_id,
    external_id: record.external_id,
    redelivery_of: record.redelivery_of,
    method: record.method,
    content_type: record.content_type,
    ip: record.ip,
    size_bytes: record.size_bytes,
  };
}

/** A trigger's deliveries, newest first. */
export async function listDeliveries(
  deps: HookDeps,
  principal: Principal,
  request: {
    triggerId: string;
    verdict: DeliveryVerdict | undefined;
    cursor: string | undefined;
    limit: number;
  },
): Promise<{ deliveries: DeliverySummary[]; next_cursor: string | null }> {
  const hook = await requireHook(deps, principal, { triggerId: request.triggerId, scope: "runs:read" });
  const records = await deps.inbox(hook.worker_id).listDeliveries({
    triggerId: hook.trigger_id,
    verdict: request.verdict,
    before: readPlace(deliveryIdSchema, request.cursor),
    since: undefined,
    until: undefined,
    limit: request.limit + 1,
    ascending: false,
  });
  const { page, next_cursor } = takePage(records, request.limit);
  return { deliveries: page.map(summarize), next_cursor };
}

async function requireDelivery(deps: HookDeps, hook: Hook, deliveryId: string): Promise<DeliveryRecord> {
  const record = await deps.inbox(hook.worker_id).findDelivery(hook.trigger_id, deliveryId);
  if (!record) throw notFound("delivery");
  return record;
}

/** The body as it came, or null when it was not kept whole. */
async function readBody(deps: HookDeps, record: DeliveryRecord): Promise<Uint8Array | null> {
  if (record.size_bytes === 0) return new Uint8Array();
  const stored = record.stored ? await deps.files.getDelivery(record.id) : null;
  const body = stored ? await stored.bytes() : record.body;
  return body && body.byteLength === record.size_bytes ? body : null;
}

/** One delivery with its headers and as much of its body as people want to look at. */
export async function getDelivery(
  deps: HookDeps,
  principal: Principal,
  of: { triggerId: string; deliveryId: string },
): Promise<DeliveryDetail> {
  const hook = await requireHook(deps, principal, { triggerId: of.triggerId, scope: "runs:read" });
  const record = await requireDelivery(deps, hook, of.deliveryId);
  const whole = await readBody(deps, record);
  const shown = (whole ?? record.body)?.subarray(0, PREVIEW_BYTES) ?? null;
  return {
    ...summarize(record),
    headers: record.headers,
    query: record.query,
    // A character may be cut in two at the end of the part that is shown.
    body_preview: shown && (textOf(shown) ?? textOf(shown.subarray(0, lastWhole(shown)))),
    body_truncated: (shown?.byteLength ?? 0) < record.size_bytes,
    can_redeliver: whole !== null && record.verdict !== "bad_signature",
  };
}

/** Where the last character of UTF-8 text begins: RFC 3629, continuation bytes are 10xxxxxx. */
function lastWhole(bytes: Uint8Array): number {
  let at = bytes.byteLength - 1;
  while (at > 0 && ((bytes[at] ?? 0) & 0xc0) === 0x80) at -= 1;
  return Math.max(at, 0);
}

/** The new delivery; null when the old one's body was not kept, or nobody vouched for it. */
async function redeliverRecord(
  deps: HookDeps,
  hook: Hook,
  of: { record: DeliveryRecord; requestedBy: string },
): Promise<DeliverySummary | null> {
  const { record, requestedBy } = of;
  const body = record.verdict === "bad_signature" ? null : await readBody(deps, record);
  if (body === null) return null;
  const { headers, query, method, content_type, ip } = record;
  const delivery = { headers, query, method, content_type, ip, body };
  const taken = await takeDelivery(deps, hook, {
    delivery,
    scheme: hook.spec.signature,
    redeliveryOf: record.id,
    requestedBy,
  });
  return summarize(taken.record);
}

/** Takes a delivery once more; its verdict says what became of it. Throws `conflict` when its body was not kept. */
export async function redeliver(
  deps: HookDeps,
  principal: Principal,
  of: { triggerId: string; deliveryId: string },
): Promise<DeliverySummary> {
  const hook = await requireHook(deps, principal, { triggerId: of.triggerId, scope: "runs:write" });
  const record = await requireDelivery(deps, hook, of.deliveryId);
  const made = await redeliverRecord(deps, hook, {
    record,
    requestedBy: actorOf(principal),
  });
  if (made) return made;
  throw new AppError(
    "conflict",
    "This delivery cannot be taken again: it was not signed, or its body was not kept.",
  );
}

export type RedeliverChoice =
  | { ids: readonly DeliveryId[] }
  | { filter: { verdict: DeliveryVerdict; since?: string | undefined; until?: string | undefined } };

/** Takes several deliveries once more, oldest first. */
export async function redeliverMany(
  deps: HookDeps,
  principal: Principal,
  of: { triggerId: string; choice: RedeliverChoice },
): Promise<RedeliverResult> {
  const hook = await requireHook(deps, principal, { triggerId: of.triggerId, scope: "runs:write" });
  const { ids, hasMore } = await chooseIds(deps, hook, of.choice);
  const by = { requestedBy: actorOf(principal) };
  const deliveries: DeliverySummary[] = [];
  const missing: DeliveryId[] = [];
  for (const id of ids) {
    const record = await deps.inbox(hook.worker_id).findDelivery(hook.trigger_id, id);
    const made = record && (await redeliverRecord(deps, hook, { record, ...by }));
    if (made) deliveries.push(made);
    else missing.push(id);
  }
  return { deliveries, missing, has_more: hasMore };
}

async function chooseIds(
  deps: HookDeps,
  hook: Hook,
  choice: RedeliverChoice,
): Promise<{ ids: DeliveryId[]; hasMore: boolean }> {
  if ("ids" in choice) return { ids: choice.ids.toSorted(), hasMore: false };
  const { verdict, since, until } = choice.filter;
  const most = limits.redeliver_items.value;
  const records = await deps.inbox(hook.worker_id).listDeliveries({
    triggerId: hook.trigger_id,
    verdict,
    before: undefined,
    since: since === undefined ? undefined : Date.parse(since),
    until: until === undefined ? undefined : Date.parse(until),
    limit: most + 1,
    ascending: true,
  });
  return { ids: records.slice(0, most).map(({ id }) => id), hasMore: records.length > most };
}

/**
 * The first secret of a webhook that is being made, and the box it goes into, to be written with the webhook itself.
 * Null for one whose deliveries are not signed.
 */
export async function makeFirstSecret(
  deps: Pick<HookDeps, "boxKeys">,
  hook: { id: string; spec: unknown },
  by: string,
): Promise<{ secret: string; box: string } | null> {
  const { scheme } = webhookSpecDocument.read(hook.spec).signature;
  if (scheme === "none") return null;
  const secret = newHookSecret(scheme);
  const box = await sealHookSecrets(deps.boxKeys, hook.id, [{ value: secret, expires_at: null, by }]);
  return { secret, box };
}

/** Gives a webhook a new secret and answers it, once. The newest old one stays good for the overlap. */
export async function rotateSecret(
  deps: HookDeps,
  principal: Principal,
  of: {
    hook: { triggerId: string } | { workerName: string };
    overlapSeconds: number;
    secret: string | undefined;
  },
): Promise<RotatedSecret> {
  const where =
    "triggerId" in of.hook
      ? of.hook
      : { workspaceId: principal.workspace_id, workerName: of.hook.workerName };
  const [hook] = await findHooks(deps.db, where);
  if (!hook || !can(principal, "workers:write", hook))
    throw notFound("triggerId" in of.hook ? "webhook" : "worker with a webhook");

  const now = deps.clock();
  const value = of.secret ?? newHookSecret(hook.spec.signature.scheme);
  const known = await openHookSecrets(deps.boxKeys, hook, now);
  const rotation = { value, now, overlapSeconds: of.overlapSeconds, by: actorOf(principal) };
  const secrets = rotateSecrets(known, rotation);
  const to = await sealHookSecrets(deps.boxKeys, hook.trigger_id, secrets);
  if (!(await putSecretBox(deps.db, hook.trigger_id, { from: hook.secret_box, to, now })))
    throw new AppError("conflict", "Somebody else rotated the secret at the same time; rotate it again.");

  const until = secrets[1]?.expires_at ?? null;
  return {
    trigger_id: hook.trigger_id,
    secret: value,
    previous_valid_until: until === null ? null : toIso(until),
  };
}

/** Sends a webhook a signed sample by the road every delivery takes, and answers the run it started. */
export async function testWebhook(
  deps: HookDeps,
  triggerId: string,
  request: { requestedBy: string; waitUntil: (work: Promise<unknown>) => void },
): Promise<{ run_id: RunId; trigger_id: TriggerId }> {
  const [hook] = await findHooks(deps.db, { triggerId });
  if (!hook) throw notFound("webhook");
  const now = deps.clock();
  const [secret] = await openHookSecrets(deps.boxKeys, hook, now);
  if (!secret && hook.spec.signature.scheme !== "none")
    throw new AppError("conflict", "The webhook has no secret yet. Rotate it to make one, then test again.");

  const id = deps.newDeliveryId(now);
  const body = JSON.stringify({
    ...(hook.target ? sampleInput(toWorkerVersion(hook.target).version.manifest) : {}),
    id,
  });
  const signed = await signSample(hook.spec.signature, {
    secret: secret?.value ?? "",
    id,
    body,
    nowMs: now,
  });
  const delivery = {
    headers: { ...signed, "content-type": "application/json", "user-agent": "floom-test" },
    query: {},
    body: new TextEncoder().encode(body),
    method: hook.spec.methods[0] ?? "POST",
    content_type: "application/json",
    ip: null,
  };
  const open = { ...hook, spec: { ...hook.spec, allow_ips: [], same_body_seconds: 0 } };
  const { scheme } = await openHook(deps, {
    hooks: [open],
    entrance: "hook",
    delivery,
    waitUntil: request.waitUntil,
  });
  const taken = await takeDelivery(
    deps,
    { ...open, paused: false },
    { delivery, scheme, requestedBy: request.requestedBy, redeliveryOf: null },
  );
  if (taken.refusal) throw taken.refusal;
  if (taken.record.run_id === null) throw new AppError("conflict", "The sample started no run.");
  return { run_id: taken.record.run_id, trigger_id: hook.trigger_id };
}
