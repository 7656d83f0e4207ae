// Owns the events of apps: whether Composio has sent them, and which triggers they are for.
// Never starts what another workspace's account did: whose an event is Composio says, and that is signed.
// Writes through the inboxes of the workers that it starts.
import { limits } from "#contract/limits";
import { AppError } from "../platform/app-error.ts";
import type { HookDeps } from "./hook-service.ts";
import { findAppHooks } from "./hook-store.ts";
import type { Hook } from "./hook-store.ts";
import { fitsFilters, plainName, readAppEvent } from "./read-app-event.ts";
import type { AppEvent } from "./read-app-event.ts";
import { parseBody } from "./read-delivery.ts";
import type { IncomingDelivery } from "./read-delivery.ts";
import { takeDelivery } from "./take-delivery.ts";
import { verifySignature } from "./verify-signature.ts";

/** Composio signs as Standard Webhooks does: id, time and body. */
const SCHEME = {
  scheme: "standard",
  tolerance_seconds: limits.webhook_tolerance_seconds.value,
} as const;

/** What became of an event: the runs that it started, or has started before. */
export interface TakenEvent {
  status: "accepted" | "ignored";
  runs: string[];
}

/**
 * Takes an event of an app to every trigger that it is for; each has it in its inbox. Answers once all of that is durable, and
 * throws where one could not take it now, so that it is sent again: those that have taken it know it by its id.
 */
export async function takeAppEvent(deps: HookDeps, delivery: IncomingDelivery): Promise<TakenEvent> {
  const secrets = deps.eventKey === "" ? [] : [deps.eventKey];
  const options = { secrets, urlTokens: [], nowMs: deps.clock() };
  if (!(await verifySignature(SCHEME, delivery, options)).ok)
    throw new AppError("hook_refused", "There is no such hook, or the delivery is not signed as it must be.");
  const event = readAppEvent(parseBody(delivery.body));
  if (event === null) return { status: "ignored", runs: [] };
  const hooks = await findMeant(deps, event);
  const all = await Promise.all(
    hooks.map((hook) => takeDelivery(deps, hook, { delivery, scheme: SCHEME, redeliveryOf: null })),
  );
  const later = all.find(({ refusal }) => refusal !== null && isForLater(refusal));
  if (later?.refusal) throw later.refusal;
  const runs = all.flatMap(({ record }) => record.run_id ?? []);
  return { status: hooks.length === 0 ? "ignored" : "accepted", runs };
}

/** Whoever sends it again may have it taken then. */
function isForLater({ status }: AppError): boolean {
  return status === 429 || status >= 500;
}

async function findMeant(deps: HookDeps, event: AppEvent): Promise<Hook[]> {
  const meant: Hook[] = [];
  for (const hook of await findAppHooks(deps.db, event.user)) {
    const { app_event: wanted } = hook.spec;
    if (wanted === undefined || plainName(wanted.event) !== event.name) continue;
    if (!fitsFilters(event, wanted.filters)) continue;
    const isAccount =
      wanted.connection === event.account ||
      (await deps.hasAccount(hook.workspace_id, wanted.connection, event.account));
    if (isAccount) meant.push(hook);
  }
  return meant;
}
