import type { BoxKeys } from "../platform/secrets/box-keys.ts";
import { limits } from "#contract/limits";
import { toIso } from "../platform/clock.ts";
import type { Clock } from "../platform/clock.ts";
import { hmacSha256Hex } from "../platform/crypto.ts";
import { judgeDialAddress } from "../platform/network/dial-address.ts";
import { NotReached } from "../platform/network/dial-client.ts";
import { describeError } from "../platform/log.ts";
import { signStandardWebhook } from "../platform/standard-webhooks.ts";
import { buildMail } from "./build-mail.ts";
import type { Mail } from "./build-mail.ts";
import type { Mailer } from "../platform/mail/mailer.ts";
import type { AlertTarget } from "./outbox-api.ts";
import { alertMessageForm } from "./outbox-table.ts";
import type { SendVerdict } from "./retry-schedule.ts";
import { openSigningSecrets } from "./signing-secret.ts";

export interface SendDeps {
  clock: Clock;
  boxKeys: BoxKeys;
  /** Receivers on this machine may be dialled, by http as well. */
  allowLoopback: boolean;
  fetch: (url: string, init: RequestInit) => Promise<Response>;
  mailer: Mailer<Mail>;
  resolveSecrets: (workspaceId: string, names: readonly string[]) => Promise<Record<string, string>>;
}

/** One message to one place. `body` is the JSON text of an AlertMessage, byte for byte the same at every attempt. */
export interface OutgoingMessage {
  delivery_id: string;
  channel: "webhook" | "email";
  target: AlertTarget;
  body: string;
}

export interface SendResult {
  verdict: SendVerdict;
  status_code: number | null;
  /** What went wrong, in words that are safe to show. */
  error: string | null;
  response_sample: string | null;
}

const GONE = 410;

const failed = (error: string): SendResult => ({
  verdict: "failed",
  status_code: null,
  error,
  response_sample: null,
});

/** Makes one attempt. Never throws: whatever goes wrong is in the result. */
export async function sendDelivery(deps: SendDeps, outgoing: OutgoingMessage): Promise<SendResult> {
  try {
    return await (outgoing.channel === "email" ? sendMail(deps, outgoing) : post(deps, outgoing));
  } catch (error) {
    const isTimeout = error instanceof Error && error.name === "TimeoutError";
    if (isTimeout) return failed(`There was no answer within ${limits.alert_timeout_seconds.value} seconds.`);
    if (error instanceof NotReached) return failed(error.message);
    return failed(`It could not be reached: ${describeError(error)}`);
  }
}

async function sendMail(
  { mailer }: SendDeps,
  { delivery_id: id, target, body }: OutgoingMessage,
): Promise<SendResult> {
  const message = alertMessageForm.readText(body);
  const { workspace_id, worker_id, email_to: to, email_subject: subject } = target;
  const mail = buildMail(message, { id, workspace_id, worker_id, to, subject });
  const answer = await mailer.send(mail);
  const rest = { status_code: answer.status, response_sample: null };
  if (answer.sent) return { verdict: "delivered", error: null, ...rest };
  const verdict = mailer.state === "not_configured" ? "not_configured" : "failed";
  return { verdict, error: answer.error, ...rest };
}

/** Headers that name and sign a post; only the name where there is no secret. Null: the secret it needs is not set. */
async function signHeaders(
  deps: SendDeps,
  outgoing: OutgoingMessage,
): Promise<Record<string, string> | null> {
  const now = deps.clock();
  const timestamp = Math.floor(now / 1000);
  const headers = { "webhook-id": outgoing.delivery_id, "webhook-timestamp": String(timestamp) };
  const { signer, workspace_id: workspaceId, id } = outgoing.target;
  if (signer === null) return headers;
  const secrets =
    signer.kind === "sealed"
      ? await openSigningSecrets(deps.boxKeys, { alertId: id, box: signer.box, now })
      : Object.values(await deps.resolveSecrets(workspaceId, [signer.name]));
  const [current] = secrets;
  if (current === undefined) return null;
  const message = { id: outgoing.delivery_id, timestamp, body: outgoing.body };
  return {
    ...headers,
    "webhook-signature": await signStandardWebhook(secrets, message),
    "x-floom-signature": `sha256=${await hmacSha256Hex(current, outgoing.body)}`,
  };
}

async function post(deps: SendDeps, outgoing: OutgoingMessage): Promise<SendResult> {
  const { url, signer } = outgoing.target;
  if (url === null) return failed("The alert has no address any more.");
  const reason = judgeDialAddress(url, { allowLoopback: deps.allowLoopback });
  if (reason !== null) return failed(`The address is not dialled: ${reason}`);
  const signed = await signHeaders(deps, outgoing);
  if (signed === null) {
    const unreadable = "The signing secret cannot be read any more: make a new one with rotate-secret.";
    return failed(
      signer?.kind === "named" ? `The secret that signs is not set: ${signer.name}.` : unreadable,
    );
  }
  const response = await deps.fetch(url, {
    method: "POST",
    redirect: "manual",
    headers: { "content-type": "application/json", "user-agent": "Floom", ...signed },
    body: outgoing.body,
    signal: AbortSignal.timeout(limits.alert_timeout_seconds.value * 1000),
  });
  const sample = await readSample(response);
  const rest = { status_code: response.status, response_sample: sample };
  if (response.ok) return { verdict: "delivered", error: null, ...rest };
  if (response.status === GONE) {
    const error = `It answered 410 Gone at ${toIso(deps.clock())}: it wants no more posts.`;
    return { verdict: "gone", error, ...rest };
  }
  const isRedirect = response.status >= 300 && response.status < 400;
  const error = isRedirect
    ? `It answered ${response.status}; redirects are not followed.`
    : `It answered ${response.status}.`;
  return { verdict: "failed", error, ...rest };
}

/** The beginning of an answer's body as text; the rest is not read. */
async function readSample(response: Response): Promise<string> {
  const most = limits.alert_response_bytes.value;
  const reader = response.body?.getReader();
  if (!reader) return "";
  const decoder = new TextDecoder();
  let text = "";
  for (let size = 0; size < most;) {
    const part: unknown = (await reader.read()).value;
    if (!(part instanceof Uint8Array)) break;
    text += decoder.decode(part.subarray(0, most - size), { stream: true });
    size += part.byteLength;
  }
  await reader.cancel();
  return text;
}
