// Owns which addresses are told of a worker's events, in whose name, and until when.
// Never tells anybody anything by itself: the worker's object keeps a copy and an outbox, and asks here before each post.
// Writes event_subscriptions in D1, always before the copy.
import type { Principal } from "#contract/access/access";
import type { EventSubscription, SubscribeRequest } from "#contract/event-subscriptions/subscription";
import { eventSubscriptionIdSchema } from "#contract/ids";
import type { EventSubscriptionId } from "#contract/ids";
import { formatLimit, limits } from "#contract/limits";
import { can } from "../../access/policy.ts";
import { asResource, requireWorker } from "../../catalog/require-worker.ts";
import { findWorkerVersion } from "../../catalog/store.ts";
import { AppError, notFound } from "../../platform/app-error.ts";
import { toIso } from "../../platform/clock.ts";
import type { Clock } from "../../platform/clock.ts";
import { sha256Hex } from "../../platform/crypto.ts";
import type { Db } from "../../platform/db/client.ts";
import { judgeDialAddress } from "../../platform/network/dial-address.ts";
import type { Dial } from "../../platform/network/dial-client.ts";
import type { BoxKeys } from "../../platform/secrets/box-keys.ts";
import type { AlertedPlace, AlertOutboxApi, AlertTarget } from "../outbox-api.ts";
import { renewSigningSecret, sealSigningSecret } from "../signing-secret.ts";
import { challenge } from "./send-occurrence.ts";
import type { Hearing } from "./send-occurrence.ts";
import {
  countSubscriptions,
  deleteSubscription,
  findSubscription,
  listSubscriptions,
  listWorkerSubscriptions,
  putSubscription,
} from "./store.ts";
import type { SubscriptionRow } from "./store.ts";

export interface SubscriptionDeps {
  db: Db;
  clock: Clock;
  boxKeys: BoxKeys;
  /** Addresses on this machine may be named, by http as well. */
  allowLoopback: boolean;
  dial: Dial;
  outbox: (workerId: string) => Pick<AlertOutboxApi, "syncAlerts">;
}

/** An hour, where nobody says how long. */
const USUAL_SECONDS = 3600;
/** For so long posts carry a signature of the secret before as well. */
const OVERLAP_SECONDS = 300;

const ALPHABET = "0123456789abcdefghjkmnpqrstvwxyz";
const ID_CHARACTERS = 26;

/** What makes a subscription the same one. */
type Key = Pick<SubscriptionRow, "principal_id" | "event" | "url" | "worker_id">;

/** The same for the same key, in every isolate; knowing it opens nothing. */
async function deriveId({ principal_id, event, url, worker_id }: Key): Promise<EventSubscriptionId> {
  const digest = await sha256Hex(JSON.stringify([principal_id, event, url, worker_id]));
  const bytes = Array.from({ length: ID_CHARACTERS }, (_, at) =>
    parseInt(digest.slice(at * 2, at * 2 + 2), 16),
  );
  const body = bytes.map((byte) => ALPHABET[byte % ALPHABET.length] ?? "0").join("");
  return eventSubscriptionIdSchema.parse(`sub_${body}`);
}

/**
 * Has an address told of an event of a worker, or goes on with it. Throws `invalid_request` for an address that is not
 * dialled, `callback_failed` for one that does not want to be told, and `event_subscriptions_full`.
 */
export async function subscribe(
  deps: SubscriptionDeps,
  principal: Principal,
  request: SubscribeRequest,
): Promise<EventSubscription> {
  if (principal.kind !== "token")
    throw new AppError("invalid_request", "Subscribe with a token: it lasts no longer than that.");
  const { worker } = await requireWorker(deps, principal, { name: request.worker, scope: "runs:read" });
  requireDialled(deps, request.url);
  const now = deps.clock();
  const { event, url, secret } = request;
  const key = { principal_id: principal.id, event, url, worker_id: worker.id };
  const id = await deriveId(key);
  const known = await findSubscription(deps.db, id, now);
  if (known === undefined)
    await requireWelcome(deps, { ...key, id, secret, workspace_id: worker.workspace_id });
  const box = { alertId: id, secret, now };
  const row: SubscriptionRow = {
    ...key,
    id,
    workspace_id: worker.workspace_id,
    secret_box:
      known === undefined
        ? await sealSigningSecret(deps.boxKeys, box)
        : await renewSigningSecret(deps.boxKeys, { ...box, box: known.secret_box }, OVERLAP_SECONDS),
    created_at: known?.created_at ?? now,
    expires_at: now + grantSeconds(request.ttl_seconds) * 1000,
  };
  await putSubscription(deps.db, row, now);
  await copy(deps, row);
  return describe({ ...row, worker: worker.name });
}

/** What is asked for, within the limits; null asks for as long as there is. */
function grantSeconds(wanted: number | null | undefined): number {
  const { event_subscription_seconds: most, event_subscription_least_seconds: least } = limits;
  const asked = wanted === undefined ? USUAL_SECONDS : (wanted ?? most.value);
  return Math.min(Math.max(asked, least.value), most.value);
}

function requireDialled({ allowLoopback }: SubscriptionDeps, url: string): void {
  const reason = judgeDialAddress(url, { allowLoopback });
  if (reason === null) return;
  throw new AppError("invalid_request", `The url cannot be posted to: ${reason}`, {
    errors: [{ pointer: "/url", detail: reason }],
  });
}

/** There is room for one more, and the address has agreed: to this principal, now or for another event of theirs. */
async function requireWelcome(
  deps: SubscriptionDeps,
  asked: Pick<SubscriptionRow, "id" | "workspace_id" | "principal_id" | "url"> & { secret: string },
): Promise<void> {
  const now = deps.clock();
  const most = `A workspace has at most ${formatLimit("event_subscriptions")}.`;
  const found = await countSubscriptions(deps.db, asked.workspace_id, now);
  if (found >= limits.event_subscriptions.value) throw new AppError("event_subscriptions_full", most);
  const others = await listSubscriptions(deps.db, asked.workspace_id, now);
  if (others.some(({ principal_id, url }) => principal_id === asked.principal_id && url === asked.url))
    return;
  const asks = { url: asked.url, secret: asked.secret, subscriptionId: asked.id, nonce: crypto.randomUUID() };
  const fault = await challenge(deps, asks);
  if (fault === null) return;
  throw new AppError("callback_failed", `The address was asked whether it wants to be told: ${fault}.`, {
    errors: [{ pointer: "/url", detail: fault }],
  });
}

/** Has the worker's object read anew whom it tells. */
async function copy(
  { outbox }: SubscriptionDeps,
  { workspace_id, worker_id }: Pick<SubscriptionRow, "workspace_id" | "worker_id">,
): Promise<void> {
  await outbox(worker_id).syncAlerts({ workspace_id, worker_id });
}

type NamedRow = Awaited<ReturnType<typeof listSubscriptions>>[number];

function describe({
  id,
  event,
  worker,
  url,
  principal_id,
  expires_at,
  created_at,
}: NamedRow): EventSubscription {
  const times = { refresh_before: toIso(expires_at), created_at: toIso(created_at) };
  return { id, event, worker, url, made_by: principal_id, ...times };
}

/** One's own, and all of a worker's for whoever may change it. */
function isSeenBy(
  principal: Principal,
  { principal_id, workspace_id, worker_id, worker }: NamedRow,
): boolean {
  const of = { workspace_id, worker_id, worker_name: worker };
  return principal_id === principal.id || can(principal, "workers:write", of);
}

export async function listEventSubscriptions(
  deps: SubscriptionDeps,
  principal: Principal,
): Promise<EventSubscription[]> {
  const all = await listSubscriptions(deps.db, principal.workspace_id, deps.clock());
  return all.filter((row) => isSeenBy(principal, row)).map(describe);
}

/** Throws `not_found` for what is not there, and for what is not theirs to end. */
export async function endEventSubscription(
  deps: SubscriptionDeps,
  principal: Principal,
  id: string,
): Promise<void> {
  const all = await listSubscriptions(deps.db, principal.workspace_id, deps.clock());
  const row = all.find((one) => one.id === id && isSeenBy(principal, one));
  if (row === undefined) throw notFound("subscription");
  await deleteSubscription(deps.db, row.id);
  await copy(deps, row);
}

/** A worker's subscriptions, for its object. */
export async function listListeners(
  { db, clock }: Pick<SubscriptionDeps, "db" | "clock">,
  { worker_id }: AlertedPlace,
): Promise<AlertTarget[]> {
  const rows = await listWorkerSubscriptions(db, worker_id, clock());
  return rows.map(({ id, workspace_id, worker_id: of, url, event, secret_box, expires_at }) => ({
    id,
    workspace_id,
    worker_id: of,
    url,
    email_to: [],
    events: [],
    signer: { kind: "sealed", box: secret_box },
    email_subject: null,
    listener: { event, expires_at },
  }));
}

/** See Hearing. A subscription whose token was taken back, or may not know of its worker any more, ends here. */
export async function mayHear(
  deps: Pick<SubscriptionDeps, "db" | "clock"> & {
    /** Whom a token, or a connected client, of this id stands for now; null for nobody. */
    findPrincipal: (id: string) => Promise<Principal | null>;
  },
  subscriptionId: string,
): Promise<Hearing> {
  const row = await findSubscription(deps.db, subscriptionId, deps.clock());
  if (row === undefined) return "over";
  const principal = await deps.findPrincipal(row.principal_id);
  const found = principal && (await findWorkerVersion(deps.db, { workerId: row.worker_id }));
  if (found && can(principal, "runs:read", asResource(found.worker))) return "yes";
  await deleteSubscription(deps.db, row.id);
  return "revoked";
}
