import type { BoxKeys } from "../platform/secrets/box-keys.ts";
import { triggerIdSchema, workerIdSchema, workerNameSchema, workspaceIdSchema } from "#contract/ids";
import { webhookSpecSchema } from "#contract/hooks/webhook";
import type { Signature } from "#contract/hooks/webhook";
import { openHookSecrets, openWorkerTokens } from "./hook-secrets.ts";
import { MOST_PER_WORKER, toHook } from "./hook-store.ts";
import type { Hook } from "./hook-store.ts";
import { isInBlocks } from "../platform/network/ip-address.ts";
import type { IncomingDelivery } from "./read-delivery.ts";
import { hasFloomSignature, verifySignature } from "./verify-signature.ts";

/** How a delivery came in: by its trigger's own address, or by Floom's `/webhooks/{worker}`. */
export type Entrance = "hook" | "worker";

/** Where and when a delivery is judged. */
interface Judging {
  boxKeys: BoxKeys;
  entrance: Entrance;
  now: number;
}

/** The scheme that a delivery was let in by. `reason` is for the hook's owner, never for the sender. */
export type HookCheck =
  { ok: true; scheme: Signature } | { ok: false; verdict: "bad_signature" | "refused"; reason: string };

const floom: Signature = { scheme: "floom" };

/**
 * The scheme that a delivery is judged by at an entrance. At Floom's own its two schemes are good as well for a sender
 * that does not sign as Standard Webhooks does, unless the trigger asks for a sender's scheme: who demands GitHub's
 * signature does not want to be called with a token.
 */
function chooseScheme(entrance: Entrance, own: Signature, delivery: IncomingDelivery): Signature {
  const signsStandard = delivery.headers["webhook-signature"] !== undefined;
  const speaksFloom = hasFloomSignature(delivery) || delivery.query["token"] !== undefined;
  return entrance === "worker" && own.scheme === "standard" && speaksFloom && !signsStandard ? floom : own;
}

/**
 * Does the delivery come from where the hook's owner says it does? What is done for an answer depends on the delivery
 * alone, never on the hook: a token is only looked for where one was sent.
 */
export async function checkHook(place: Judging, hook: Hook, delivery: IncomingDelivery): Promise<HookCheck> {
  const { allow_ips: blocks, signature } = hook.spec;
  const { boxKeys, now } = place;
  const secrets = (await openHookSecrets(boxKeys, hook, now)).map(({ value }) => value);
  const hasToken = delivery.query["token"] !== undefined;
  const tokens = hasToken ? await openWorkerTokens(boxKeys, hook, now) : [];
  const scheme = chooseScheme(place.entrance, signature, delivery);
  const options = { secrets, urlTokens: tokens.map(({ value }) => value), nowMs: now };
  const verdict = await verifySignature(scheme, delivery, options);
  if (!verdict.ok) {
    const remedy = secrets.length === 0 ? "; the trigger has no secret yet: rotate it to make one" : "";
    return { ok: false, verdict: "bad_signature", reason: `${verdict.reason}${remedy}` };
  }
  if (blocks.length === 0 || isInBlocks(delivery.ip ?? "", blocks)) return { ok: true, scheme };
  return {
    ok: false,
    verdict: "refused",
    reason: `ip: ${delivery.ip ?? "an unknown address"} is not among those that are let in`,
  };
}

/** So many hooks are judged before a delivery is refused at an entrance, there or not. */
const judged: Record<Entrance, number> = { hook: 1, worker: MOST_PER_WORKER };

/** Judges as many hooks that do not exist as are wanting, so that a refusal costs the same however many there are. */
export async function checkDecoys(place: Judging, found: number, delivery: IncomingDelivery): Promise<void> {
  const wanting = Math.max(0, judged[place.entrance] - found);
  await Promise.all(Array.from({ length: wanting }, () => checkHook(place, buildDecoy(), delivery)));
}

/** Ids of a time that nobody lives to see: a hook that stands for none belongs to nobody. */
const nobody = {
  id: triggerIdSchema.parse(`trg_${"z".repeat(26)}`),
  workspace_id: workspaceIdSchema.parse(`wsp_${"z".repeat(26)}`),
  worker_id: workerIdSchema.parse(`wrk_${"z".repeat(26)}`),
};

/** Is the hook a trigger's, so that there is an owner who looks at its deliveries? Pure. */
export function isTriggers(hook: Pick<Hook, "trigger_id">): boolean {
  return hook.trigger_id !== nobody.id;
}

/** A hook that lets in whoever has the worker's token. */
export function buildTokenHook(
  worker: Pick<Hook, "workspace_id" | "worker_id" | "worker_name" | "token_box">,
): Hook {
  return {
    ...worker,
    trigger_id: nobody.id,
    name: "",
    spec: webhookSpecSchema.parse({ signature: { scheme: "floom" } }),
    paused: false,
    secret_box: null,
    made_by: null,
    changed_by: null,
    target: null,
  };
}

/** Nobody's hook, read from its row as every hook is. */
function buildDecoy(): Hook {
  const row = {
    ...nobody,
    worker_name: workerNameSchema.parse(""),
    name: "",
    type: "webhook" as const,
    origin: "api" as const,
    spec: { signature: { scheme: "standard" }, inputs: {} },
    paused: false,
    pinned_version: null,
    secret_box: null,
    made_by: null,
    changed_by: null,
    created_at: 0,
    updated_at: 0,
  };
  return toHook(row, null, null);
}
