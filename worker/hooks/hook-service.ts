// Owns the way in from outside: who is let in, what is taken from a delivery, what becomes of it.
// Never answers before the delivery and its run are durable; never tells a stranger whether a hook exists.
// Writes through the worker's inbox, which takes delivery, receipt and run in one turn.
import * as z from "zod";
import type { Principal } from "#contract/access/access";
import type { DeliveryVerdict } from "#contract/hooks/delivery";
import type { DeliveryId } from "#contract/ids";
import { limits } from "#contract/limits";
import type { RunDetail } from "#contract/runs/run";
import { triggerPrincipal } from "../access/principal.ts";
import { AppError, notFound } from "../platform/app-error.ts";
import { sha256Hex } from "../platform/crypto.ts";
import type { Files } from "../platform/files.ts";
import type { AdmitRequest } from "../queue/queue-api.ts";
import { waitForEnd } from "../runs/read/follow.ts";
import { getRun } from "../runs/read/read-run.ts";
import { EVENT_PATH, type TriggerEvent } from "../runs/spec/run-origin.ts";
import type { RunSpec } from "../runs/spec/run-spec.ts";
import { checkOrder, freezeOrder } from "../runs/start/prepare-run.ts";
import { refuseAdmission, type StartDeps } from "../runs/start/start-run.ts";
import { secondsToWait } from "./answer-hook.ts";
import { checkDecoy, checkHook, type Entrance } from "./check-hook.ts";
import type { Hook } from "./hook-store.ts";
import type { DeliverReply, DeliveryRecord, InboxApi, ReceiptKey } from "./inbox/inbox-api.ts";
import {
  answerHandshake,
  buildEventFile,
  findExternalId,
  parseBody,
  publicHeaders,
  publicQuery,
  takeInputs,
  type IncomingDelivery,
} from "./read-delivery.ts";

export interface HookDeps extends StartDeps {
  files: Files;
  signingKey: string;
  publicUrl: string;
  /** The workspace whose workers `/webhooks/{name}` means. */
  homeWorkspace: string;
  newDeliveryId: (nowMs: number) => DeliveryId;
  inbox: (workerId: string) => InboxApi;
  /** Lets a run go on that waits for something outside (`await_external`); throws `not_found` when none does. */
  resumeExternal: (
    worker: { workspaceId: string; workerName: string },
    event: { key: string; run_id: string | undefined; payload: unknown },
  ) => Promise<{ status: "resumed"; run_id: string; follow_up_run_id: string }>;
}

/** A delivery that was let in, and by which hook. */
export interface OpenedHook {
  hook: Hook;
  delivery: IncomingDelivery;
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

/** How much of a body nobody vouches for is kept. */
const UNSIGNED_BODY_BYTES = 4096;

function refuseHook(): AppError {
  return new AppError(
    "hook_refused",
    "There is no such hook, or the delivery is not signed as it must be. Its owner sees why in the trigger's deliveries.",
  );
}

/**
 * The hook a delivery is for. Throws the same for one that does not exist and for one whose owner did not let the
 * sender in, after the same work; the delivery is noted behind the answer.
 */
export async function openHook(
  deps: HookDeps,
  request: {
    hooks: readonly Hook[];
    entrance: Entrance;
    delivery: IncomingDelivery;
    waitUntil: (work: Promise<unknown>) => void;
  },
): Promise<Hook> {
  const { hooks, entrance, delivery } = request;
  const { signingKey, homeWorkspace } = deps;
  const place = { signingKey, homeWorkspace, entrance, now: deps.clock() };
  if (hooks.length === 0) await checkDecoy(place, delivery);
  const verdicts = await Promise.all(hooks.map((hook) => checkHook(place, hook, delivery)));
  const found = hooks.find((_hook, index) => verdicts[index]?.ok);
  if (found) return found;
  const [first, verdict] = [hooks[0], verdicts[0]];
  if (first && first.trigger_id !== "" && verdict && !verdict.ok) {
    const body = delivery.body.subarray(0, UNSIGNED_BODY_BYTES);
    const facts = { ...describeDelivery(deps, first, delivery), body };
    const record = { ...facts, verdict: verdict.verdict, reason: verdict.reason };
    request.waitUntil(deps.inbox(first.worker_id).noteUnsigned(record));
  }
  throw refuseHook();
}

function describeDelivery(deps: HookDeps, hook: Hook, delivery: IncomingDelivery): DeliveryRecord {
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
async function keepBody(deps: HookDeps, record: DeliveryRecord, body: Uint8Array): Promise<DeliveryRecord> {
  if (body.byteLength <= limits.inbox_body_bytes.value) return { ...record, body };
  await deps.files.putDelivery(record.id, body);
  return { ...record, stored: true };
}

/** The sender's id, else what the body is, for as long as the hook says. */
async function buildReceipt(
  hook: Hook,
  delivery: IncomingDelivery,
  externalId: string | null,
): Promise<ReceiptKey | null> {
  const digest = await sha256Hex(delivery.body);
  if (externalId !== null) {
    return { key: `id:${externalId}`, digest, seconds: limits.receipt_seconds.value };
  }
  if (hook.spec.same_body_seconds === 0) return null;
  const facts = JSON.stringify([delivery.method, publicQuery(delivery.query), digest]);
  return { key: `body:${await sha256Hex(facts)}`, digest, seconds: hook.spec.same_body_seconds };
}

/** A delivery that was let in, or one from the inbox once more. */
export interface DeliveryToTake {
  delivery: IncomingDelivery;
  apiUrl: string;
  redeliveryOf: string | null;
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
  deps: HookDeps,
  hook: Hook,
  request: DeliveryToTake,
): Promise<TakenDelivery> {
  const { delivery, redeliveryOf } = request;
  const { scheme } = hook.spec.signature;
  const json = parseBody(delivery.body);
  const external_id = findExternalId(scheme, delivery, json);
  const facts = { ...describeDelivery(deps, hook, delivery), external_id, redelivery_of: redeliveryOf };
  const receipt = redeliveryOf === null ? await buildReceipt(hook, delivery, external_id) : null;
  const record = await keepBody(deps, facts, delivery.body);
  const handshake = answerHandshake(scheme, delivery, json);
  const judged = handshake
    ? { record: { ...record, reason: handshake.reason }, admit: null, refusal: null }
    : await prepareDelivery(deps, hook, { ...request, record });
  const reply = await deps.inbox(hook.worker_id).deliver({
    delivery: judged.record,
    receipt: handshake ? null : receipt,
    admit: judged.admit,
  });
  return conclude(hook, { ...judged, answer: handshake?.answer ?? null }, reply);
}

/** The run that a delivery starts, judged and frozen; or the refusal, which is the delivery's verdict then. */
async function prepareDelivery(
  deps: HookDeps,
  hook: Hook,
  request: DeliveryToTake & { record: DeliveryRecord },
): Promise<JudgedDelivery> {
  const { record, delivery, requestedBy = hook.trigger_id } = request;
  try {
    if (hook.paused) throw new AppError("trigger_paused", `The trigger ${hook.name} is paused.`);
    if (hook.target === null) throw notFound("version");
    const fields = hook.target.version.manifest.exec.inputs;
    const checked = await checkOrder(deps, {
      found: hook.target,
      requestedBy,
      request: {
        workerName: hook.worker_name,
        inputs: takeInputs(fields, hook.spec.inputs, parseBody(delivery.body)),
        triggerSource: "webhook",
        triggerRef: hook.trigger_id,
        idempotencyKey: null,
        apiUrl: request.apiUrl,
      },
    });
    const event = await keepEvent(deps, hook, buildEventFile(record.external_id ?? record.id, delivery));
    return { record, admit: await freezeOrder(deps, checked, { event }), refusal: null };
  } catch (thrown) {
    if (!(thrown instanceof AppError)) throw thrown;
    return { record: { ...record, ...judge(thrown) }, admit: null, refusal: thrown };
  }
}

/** Small events travel with the run's orders, large ones as a file. */
async function keepEvent(deps: HookDeps, hook: Hook, event: string): Promise<TriggerEvent> {
  const bytes = new TextEncoder().encode(event);
  if (bytes.byteLength <= limits.inbox_body_bytes.value) return { event, files: [] };
  const sha256 = await sha256Hex(bytes);
  await deps.files.putUpload({ workspaceId: hook.workspace_id, sha256 }, bytes);
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
      return { record: { ...record, ...judge(refused) }, duplicate: false, answer, refusal: refused };
    }
    case "taken":
      return { record: { ...record, run_id: reply.run_id }, duplicate: false, answer, refusal };
  }
}

function judge(refusal: AppError): { verdict: DeliveryVerdict; reason: string } {
  const verdict = refusal.code === "invalid_inputs" ? "invalid_inputs" : "refused";
  return { verdict, reason: `${refusal.code}: ${refusal.message}` };
}

/** Starts the run of a delivery that was let in, and waits for its end where the hook says so. Throws why it starts none. */
export async function startDelivered(
  deps: HookDeps,
  { hook, delivery }: OpenedHook,
  apiUrl: string,
): Promise<{ taken: TakenDelivery; run: RunDetail | null }> {
  const taken = await takeDelivery(deps, hook, { delivery, apiUrl, redeliveryOf: null });
  if (taken.refusal) throw taken.refusal;
  const runId = taken.record.run_id;
  const seconds = secondsToWait(hook.spec.reply);
  if (runId === null || seconds === 0) return { taken, run: null };
  await waitForEnd(deps, { runId, timeoutMs: seconds * 1000 });
  return { taken, run: await getRun(deps, principalOf(hook), runId) };
}

const resumeSchema = z.looseObject({ key: z.string().min(1), run_id: z.string().optional() });

/**
 * Lets a run go on that waits for this delivery. Its body names what is waited for (`key`), and may name the run; all of
 * it becomes `external_result`.
 */
export async function resumeDelivered(deps: HookDeps, { hook, delivery }: OpenedHook) {
  const parsed = resumeSchema.safeParse(parseBody(delivery.body));
  if (!parsed.success) {
    const detail = "must be a JSON object with the text member key";
    throw new AppError("invalid_request", `The body ${detail}.`, { errors: [{ pointer: "/key", detail }] });
  }
  const { key, run_id } = parsed.data;
  const worker = { workspaceId: hook.workspace_id, workerName: hook.worker_name };
  return deps.resumeExternal(worker, { key, run_id, payload: parsed.data });
}

/** The hook's trigger as the one that asks. */
function principalOf(hook: Pick<Hook, "workspace_id" | "trigger_id">): Principal {
  const trigger = { id: hook.trigger_id, workspaceId: hook.workspace_id };
  return triggerPrincipal(trigger, ["runs:read", "runs:write"]);
}
