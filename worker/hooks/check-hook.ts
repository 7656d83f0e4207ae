import { triggerIdSchema, workerIdSchema, workerNameSchema, workspaceIdSchema } from "#contract/ids";
import { webhookSpecSchema } from "#contract/hooks/webhook";
import type { Signature } from "#contract/hooks/webhook";
import { hmacSha256Hex } from "../platform/crypto.ts";
import { newHookSecret, openHookSecrets, sealHookSecrets } from "./hook-secrets.ts";
import type { Hook } from "./hook-store.ts";
import { isInBlocks } from "../platform/ip-address.ts";
import type { IncomingDelivery } from "./read-delivery.ts";
import { verifySignature } from "./verify-signature.ts";

/** How a delivery came in: by its trigger's own address, or by Floom's `/webhooks/{worker}`. */
export type Entrance = "hook" | "worker";

/** `reason` is for the hook's owner, never for the sender. */
type HookCheck = { ok: true } | { ok: false; verdict: "bad_signature" | "refused"; reason: string };

const TOKEN_LENGTH = 32;
const floom: Signature = { scheme: "floom" };

/** Floom's `?token=` for a worker, by its name or its uid. Source: floom.md 7.6. */
export async function workerToken(signingKey: string, worker: string): Promise<string> {
  return (await hmacSha256Hex(signingKey, worker)).slice(0, TOKEN_LENGTH);
}

/**
 * The schemes that are taken at an entrance. At Floom's own its two schemes are good as well, unless the trigger asks
 * for a sender's scheme: who demands GitHub's signature does not want to be called with a token.
 */
function schemesAt(entrance: Entrance, own: Signature): Signature[] {
  return entrance === "worker" && own.scheme === "standard" ? [own, floom] : [own];
}

/** Does the delivery come from where the hook's owner says it does? */
export async function checkHook(
  place: { signingKey: string; entrance: Entrance; homeWorkspace: string; now: number },
  hook: Hook,
  delivery: IncomingDelivery,
): Promise<HookCheck> {
  const { allow_ips: blocks, signature } = hook.spec;
  const secrets = (await openHookSecrets(place.signingKey, hook, place.now)).map(({ value }) => value);
  // The name is an address in one workspace only; elsewhere a token is good for the uid alone.
  const names = hook.workspace_id === place.homeWorkspace ? [hook.worker_name] : [];
  const urlTokens = await Promise.all(
    [hook.worker_id, ...names].map((name) => workerToken(place.signingKey, name)),
  );
  const options = { secrets, urlTokens, nowMs: place.now };
  const verdicts = await Promise.all(
    schemesAt(place.entrance, signature).map((scheme) => verifySignature(scheme, delivery, options)),
  );
  const verdict = verdicts.find(({ ok }) => ok) ?? verdicts[0] ?? { ok: false, reason: "no scheme" };
  if (!verdict.ok) {
    const remedy = secrets.length === 0 ? "; the trigger has no secret yet: rotate it to make one" : "";
    return { ok: false, verdict: "bad_signature", reason: `${verdict.reason}${remedy}` };
  }
  if (blocks.length === 0 || isInBlocks(delivery.ip ?? "", blocks)) return verdict;
  return {
    ok: false,
    verdict: "refused",
    reason: `ip: ${delivery.ip ?? "an unknown address"} is not among those that are let in`,
  };
}

const decoys = new Map<string, Promise<Hook>>();

/** What is checked for a hook that does not exist, so that the answer takes as long as for one that does. */
export async function checkDecoy(
  place: Parameters<typeof checkHook>[0],
  delivery: IncomingDelivery,
): Promise<void> {
  const known = decoys.get(place.signingKey) ?? buildDecoy(place.signingKey);
  decoys.set(place.signingKey, known);
  const headers = { ...delivery.headers, "x-hub-signature-256": `sha256=${"0".repeat(64)}` };
  await checkHook(place, await known, { ...delivery, headers });
}

/** Ids of a time that nobody lives to see: a hook that stands for none belongs to nobody. */
const nobody = {
  trigger_id: triggerIdSchema.parse(`trg_${"z".repeat(26)}`),
  workspace_id: workspaceIdSchema.parse(`wsp_${"z".repeat(26)}`),
  worker_id: workerIdSchema.parse(`wrk_${"z".repeat(26)}`),
};

/** A hook that lets in whoever has the worker's token. */
export function buildTokenHook(): Hook {
  return {
    ...nobody,
    worker_name: workerNameSchema.parse(""),
    name: "",
    spec: webhookSpecSchema.parse({ signature: { scheme: "floom" } }),
    paused: false,
    secret_box: null,
    made_by: null,
    changed_by: null,
    target: null,
  };
}

async function buildDecoy(signingKey: string): Promise<Hook> {
  const secrets = [{ value: newHookSecret("github"), expires_at: null }];
  return {
    ...buildTokenHook(),
    worker_name: workerNameSchema.parse("decoy"),
    spec: webhookSpecSchema.parse({ signature: { scheme: "github" } }),
    secret_box: await sealHookSecrets(signingKey, nobody.trigger_id, secrets),
  };
}
