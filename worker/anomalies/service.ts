// Owns what becomes of anomalies on the record of changes: what is done about them, and what a worker is held to since one.
// Never resumes a worker by itself, and lets no client of MCP do so or say what is watched.
// Writes worker_watches; has the chain, the worker's queue and its alerts told by those who own them.
import { anomalyKindSchema, anomalySettingOf, DEFAULT_ANOMALY_ACTION } from "#contract/anomalies/anomaly";
import type {
  AnomalyAction,
  AnomalyKind,
  AnomalyWatch,
  ChangeAnomalyActions,
} from "#contract/anomalies/anomaly";
import type { Principal } from "#contract/access/access";
import type { AuditEventId } from "#contract/ids";
import { isPerson, requireDecider } from "../access/policy.ts";
import type { AuditRow } from "../audit/describe-call.ts";
import { requireWorker } from "../catalog/require-worker.ts";
import { AppError, notFound } from "../platform/app-error.ts";
import { toIso } from "../platform/clock.ts";
import type { Clock } from "../platform/clock.ts";
import type { Db } from "../platform/db/client.ts";
import { describeAnomaly } from "./describe-anomaly.ts";
import type { Anomaly } from "./find-anomalies.ts";
import { clearRestraint, findWatch, putActions, putRestraint } from "./store.ts";
import type { Watch } from "./store.ts";

export interface AnomalyDeps {
  db: Db;
  clock: Clock;
  /** Throttled: the worker makes one run at a time. */
  setThrottled: (workerId: string, throttled: boolean) => Promise<void>;
}

export interface ActingDeps extends AnomalyDeps {
  newEventId: (nowMs: number) => AuditEventId;
  append: (row: AuditRow) => Promise<void>;
  /** Has those told who asked for it, of the same anomaly once. */
  tell: (anomaly: Anomaly, action: AnomalyAction) => Promise<void>;
  pause: (of: { workspaceId: string; workerId: string }) => Promise<void>;
}

/** What is done about one kind: what the worker says, else its workspace, else nobody. Pure. */
function actionOn(
  kind: AnomalyKind,
  { actions, settings }: Pick<Watch, "actions" | "settings">,
): AnomalyAction {
  return actions[kind] ?? settings[anomalySettingOf[kind]] ?? DEFAULT_ANOMALY_ACTION;
}

/**
 * Does what is to be done about an anomaly. The worker is held first, so that a crash leaves it held and not running on; each step may
 * be repeated. A worker that is gone is left alone, and a pause is never made a throttle again.
 */
export async function actOnAnomaly(deps: ActingDeps, anomaly: Anomaly): Promise<void> {
  const of = { workspaceId: anomaly.workspace_id, workerId: anomaly.worker.id };
  const watch = await findWatch(deps.db, of);
  const action = watch === undefined ? "ignore" : actionOn(anomaly.kind, watch);
  if (action === "ignore") return;
  if (action === "pause" || (action === "throttle" && watch?.restraint?.action !== "pause")) {
    const { kind, message: reason } = anomaly;
    await putRestraint(deps.db, of, { action, kind, reason, since: deps.clock() });
    if (action === "pause") await deps.pause(of);
    else await deps.setThrottled(of.workerId, true);
  }
  const id = deps.newEventId(deps.clock());
  await deps.append(describeAnomaly(anomaly, { id, action }));
  await deps.tell(anomaly, action);
}

/** Lets go of a worker that is about to be resumed. Throws `people_only` where an anomaly holds it and no person asks. */
export async function liftRestraint(
  deps: AnomalyDeps,
  principal: Principal,
  workerId: string,
): Promise<void> {
  const of = { workspaceId: principal.workspace_id, workerId };
  const held = (await findWatch(deps.db, of))?.restraint;
  if (!held) return;
  if (!isPerson(principal))
    throw new AppError("people_only", `A person resumes this worker: it is held since ${held.reason}`);
  await deps.setThrottled(workerId, false);
  await clearRestraint(deps.db, of);
}

/** How a worker is watched. */
export async function getAnomalyWatch(
  deps: AnomalyDeps,
  principal: Principal,
  name: string,
): Promise<AnomalyWatch> {
  const { worker } = await requireWorker(deps, principal, { name });
  const watch = await findWatch(deps.db, { workspaceId: worker.workspace_id, workerId: worker.id });
  if (watch === undefined) throw notFound("worker");
  const { actions, restraint } = watch;
  const kinds = anomalyKindSchema.options.map((kind) => [kind, actionOn(kind, watch)] as const);
  return {
    worker: worker.name,
    actions,
    in_force: {
      novel_tool: "notify",
      denial_streak: "notify",
      rate_breach: "notify",
      unusual_spend: "notify",
      ...Object.fromEntries(kinds),
    },
    restraint: restraint && { ...restraint, since: toIso(restraint.since) },
  };
}

/** Sets what is done about a worker's anomalies. Throws as `requireDecider` does. */
export async function setAnomalyActions(
  deps: AnomalyDeps,
  principal: Principal,
  { name, actions }: { name: string; actions: ChangeAnomalyActions },
): Promise<AnomalyWatch> {
  const { worker } = await requireWorker(deps, principal, { name, scope: "workers:write" });
  requireDecider(principal);
  await putActions(deps.db, { workspaceId: worker.workspace_id, workerId: worker.id }, actions);
  return getAnomalyWatch(deps, principal, name);
}
