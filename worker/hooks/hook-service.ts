// Owns the way in from outside: who may knock, what is taken from a delivery, what becomes of it.
// Never answers before the delivery and its run are durable; never tells a stranger whether a hook exists.
// Writes through the worker's inbox, which takes delivery, receipt and run in one turn.
import type { Principal } from "#contract/access/access";
import type { DeliveryVerdict } from "#contract/hooks/delivery";
import type { DeliveryId } from "#contract/ids";
import { limits } from "#contract/limits";
import { triggerPrincipal } from "../access/principal.ts";
import { AppError, notFound } from "../platform/app-error.ts";
import { sha256Hex } from "../platform/crypto.ts";
import type { Files } from "../platform/files.ts";
import { acceptVersion, type AdmitReply, type AdmitRequest, type RunDeps } from "../runs/service.ts";
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

export interface HookDeps extends RunDeps {
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
const EVENT_PATH = "event.json";

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

/** Takes a delivery that was let in, or one from the inbox once more. Answers once what became of it is durable. */
export async function takeDelivery(
  deps: HookDeps,
  hook: Hook,
  request: {
    delivery: IncomingDelivery;
    apiUrl: string;
    redeliveryOf: string | null;
    /** Who asks for it, when it is not the sender: the token's id. */
    requestedBy?: string;
  },
): Promise<TakenDelivery> {
  const { delivery, redeliveryOf } = request;
  const { scheme } = hook.spec.signature;
  const json = parseBody(delivery.body);
  const external_id = findExternalId(scheme, delivery, json);
  const facts = { ...describeDelivery(deps, hook, delivery), external_id, redelivery_of: redeliveryOf };
  const receipt = redeliveryOf === null ? await buildReceipt(hook, delivery, external_id) : null;
  const record = await keepBody(deps, facts, delivery.body);
  const handshake = answerHandshake(scheme, delivery, json);
  const answer = handshake?.answer ?? null;
  const inbox = deps.inbox(hook.worker_id);
  const conclude = (judged: DeliveryRecord, refusal: AppError | null, reply: DeliverReply): TakenDelivery => {
    if (reply.kind !== "duplicate") return { record: judged, duplicate: false, answer, refusal };
    const repeat = { ...judged, id: reply.delivery_id, run_id: reply.run_id };
    return { record: repeat, duplicate: true, answer, refusal: null };
  };
  if (handshake) {
    const judged = { ...record, reason: handshake.reason };
    return conclude(judged, null, await inbox.deliver({ delivery: judged, receipt: null, admit: null }));
  }
  const event = buildEventFile(external_id ?? record.id, delivery);
  const fields = hook.version?.manifest.exec.inputs ?? [];
  const inputs = takeInputs(fields, hook.spec.inputs, json);
  const road = { inbox, record, receipt, event };
  const { apiUrl, requestedBy = hook.trigger_id } = request;
  return startDelivered(deps, hook, { inputs, apiUrl, requestedBy, road, conclude });
}

interface Road {
  inbox: InboxApi;
  record: DeliveryRecord;
  receipt: ReceiptKey | null;
  event: string;
}

/** Starts the run of a delivery, its admission and its record in one write; a refusal is written down too. */
async function startDelivered(
  deps: HookDeps,
  hook: Hook,
  start: {
    inputs: Hook["spec"]["inputs"];
    apiUrl: string;
    requestedBy: string;
    road: Road;
    conclude: (judged: DeliveryRecord, refusal: AppError | null, reply: DeliverReply) => TakenDelivery;
  },
): Promise<TakenDelivery> {
  const { inbox, record, receipt, event } = start.road;
  let reply: DeliverReply | null = null;
  const admit = async (request: AdmitRequest): Promise<AdmitReply> => {
    const withEvent = { ...request, spec: await attachEvent(deps, request.spec, event) };
    reply = await inbox.deliver({ delivery: record, receipt, admit: withEvent });
    return readReply(reply, request.spec.run_id);
  };
  try {
    if (hook.paused) throw new AppError("trigger_paused", `The trigger ${hook.name} is paused.`);
    if (hook.version === null) throw notFound("version");
    const { runId } = await acceptVersion(
      { ...deps, workerObject: () => ({ admit }) },
      {
        workspaceId: hook.workspace_id,
        version: hook.version,
        requestedBy: start.requestedBy,
        request: {
          workerName: hook.worker_name,
          version: hook.version.number,
          inputs: start.inputs,
          triggerSource: "webhook",
          triggerRef: hook.trigger_id,
          idempotencyKey: null,
          apiUrl: start.apiUrl,
        },
      },
    );
    return start.conclude(
      { ...record, run_id: runId },
      null,
      reply ?? { kind: "taken", run_id: runId, reply: null },
    );
  } catch (thrown) {
    if (!(thrown instanceof AppError)) throw thrown;
    const judged = { ...record, ...judge(thrown) };
    const noted = reply ?? (await inbox.deliver({ delivery: judged, receipt, admit: null }));
    return start.conclude(judged, thrown, noted);
  }
}

/** What the queue answered, as the rooms behind `admitRun` understand it. */
function readReply(reply: DeliverReply, newRunId: string): AdmitReply {
  if (reply.kind === "refused") return reply.reply;
  if (reply.kind === "taken" && reply.reply) return reply.reply;
  return { kind: "repeat", run_id: reply.run_id ?? newRunId };
}

function judge(refusal: AppError): { verdict: DeliveryVerdict; reason: string } {
  const verdict = refusal.code === "invalid_inputs" ? "invalid_inputs" : "refused";
  return { verdict, reason: `${refusal.code}: ${refusal.message}` };
}

/** Small events travel with the run's orders, large ones as a file. */
async function attachEvent(
  deps: HookDeps,
  spec: AdmitRequest["spec"],
  event: string,
): Promise<AdmitRequest["spec"]> {
  const bytes = new TextEncoder().encode(event);
  if (bytes.byteLength <= limits.inbox_body_bytes.value) return { ...spec, event };
  const sha256 = await sha256Hex(bytes);
  await deps.files.putUpload({ workspaceId: spec.workspace_id, sha256 }, bytes);
  const file = { name: "event", sha256, path: EVENT_PATH };
  return { ...spec, event: null, input_files: [...spec.input_files, file] };
}

/** The hook's trigger as the one that asks. */
export function principalOf(hook: Pick<Hook, "workspace_id" | "trigger_id">): Principal {
  const trigger = { id: hook.trigger_id, workspaceId: hook.workspace_id };
  return triggerPrincipal(trigger, ["runs:read", "runs:write"]);
}
