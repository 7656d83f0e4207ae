import { limits } from "#contract/limits";
import type { Signature, WebhookSpec } from "#contract/hooks/webhook";
import { sha256Hex } from "../platform/crypto.ts";
import type { ReceiptKey } from "./inbox/inbox-api.ts";
import { publicQuery } from "./read-delivery.ts";
import type { IncomingDelivery } from "./read-delivery.ts";
import { hasFloomSignature } from "./verify-signature.ts";

/** What a sender vouches for with its signature; nothing where it only shows a token, or nothing is demanded. */
type Vouched = "nothing" | "body" | "body_and_time" | "id_and_time";

function vouchedBy(scheme: Signature["scheme"], delivery: IncomingDelivery): Vouched {
  switch (scheme) {
    case "none":
      return "nothing";
    case "floom":
      return hasFloomSignature(delivery) ? "body" : "nothing";
    case "standard":
      return "id_and_time";
    case "stripe":
    case "slack":
      return "body_and_time";
    case "github":
    case "shopify":
    case "hmac":
      return "body";
  }
}

/**
 * What a repeat of a delivery will be known by, most telling first. What a signature covers cannot be changed by whoever
 * caught a delivery on its way, all else can: an id, a query, a method. So the sender's id is enough where it is signed.
 * Where it is not, the same signed bytes are the same delivery, whatever id they come under, as long as they are
 * remembered: seven days, for nothing in them grows old by itself, or what the trigger says. Only then does an id that
 * nobody vouches for have to be remembered beside them. `scheme` is the one the delivery was let in by.
 */
export async function buildReceipts(
  spec: Pick<WebhookSpec, "same_body_seconds">,
  of: { scheme: Signature; delivery: IncomingDelivery; externalId: string | null },
): Promise<ReceiptKey[]> {
  const { scheme, delivery, externalId } = of;
  const digest = await sha256Hex(delivery.body);
  const most = limits.receipt_seconds.value;
  const vouched = vouchedBy(scheme.scheme, delivery);
  const byId = externalId === null ? [] : [{ key: `id:${externalId}`, digest, seconds: most }];
  const signed = (seconds: number) => (seconds === 0 ? [] : [{ key: `signed:${digest}`, digest, seconds }]);
  const short = spec.same_body_seconds ?? limits.same_body_seconds.value;
  switch (vouched) {
    case "id_and_time":
      return byId;
    case "body": {
      const seconds = spec.same_body_seconds ?? most;
      return [...signed(seconds), ...(seconds < most ? byId : [])];
    }
    case "body_and_time":
      // The id stands in the body. A body without one can come again for as long as its time is taken.
      return byId.length > 0 ? byId : signed(Math.max(short, 2 * toleranceOf(scheme)));
    case "nothing": {
      if (byId.length > 0 || short === 0) return byId;
      const facts = JSON.stringify([delivery.method, publicQuery(delivery.query), digest]);
      return [{ key: `body:${await sha256Hex(facts)}`, digest, seconds: short }];
    }
  }
}

/** How far a signed time may lie from now, in seconds. */
function toleranceOf(scheme: Signature): number {
  return "tolerance_seconds" in scheme ? scheme.tolerance_seconds : limits.webhook_tolerance_seconds.value;
}
