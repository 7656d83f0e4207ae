// Owns the way in from outside: who is let in, and what a sender is told.
// Never answers before the delivery and its run are durable; never tells a stranger whether a hook exists.
// Writes through the worker's inbox, which takes delivery, receipt and run in one turn.
import type { Signature } from "#contract/hooks/webhook";
import type { Json } from "#contract/json";
import * as z from "zod";
import type { Principal } from "#contract/access/access";
import type { RunDetail } from "#contract/runs/run";
import { triggerPrincipal } from "../access/principal.ts";
import { AppError } from "../platform/app-error.ts";
import type { Files } from "../platform/files.ts";
import { describeError, log } from "../platform/log.ts";
import { waitForEnd } from "../runs/read/follow.ts";
import { getRun } from "../runs/read/read-run.ts";
import type { StartDeps } from "../runs/start/start-run.ts";
import { secondsToWait } from "./answer-hook.ts";
import { checkDecoys, checkHook, isTriggers } from "./check-hook.ts";
import type { Entrance, HookCheck } from "./check-hook.ts";
import { listHookMakers } from "./list-hook-makers.ts";
import type { Hook } from "./hook-store.ts";
import { parseBody } from "./read-delivery.ts";
import type { IncomingDelivery } from "./read-delivery.ts";
import { describeDelivery, takeDelivery } from "./take-delivery.ts";
import type { TakeDeps, TakenDelivery } from "./take-delivery.ts";

export interface HookDeps extends StartDeps, TakeDeps {
  files: Files;
  /** The workspace whose workers `/webhooks/{name}` means. */
  homeWorkspace: string;
  /** By which Composio signs the events of apps; empty where none are taken. */
  eventKey: string;
  /** Whether a workspace's connection, by its name or id, is signed in to an app as this account at Composio. */
  hasAccount: (workspaceId: string, connection: string, account: string) => Promise<boolean>;
  /** Lets a run go on that waits for something outside (`await_external`); throws `not_found` when none does. */
  resumeExternal: (
    worker: { workspaceId: string; workerName: string },
    event: { key: string; run_id: string | undefined; payload: Json; by: readonly string[] },
  ) => Promise<{ status: "resumed"; run_id: string; follow_up_run_id: string }>;
}

/** A delivery that was let in, by which hook and by which scheme. */
export interface OpenedHook {
  hook: Hook;
  scheme: Signature;
  delivery: IncomingDelivery;
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
 * The hook a delivery is for, and the scheme it was let in by. Throws the same for one that does not exist and for one
 * whose owner did not let the sender in, after the same work; only behind the answer the delivery is noted for an owner
 * to see.
 */
export async function openHook(
  deps: HookDeps,
  request: {
    hooks: readonly Hook[];
    entrance: Entrance;
    delivery: IncomingDelivery;
    waitUntil: (work: Promise<unknown>) => void;
  },
): Promise<OpenedHook> {
  const { hooks, entrance, delivery } = request;
  const place = { boxKeys: deps.boxKeys, entrance, now: deps.clock() };
  const judged = await Promise.all(
    hooks.map(async (hook) => ({ hook, check: await checkHook(place, hook, delivery) })),
  );
  for (const { hook, check } of judged) if (check.ok) return { hook, scheme: check.scheme, delivery };
  await checkDecoys(place, hooks.length, delivery);
  // Whatever it leads to begins when the sender has been answered, also where it leads to nothing.
  request.waitUntil(deps.sleep(0).then(() => noteRefused(deps, judged[0], delivery)));
  throw refuseHook();
}

/** Writes down for the hook's owner what was not let in; nothing where there is no owner. */
async function noteRefused(
  deps: HookDeps,
  judged: { hook: Hook; check: HookCheck } | undefined,
  delivery: IncomingDelivery,
): Promise<void> {
  if (!judged || judged.check.ok || !isTriggers(judged.hook)) return;
  const { hook, check } = judged;
  const body = delivery.body.subarray(0, UNSIGNED_BODY_BYTES);
  const facts = { ...describeDelivery(deps, hook, delivery), body };
  const record = { ...facts, verdict: check.verdict, reason: check.reason };
  await deps.inbox(hook.worker_id).noteUnsigned(record);
}

/**
 * Starts the run of a delivery that was let in, and waits for its end where the hook says so. Throws why it starts none.
 * What was accepted stays accepted whether or not the run can be read: a 404 or a 500 would have it sent once more. `run`
 * is null then, and where nobody waits.
 */
export async function startDelivered(
  deps: HookDeps,
  { hook, scheme, delivery }: OpenedHook,
): Promise<{ taken: TakenDelivery; run: RunDetail | null }> {
  const taken = await takeDelivery(deps, hook, { delivery, scheme, redeliveryOf: null });
  if (taken.refusal) throw taken.refusal;
  const runId = taken.record.run_id;
  const seconds = secondsToWait(hook.spec.reply);
  if (runId === null || seconds === 0) return { taken, run: null };
  // One that waits is told to its object only when somebody asks for it.
  await deps.queue(hook.worker_id).tell(runId);
  await waitForEnd(deps, { runId, timeoutMs: seconds * 1000 });
  const run = await getRun(deps, principalOf(hook), runId).catch((error: unknown) => {
    log("warn", "hook.run_unread", { run_id: runId, error: describeError(error) });
    return null;
  });
  return { taken, run };
}

const resumeSchema = z.looseObject({ key: z.string().min(1), run_id: z.string().optional() });

/**
 * Lets a run go on that waits for this delivery. Its body names what is waited for (`key`), and may name the run; all of
 * it becomes `external_result`.
 */
export async function resumeDelivered(deps: HookDeps, { hook, scheme, delivery }: OpenedHook) {
  const body = parseBody(delivery.body);
  const parsed = resumeSchema.safeParse(body);
  if (!parsed.success) {
    const detail = "must be a JSON object with the text member key";
    throw new AppError("invalid_request", `The body ${detail}.`, { errors: [{ pointer: "/key", detail }] });
  }
  const { key, run_id } = parsed.data;
  const worker = { workspaceId: hook.workspace_id, workerName: hook.worker_name };
  const by = await listHookMakers(deps, hook, { delivery, scheme, redeliveryOf: null });
  return deps.resumeExternal(worker, { key, run_id, payload: body ?? null, by });
}

/** The hook's trigger as the one that asks. */
function principalOf(hook: Pick<Hook, "workspace_id" | "trigger_id">): Principal {
  const trigger = { id: hook.trigger_id, workspaceId: hook.workspace_id };
  return triggerPrincipal(trigger, ["runs:read", "runs:write"]);
}
