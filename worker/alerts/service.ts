// Owns who is told of what: the alerts of a worker, their signing secrets, what was sent and can be sent again.
// Never sends by itself: the worker's object keeps a copy of the targets and an outbox, and its alarm makes the attempts.
// Writes alerts in D1, always before the copy; every look at a worker's alerts brings the copy up to date again.
import type { BoxKeys } from "../platform/secrets/box-keys.ts";
import { MANIFEST_ALERT } from "#contract/alerts/alert";
import type {
  Alert,
  AlertDelivery,
  AlertTopic,
  AlertWithSecret,
  MailState,
  OutboxMail,
  UpdateAlertRequest,
} from "#contract/alerts/alert";
import type { Principal } from "#contract/access/access";
import { formatLimit, limits } from "#contract/limits";
import { requireWorker } from "../catalog/require-worker.ts";
import type { WorkerVersion } from "../catalog/store.ts";
import { AppError, notFound } from "../platform/app-error.ts";
import { toIso } from "../platform/clock.ts";
import type { Clock } from "../platform/clock.ts";
import type { Db } from "../platform/db/client.ts";
import { judgeDialAddress } from "../platform/network/dial-address.ts";
import type { newId } from "../platform/ids.ts";
import { requirePublicUrl } from "../platform/public-url.ts";
import { makeWebhookSecret } from "../platform/standard-webhooks.ts";
import { buildManifestTarget, buildTestEvent } from "./build-message.ts";
import type { AlertedPlace, AlertOutboxApi, AlertState, AlertTarget } from "./outbox-api.ts";
import { rotateSigningSecret, sealSigningSecret } from "./signing-secret.ts";
import { deleteAlertRow, insertAlert, listAlertRows, updateAlertRow } from "./store.ts";
import type { AlertRow } from "./store.ts";

export interface AlertDeps {
  db: Db;
  clock: Clock;
  newId: typeof newId;
  boxKeys: BoxKeys;
  /** Origin at which this edge is reached, by its settings; empty where they say none. */
  publicUrl: string;
  mailState: MailState;
  /** Receivers on this machine may be named, by http as well. */
  allowLoopbackAlerts: boolean;
  alertOutbox: (workerId: string) => AlertOutboxApi;
  /** The newest mails kept on this machine for the workspace, newest first. */
  listKeptMails: (workspaceId: string, limit: number) => Promise<OutboxMail[]>;
}

/** Which alert of which worker, by names as they stand in the path. */
export interface AlertPlace {
  worker: string;
  alert: string;
}

const KEPT_MAILS = 50;
const STOPPED_BY_HAND = "Stopped by hand.";

function toTarget({ id, workspace_id, worker_id, url, email_to, events, secret_box }: AlertRow): AlertTarget {
  return {
    id,
    workspace_id,
    worker_id,
    url,
    email_to,
    events,
    signer:
      secret_box === null
        ? null
        : {
            kind: "sealed",
            box: secret_box,
          },
    email_subject: null,
  };
}

interface WorkerAlerts extends WorkerVersion {
  rows: AlertRow[];
  states: AlertState[];
}

/** All that a worker's alerts made by the API say, for its object. */
export async function listTargets(
  db: Db,
  { workspace_id: workspaceId, worker_id: workerId }: AlertedPlace,
): Promise<AlertTarget[]> {
  return (await listAlertRows(db, workspaceId, workerId)).map(toTarget);
}

/** Has the worker's object read its targets anew, and learns which of them it has stopped. */
async function sync(deps: AlertDeps, { worker, version }: WorkerVersion): Promise<WorkerAlerts> {
  const place = { workspace_id: worker.workspace_id, worker_id: worker.id };
  const [rows, states] = await Promise.all([
    listAlertRows(deps.db, worker.workspace_id, worker.id),
    deps.alertOutbox(worker.id).syncAlerts(place),
  ]);
  return { worker, version, rows, states };
}

function describe(deps: AlertDeps, { worker, states }: WorkerAlerts, row: AlertRow): Alert {
  const reason = states.find(({ id }) => id === row.id)?.disabled_reason ?? null;
  const { id, url, email_to, description } = row;
  return {
    id,
    worker: worker.name,
    origin: "api",
    url,
    email_to,
    on: row.events,
    description,
    enabled: reason === null,
    disabled_reason: reason,
    mail: deps.mailState,
    created_at: toIso(row.created_at),
  };
}

function manifestTarget({ worker, version }: WorkerVersion): AlertTarget | null {
  const place = { id: MANIFEST_ALERT, workspace_id: worker.workspace_id, worker_id: worker.id };
  return buildManifestTarget(version.manifest.notify ?? null, place);
}

function describeManifest(deps: AlertDeps, alerts: WorkerAlerts): Alert[] {
  const { worker, states } = alerts;
  const target = manifestTarget(alerts);
  if (!target) return [];
  const reason = states.find(({ id }) => id === MANIFEST_ALERT)?.disabled_reason ?? null;
  return [
    {
      id: MANIFEST_ALERT,
      worker: worker.name,
      origin: "manifest",
      url: target.url,
      email_to: target.email_to,
      on: target.events,
      description: "Written in worker.yml under notify.",
      enabled: reason === null,
      disabled_reason: reason,
      mail: deps.mailState,
      created_at: null,
    },
  ];
}

/** A worker's alerts, the one of its manifest first. */
export async function listAlerts(deps: AlertDeps, principal: Principal, worker: string): Promise<Alert[]> {
  const all = await sync(deps, await requireWorker(deps, principal, { name: worker }));
  return [...describeManifest(deps, all), ...all.rows.map((row) => describe(deps, all, row))];
}

export async function getAlert(deps: AlertDeps, principal: Principal, place: AlertPlace): Promise<Alert> {
  const all = await listAlerts(deps, principal, place.worker);
  const alert = all.find(({ id }) => id === place.alert);
  if (!alert) throw notFound("alert");
  return alert;
}

/** The alert's row; the manifest's has none and is refused with what to do instead. */
async function requireRow(deps: AlertDeps, principal: Principal, place: AlertPlace) {
  const found = await requireWorker(deps, principal, { name: place.worker });
  if (place.alert === MANIFEST_ALERT && found.version.manifest.notify)
    throw new AppError("conflict", "This alert is written in worker.yml: change `notify` there and push.");

  const rows = await listAlertRows(deps.db, found.worker.workspace_id, found.worker.id);
  const row = rows.find(({ id }) => id === place.alert);
  if (!row) throw notFound("alert");
  return { found, row };
}

function assertDeliverable(
  deps: AlertDeps,
  { url, email_to: emails }: Pick<AlertRow, "url" | "email_to">,
): void {
  if (url === null && emails.length === 0) {
    throw new AppError("invalid_request", "An alert needs a url or an address in email_to.", {
      errors: [{ pointer: "/url", detail: "Give a url, or email_to, or both." }],
    });
  }
  const reason = url === null ? null : judgeDialAddress(url, { allowLoopback: deps.allowLoopbackAlerts });
  if (reason !== null) {
    throw new AppError("invalid_request", `The url cannot be posted to: ${reason}`, {
      errors: [{ pointer: "/url", detail: reason }],
    });
  }
}

/** Makes an alert; its secret is in this answer and in no other. */
export async function createAlert(
  deps: AlertDeps,
  principal: Principal,
  request: {
    worker: string;
    url: string | undefined;
    email_to: string[];
    on: AlertTopic[];
    description: string;
  },
): Promise<AlertWithSecret> {
  const found = await requireWorker(deps, principal, { name: request.worker });
  const { worker } = found;
  const wanted = { url: request.url ?? null, email_to: request.email_to };
  assertDeliverable(deps, wanted);
  const existing = await listAlertRows(deps.db, worker.workspace_id, worker.id);
  if (existing.length >= limits.worker_alerts.value)
    throw new AppError("conflict", `A worker has at most ${formatLimit("worker_alerts")}. Delete one first.`);

  const now = deps.clock();
  const id = deps.newId("alt", now);
  const secret = makeWebhookSecret();
  const row: AlertRow = {
    id,
    workspace_id: worker.workspace_id,
    worker_id: worker.id,
    ...wanted,
    events: request.on,
    description: request.description,
    created_at: now,
    secret_box: await sealSigningSecret(deps.boxKeys, {
      alertId: id,
      secret,
    }),
  };
  await insertAlert(deps.db, row);
  return { ...describe(deps, await sync(deps, found), row), secret, previous_secret_valid_until: null };
}

/** Changes what the request names. Starting a stopped alert again is `enabled: true`. */
export async function updateAlert(
  deps: AlertDeps,
  principal: Principal,
  { place, change }: { place: AlertPlace; change: UpdateAlertRequest },
): Promise<Alert> {
  const { found, row } = await requireRow(deps, principal, place);
  const changed: AlertRow = {
    ...row,
    url: change.url === undefined ? row.url : change.url,
    email_to: change.email_to ?? row.email_to,
    events: change.on ?? row.events,
    description: change.description ?? row.description,
  };
  assertDeliverable(deps, changed);
  await updateAlertRow(deps.db, changed);
  await sync(deps, found);
  if (change.enabled !== undefined)
    await deps.alertOutbox(found.worker.id).setAlertDisabled(row.id, change.enabled ? null : STOPPED_BY_HAND);

  return describe(deps, await sync(deps, found), changed);
}

/** Removes an alert with all that was sent and was still to be sent. */
export async function deleteAlert(deps: AlertDeps, principal: Principal, place: AlertPlace): Promise<void> {
  const { found, row } = await requireRow(deps, principal, place);
  await deleteAlertRow(deps.db, row.id);
  await sync(deps, found);
}

/** Makes a new secret. For a day posts carry a signature of each, so that no post is refused meanwhile. */
export async function rotateAlertSecret(
  deps: AlertDeps,
  principal: Principal,
  place: AlertPlace,
): Promise<AlertWithSecret> {
  const { found, row } = await requireRow(deps, principal, place);
  const secret = makeWebhookSecret();
  const of = { alertId: row.id, secret, now: deps.clock() };
  const { box, previousUntil } =
    row.secret_box === null
      ? { box: await sealSigningSecret(deps.boxKeys, of), previousUntil: null }
      : await rotateSigningSecret(deps.boxKeys, { ...of, box: row.secret_box });
  const changed = { ...row, secret_box: box };
  await updateAlertRow(deps.db, changed);
  const alert = describe(deps, await sync(deps, found), changed);
  const until = previousUntil === null ? null : toIso(previousUntil);
  return { ...alert, secret, previous_secret_valid_until: until };
}

/** The alert as a target, whether the API or the manifest made it. */
async function requireTarget(deps: AlertDeps, principal: Principal, place: AlertPlace) {
  const all = await sync(deps, await requireWorker(deps, principal, { name: place.worker }));
  const row = all.rows.find(({ id }) => id === place.alert);
  const target = place.alert === MANIFEST_ALERT ? manifestTarget(all) : row && toTarget(row);
  if (!target) throw notFound("alert");
  return { found: all, target };
}

/** Sends a test message now and answers how it went. */
export async function testAlert(
  deps: AlertDeps,
  principal: Principal,
  place: AlertPlace,
): Promise<AlertDelivery[]> {
  const origin = requirePublicUrl(deps.publicUrl);
  const { found, target } = await requireTarget(deps, principal, place);
  const at = deps.clock();
  const { name, title } = found.version.manifest;
  const event = buildTestEvent({ name, title, origin }, { key: deps.newId("req", at), at });
  return deps.alertOutbox(found.worker.id).testAlert(target, event);
}

/** An alert's messages with their attempts, newest first. */
export async function listDeliveries(
  deps: AlertDeps,
  principal: Principal,
  { place, limit }: { place: AlertPlace; limit: number },
): Promise<AlertDelivery[]> {
  const { found, target } = await requireTarget(deps, principal, place);
  return deps.alertOutbox(found.worker.id).listAlertDeliveries(target.id, limit);
}

/** Puts a message back in line. Refused while an attempt is under way, and while posts are stopped. */
export async function redeliver(
  deps: AlertDeps,
  principal: Principal,
  { place, delivery }: { place: AlertPlace; delivery: string },
): Promise<AlertDelivery> {
  const { found, target } = await requireTarget(deps, principal, place);
  const reply = await deps.alertOutbox(found.worker.id).redeliverAlert(target.id, delivery);
  if (reply.kind === "missing") throw notFound("delivery");
  if (reply.kind === "under_way")
    throw new AppError("conflict", "This message is being sent right now. Look at its attempts in a moment.");

  if (reply.kind === "disabled") {
    const what = "Start the alert again first: PATCH it with enabled: true.";
    throw new AppError("conflict", `Posts of this alert have stopped: ${reply.reason} ${what}`);
  }
  return reply.delivery;
}

/** The mails kept on this machine; where mails are really sent there is no such thing. */
export async function listOutbox(deps: AlertDeps, principal: Principal): Promise<OutboxMail[]> {
  if (deps.mailState !== "local_outbox") throw notFound("outbox");
  return deps.listKeptMails(principal.workspace_id, KEPT_MAILS);
}
