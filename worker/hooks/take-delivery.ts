import { declaredInputs } from "../registry/actions/find-action.ts";
import type { BoxKeys } from "../platform/secrets/box-keys.ts";
import type { DeliveryVerdict } from "#contract/hooks/delivery";
import type { DeliveryId, WorkerId } from "#contract/ids";
import type { Signature } from "#contract/hooks/webhook";
import type { Json } from "#contract/json";
import { limits } from "#contract/limits";
import { toWorkerVersion } from "../catalog/store.ts";
import { AppError, notFound } from "../platform/app-error.ts";
import { attempt } from "../platform/attempt.ts";
import { sha256Hex } from "../platform/crypto.ts";
import type { Files } from "../platform/files.ts";
import type { AdmitRequest } from "../queue/queue-api.ts";
import { EVENT_PATH } from "../runs/spec/run-origin.ts";
import type { TriggerEvent } from "../runs/spec/run-origin.ts";
import type { RunSpec } from "../runs/spec/run-spec.ts";
import { checkOrder, freezeOrder } from "../runs/start/prepare-run.ts";
import { keepEventUpload } from "../runs/start/upload-store.ts";
import type { PrepareDeps } from "../runs/start/prepare-run.ts";
import { refuseAdmission } from "../runs/start/start-run.ts";
import { buildReceipts } from "./build-receipts.ts";
import { listHookMakers } from "./list-hook-makers.ts";
import type { Hook } from "./hook-store.ts";
import type { DeliverReply, DeliveryRecord, InboxApi } from "./inbox/inbox-api.ts";
import {
  answerHandshake,
  buildEventFile,
  findExternalId,
  publicHeaders,
  publicQuery,
  readBody,
  takeInputs,
  takeUndeclared,
} from "./read-delivery.ts";
import type { IncomingDelivery } from "./read-delivery.ts";
import { readAppEvent } from "./read-app-event.ts";

export interface TakeDeps extends PrepareDeps {
  boxKeys: BoxKeys;
  files: Files;
  newDeliveryId: (nowMs: number) => DeliveryId;
  inbox: (workerId: WorkerId) => InboxApi;
}

/** A delivery that was written down, and the refusal it met, if any. */
export interface TakenDelivery {
  record: DeliveryRecord;
  /** The sender's own id was seen before, or the same body without one. */
  duplicate: boolean;
  /** What a handshake is answered. */
  answer: Record<string, string> | null;
  refusal: AppError | null;
}

/** A delivery as the inbox keeps it, before anything is judged. */
export function describeDelivery(
  deps: Pick<TakeDeps, "clock" | "newDeliveryId">,
  hook: Hook,
  delivery: IncomingDelivery,
): DeliveryRecord {
  const now = deps.clock();
  return {
    id: deps.newDeliveryId(now),
    trigger_id: hook.trigger_id,
    received_at: now,
    verdict: "accepted",
    reason: null,
    run_id: null,
    external_id: null,
    redelivery_of: null,
    method: delivery.method,
    content_type: delivery.content_type,
    ip: delivery.ip,
    size_bytes: delivery.body.byteLength,
    headers: publicHeaders(delivery.headers),
    query: publicQuery(delivery.query),
    stored: false,
    body: null,
  };
}

/** A large body goes beside the inbox before the delivery is written down, so that no record lacks its body. */
async function keepBody(deps: TakeDeps, record: DeliveryRecord, body: Uint8Array): Promise<DeliveryRecord> {
  if (body.byteLength <= limits.inbox_body_bytes.value) return { ...record, body };
  await deps.files.putDelivery(record.id, body);
  return { ...record, stored: true };
}

/** A delivery that was let in, or one from the inbox once more. */
export interface DeliveryToTake {
  delivery: IncomingDelivery;
  /** What it was let in by. */
  scheme: Signature;
  redeliveryOf: DeliveryId | null;
  /** Who asks for it, when it is not the sender: the token's id. */
  requestedBy?: string;
}

/** A delivery as it is to be written down: with the run it starts, or why it starts none. */
interface JudgedDelivery {
  record: DeliveryRecord;
  admit: AdmitRequest<RunSpec> | null;
  refusal: AppError | null;
}

/**
 * Takes a delivery. Answers once what became of it is durable: the delivery, the receipt it is known by and the run it
 * starts are one write; a refusal is written down too.
 */
export async function takeDelivery(
  deps: TakeDeps,
  hook: Hook,
  request: DeliveryToTake,
): Promise<TakenDelivery> {
  const { delivery, redeliveryOf, scheme: signature } = request;
  const { scheme } = signature;
  const { json, note } = readBody(delivery.body);
  const external_id = findExternalId(scheme, delivery, json);
  const facts = { ...describeDelivery(deps, hook, delivery), external_id, redelivery_of: redeliveryOf };
  const known = { scheme: signature, delivery, externalId: external_id };
  const receipts = redeliveryOf === null ? await buildReceipts(hook.spec, known) : [];
  const record = await keepBody(deps, facts, delivery.body);
  const handshake = answerHandshake(scheme, delivery, json);
  const judged = handshake
    ? { record: { ...record, reason: handshake.reason }, admit: null, refusal: null }
    : await judgeDelivery(deps, hook, { ...request, record: { ...record, reason: note }, json });
  const reply = await deps.inbox(hook.worker_id).deliver({
    delivery: judged.record,
    receipts: handshake ? [] : receipts,
    admit: judged.admit,
  });
  if (judged.admit !== null && reply.kind !== "taken")
    await deps.uncountStart({ workspaceId: hook.workspace_id, settings: hook.target?.settings });
  return conclude(hook, { ...judged, answer: handshake?.answer ?? null }, reply);
}

/** A delivery whose body has been read; `json` is undefined when it is none. */
type ReadDelivery = DeliveryToTake & { record: DeliveryRecord; json: Json | undefined };

/** A delivery with the run it starts; a refusal is the delivery's verdict. */
async function judgeDelivery(deps: TakeDeps, hook: Hook, request: ReadDelivery): Promise<JudgedDelivery> {
  const { record } = request;
  const prepared = await attempt(() => prepareDelivered(deps, hook, request));
  if (prepared.ok) return { record, admit: prepared.value, refusal: null };
  const { refusal } = prepared;
  return { record: { ...record, ...verdictOf(refusal) }, admit: null, refusal };
}

/** The run that a delivery starts, as the inbox's queue takes it. */
async function prepareDelivered(
  deps: TakeDeps,
  hook: Hook,
  request: ReadDelivery,
): Promise<AdmitRequest<RunSpec>> {
  const { record, delivery, requestedBy = hook.trigger_id } = request;
  // What happened stands within what Composio says of it.
  const json = hook.spec.app_event === undefined ? request.json : readAppEvent(request.json)?.data;
  if (hook.paused) throw new AppError("trigger_paused", `The trigger ${hook.name} is paused.`);
  if (hook.target === null) throw notFound("version");
  const found = toWorkerVersion(hook.target);
  const fields = declaredInputs(found.version.manifest, hook.spec.action ?? null);
  const taken = takeInputs(fields, hook.spec.inputs, json);
  const checked = await checkOrder(deps, {
    found,
    requestedBy,
    coRequesters: await listHookMakers(deps, hook, request),
    request: {
      workerName: hook.worker_name,
      action: hook.spec.action,
      inputs: { ...takeUndeclared(fields, taken, json), ...taken },
      triggerSource: hook.spec.app_event === undefined ? "webhook" : "composio",
      triggerRef: hook.trigger_id,
      idempotencyKey: null,
    },
  });
  const event = await keepEvent(deps, hook, buildEventFile(record.external_id ?? record.id, delivery));
  return freezeOrder(deps, checked, { event });
}

/** Small events travel with the run's orders, large ones as a file. */
async function keepEvent(deps: TakeDeps, hook: Hook, event: string): Promise<TriggerEvent> {
  const bytes = new TextEncoder().encode(event);
  if (bytes.byteLength <= limits.inbox_body_bytes.value) return { event, files: [] };
  const sha256 = await sha256Hex(bytes);
  await deps.files.putUpload({ workspaceId: hook.workspace_id, sha256 }, bytes);
  const of = { workspaceId: hook.workspace_id, sha256, size: bytes.byteLength, now: deps.clock() };
  await keepEventUpload(deps.db, of);
  return { event: null, files: [{ name: "event", sha256, path: EVENT_PATH }] };
}

/** What became of a delivery, once the inbox has said it. A repeat is the first one's answer, whatever was judged of it. */
function conclude(
  hook: Hook,
  { record, refusal, answer }: JudgedDelivery & Pick<TakenDelivery, "answer">,
  reply: DeliverReply,
): TakenDelivery {
  switch (reply.kind) {
    case "duplicate": {
      const first = { ...record, id: reply.delivery_id, run_id: reply.run_id };
      return { record: first, duplicate: true, answer, refusal: null };
    }
    case "refused": {
      const refused = refuseAdmission(reply.reply, hook.worker_name);
      return { record: { ...record, ...verdictOf(refused) }, duplicate: false, answer, refusal: refused };
    }
    case "taken":
      return { record: { ...record, run_id: reply.run_id }, duplicate: false, answer, refusal };
  }
}

function verdictOf(refusal: AppError): { verdict: DeliveryVerdict; reason: string } {
  const verdict = refusal.code === "invalid_inputs" ? "invalid_inputs" : "refused";
  return { verdict, reason: `${refusal.code}: ${refusal.message}` };
}
