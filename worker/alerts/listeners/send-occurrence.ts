import * as z from "zod";
import { subscribedEventSchema } from "#contract/event-subscriptions/subscription";
import { limits } from "#contract/limits";
import type { Clock } from "../../platform/clock.ts";
import { equalInConstantTime } from "../../platform/crypto.ts";
import { describeError, log } from "../../platform/log.ts";
import type { Dial } from "../../platform/network/dial-client.ts";
import { defineUnmarked } from "../../platform/objects/stored-document.ts";
import type { BoxKeys } from "../../platform/secrets/box-keys.ts";
import { signStandardWebhook } from "../../platform/standard-webhooks.ts";
import type { OutgoingMessage, SendResult } from "../send-delivery.ts";
import { openSigningSecrets } from "../signing-secret.ts";

export interface OccurrenceDeps {
  clock: Clock;
  boxKeys: BoxKeys;
  /** Dials whoever a stranger has named: public addresses alone, and no redirect is followed. */
  dial: Dial;
  /** Whether the subscription lasts still, and whoever made it may know of its worker at this moment. */
  mayHear: (subscriptionId: string) => Promise<Hearing>;
}

/** `over`: its time has run out, or it was ended. `revoked`: whoever made it may not know of its worker any more. */
export type Hearing = "yes" | "over" | "revoked";

/** What an address is told last, in the words of SEP-3415, when it may not be told any more. */
const TERMINATED = {
  type: "terminated",
  error: { code: -32024, message: "Forbidden", data: { reason: "Access revoked" } },
};

/** An occurrence as the outbox keeps it: it leaves byte for byte as it is kept. */
const occurrenceForm = defineUnmarked(
  "event",
  z.looseObject({ eventId: z.string(), name: subscribedEventSchema }),
);

/** What went wrong, in the words of SEP-3415: nothing of an answer is ever told, or it would tell of closed networks. */
export type CallbackFault = "connection_refused" | "timeout" | "http_4xx" | "http_5xx" | "challenge_failed";

/** These say that this message is not wanted, and nothing of the next one. */
const NOT_WANTED = new Set([410, 413]);
/** So much of an answer is read. */
const MOST_ANSWER_BYTES = 4096;

/** Makes one attempt to tell an address of an event, as long as its subscription lasts. Never throws. */
export async function sendOccurrence(
  deps: OccurrenceDeps,
  { target, body }: OutgoingMessage,
): Promise<SendResult> {
  const failed = (error: string, status_code: number | null = null): SendResult => ({
    verdict: "failed",
    status_code,
    error,
    response_sample: null,
  });
  try {
    const { url, signer, id } = target;
    const over: SendResult = { ...failed("The subscription is over."), verdict: "ended" };
    if (url === null || signer?.kind !== "sealed") return over;
    const hearing = await deps.mayHear(id);
    if (hearing === "over") return over;
    const now = deps.clock();
    const secrets = await openSigningSecrets(deps.boxKeys, { alertId: id, box: signer.box, now });
    if (hearing === "revoked") {
      await tellTerminated(deps, { url, secrets, subscriptionId: id });
      return over;
    }
    if (secrets.length === 0) return failed("The signing secret cannot be read any more.");
    const { eventId } = occurrenceForm.readText(body);
    const response = await post(deps, { url, secrets, subscriptionId: id, messageId: eventId, body });
    await response.body?.cancel();
    if (response.ok)
      return { verdict: "delivered", status_code: response.status, error: null, response_sample: null };
    const error = `It answered ${response.status}.`;
    const answered = failed(error, response.status);
    return NOT_WANTED.has(response.status) ? { ...answered, verdict: "refused" } : answered;
  } catch (error) {
    return failed(describeError(error));
  }
}

/** Once, whatever comes of it: the subscription is over in any case. */
async function tellTerminated(
  deps: OccurrenceDeps,
  of: Pick<SignedPost, "url" | "secrets" | "subscriptionId">,
): Promise<void> {
  if (of.secrets.length === 0) return;
  const messageId = `msg_terminated_${of.subscriptionId}_${deps.clock()}`;
  const body = JSON.stringify(TERMINATED);
  const told = await post(deps, { ...of, messageId, body }).catch((error: unknown) => {
    log("warn", "events.end_untold", { subscription_id: of.subscriptionId, error: describeError(error) });
  });
  await told?.body?.cancel();
}

/** Whom a challenge goes to, and what it is signed with. */
interface Challenged {
  url: string;
  secret: string;
  subscriptionId: string;
  /** What has to be answered: good once, and known to nobody else. */
  nonce: string;
}

/**
 * Asks an address whether it wants to be told of events: null where it answers as SEP-3415 has it, else what went wrong.
 * Who names an address does not own it, and whoever does must not be flooded.
 */
export async function challenge(
  { clock, dial }: Pick<OccurrenceDeps, "clock" | "dial">,
  { url, secret, subscriptionId, nonce }: Challenged,
): Promise<CallbackFault | null> {
  const body = JSON.stringify({ type: "verification", challenge: nonce });
  const messageId = `msg_verification_${subscriptionId}_${clock()}`;
  try {
    const response = await post({ clock, dial }, { url, secrets: [secret], subscriptionId, messageId, body });
    const text = await readSome(response);
    if (!response.ok) return response.status < 500 ? "http_4xx" : "http_5xx";
    return equalInConstantTime(readChallenge(text), nonce) ? null : "challenge_failed";
  } catch (error) {
    return error instanceof Error && error.name === "TimeoutError" ? "timeout" : "connection_refused";
  }
}

/** One post as every receiver of Standard Webhooks can check it. */
interface SignedPost {
  url: string;
  secrets: readonly string[];
  subscriptionId: string;
  messageId: string;
  body: string;
}

async function post(
  { clock, dial }: Pick<OccurrenceDeps, "clock" | "dial">,
  { url, secrets, subscriptionId, messageId, body }: SignedPost,
): Promise<Response> {
  const timestamp = Math.floor(clock() / 1000);
  const signature = await signStandardWebhook(secrets, { id: messageId, timestamp, body });
  return dial(url, {
    method: "POST",
    headers: {
      "content-type": "application/json",
      "user-agent": "Floom",
      "webhook-id": messageId,
      "webhook-timestamp": String(timestamp),
      "webhook-signature": signature,
      "x-mcp-subscription-id": subscriptionId,
    },
    body,
    signal: AbortSignal.timeout(limits.event_callback_seconds.value * 1000),
  });
}

const answerForm = z.object({ challenge: z.string() });

function readChallenge(text: string): string {
  try {
    return answerForm.safeParse(JSON.parse(text)).data?.challenge ?? "";
  } catch {
    return "";
  }
}

/** The beginning of an answer; the rest is not read. */
async function readSome({ body }: Response): Promise<string> {
  const reader = body?.getReader();
  if (reader === undefined) return "";
  const decoder = new TextDecoder();
  let text = "";
  while (text.length < MOST_ANSWER_BYTES) {
    const part: unknown = (await reader.read()).value;
    if (!(part instanceof Uint8Array)) break;
    text += decoder.decode(part.subarray(0, MOST_ANSWER_BYTES), { stream: true });
  }
  await reader.cancel();
  return text;
}
