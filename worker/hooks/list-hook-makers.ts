import type { BoxKeys } from "../platform/secrets/box-keys.ts";
import type { Signature } from "#contract/hooks/webhook";
import type { DeliveryId } from "#contract/ids";
import { listMakers } from "../access/principal.ts";
import type { Clock } from "../platform/clock.ts";
import { openHookSecrets, openWorkerTokens } from "./hook-secrets.ts";
import type { Hook } from "./hook-store.ts";
import type { IncomingDelivery } from "./read-delivery.ts";

/** A delivery and what it was let in by, now or when it came. */
interface LetIn {
  delivery: IncomingDelivery;
  scheme: Signature;
  redeliveryOf: DeliveryId | null;
}

/**
 * Whose a delivery may be besides its trigger's: the makers of the hook, and everybody who was shown a secret or token
 * that is good now and may have let it in.
 */
export async function listHookMakers(
  deps: { boxKeys: BoxKeys; clock: Clock },
  hook: Hook,
  letIn: LetIn,
): Promise<string[]> {
  const now = deps.clock();
  const secrets = await openHookSecrets(deps.boxKeys, hook, now);
  const tokens = mayHaveToken(letIn) ? await openWorkerTokens(deps.boxKeys, hook, now) : [];
  const holders = [...secrets, ...tokens].flatMap(({ by }) => by ?? []);
  return [...new Set([...listMakers(hook), ...holders])];
}

/** A delivery from the inbox shows its token no more: it may have had one. */
function mayHaveToken({ delivery, scheme, redeliveryOf }: LetIn): boolean {
  const takesToken = scheme.scheme === "floom" || (redeliveryOf !== null && scheme.scheme === "standard");
  return takesToken && (redeliveryOf !== null || delivery.query["token"] !== undefined);
}
