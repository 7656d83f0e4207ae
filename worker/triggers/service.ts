// Owns triggers: what starts a worker besides a person. Those worker.yml declares follow its active version, those made
// through the API stay as they are. Never runs anything itself: a due or tested trigger goes the way of every run.
// Writes the rows of triggers in D1; when a schedule is due is the WorkerObject's to know, and it asks here for the rest.
import type { Principal, Scope } from "#contract/access/access";
import type { Manifest } from "#contract/manifest/manifest";
import { limits, formatLimit } from "#contract/limits";
import type { RunId, TriggerId } from "#contract/ids";
import type {
  ChangeTrigger,
  CreatedTrigger,
  CreateTrigger,
  Occurrence,
  Trigger,
} from "#contract/triggers/trigger";
import { can, hiddenWorkers } from "../access/policy.ts";
import { requireWorker } from "../catalog/require-worker.ts";
import { findWorkerVersion } from "../catalog/store.ts";
import type { WorkerRow, WorkerVersion } from "../catalog/store.ts";
import { AppError, notFound } from "../platform/app-error.ts";
import type { newId } from "../platform/ids.ts";
import { requireRoomForTriggers } from "../quotas/service.ts";
import { judgeStartInputs, requireAction } from "../registry/actions/find-action.ts";
import { parseCron } from "../registry/cron/parse-cron.ts";
import { isTimeZone } from "../registry/cron/time-zone.ts";
import { buildWebhookSpec } from "../hooks/build-webhook.ts";
import { makeFirstSecret, testWebhook } from "../hooks/delivery-service.ts";
import type { HookDeps } from "../hooks/hook-service.ts";
import { actorOf, listMakers } from "../access/principal.ts";
import { describeOccurrence, describeTrigger, upcoming } from "./describe-trigger.ts";
import { planTriggers } from "./plan-triggers.ts";
import type { ScheduleApi, ScheduleEntry, ScheduleState } from "../schedules/schedule-api.ts";
import { startNow } from "../schedules/service.ts";
import {
  applyPlan,
  findTriggerRow,
  insertTrigger,
  listTriggerRows,
  removeTrigger,
  removeTriggersOf,
  updateTrigger,
} from "./store.ts";
import type { TriggerRow } from "./store.ts";
import { scheduleSpecDocument } from "./trigger-spec.ts";
import type { ScheduleSpec } from "./trigger-spec.ts";

/** What changing triggers needs. */
export interface TriggerChangeDeps {
  schedules: (workerId: string) => ScheduleApi;
}

export interface TriggerDeps extends HookDeps, TriggerChangeDeps {
  /** Origin that the addresses shown of webhooks begin with. */
  linkOrigin: string;
  newId: typeof newId;
}

/**
 * Makes a change that a worker's triggers follow from (a push, a rollback, a trigger's own row), so that a crash at any
 * point leaves triggers that fit what is active: the object is told before, and looks after it by itself if need be.
 */
export async function changeTriggers<T>(
  deps: TriggerChangeDeps,
  workerId: string,
  change: () => Promise<T>,
): Promise<T> {
  const object = deps.schedules(workerId);
  await object.expectTriggers(workerId);
  const result = await change();
  await object.settleTriggers();
  return result;
}

/** Whether a version's manifest declares triggers that the platform acts on. */
export function declaresTriggers(manifest: Manifest): boolean {
  return countDeclaredTriggers(manifest) > 0;
}

/** How many triggers a version's manifest declares that the platform acts on. */
export function countDeclaredTriggers(manifest: Manifest): number {
  return manifest.triggers.filter(({ type }) => type !== "manual").length;
}

/** Makes a worker's trigger rows those of its active version, and answers its schedules. For its WorkerObject alone. */
export async function reconcileTriggers(
  deps: Pick<TriggerDeps, "db" | "clock" | "newId">,
  workerId: string,
): Promise<ScheduleEntry[]> {
  const found = await findWorkerVersion(deps.db, { workerId });
  if (!found) {
    await removeTriggersOf(deps.db, workerId);
    return [];
  }
  const { worker, version } = found;
  const of = { workspaceId: worker.workspace_id, workerId };
  // What waits in quarantine has no triggers: nothing starts it.
  const declared = version.state === "active" ? version.manifest : { ...version.manifest, triggers: [] };
  const plan = planTriggers(await listTriggerRows(deps.db, of), declared);
  const now = deps.clock();
  const by = version.pushed_by;
  const insert = plan.insert.map((one) =>
    buildRow(deps, worker, { ...one, origin: "manifest" as const, made_by: by }),
  );
  const changes = plan.insert.length + plan.update.length + plan.remove.length;
  if (changes > 0) await applyPlan(deps.db, plan, { now, by, insert });
  const rows = await listTriggerRows(deps.db, of);
  return rows.filter((row) => row.type === "schedule").map(toEntry);
}

function buildRow(
  deps: Pick<TriggerDeps, "clock" | "newId">,
  worker: WorkerRow,
  what: Pick<TriggerRow, "name" | "type" | "origin" | "spec" | "made_by"> & Partial<TriggerRow>,
): TriggerRow {
  const now = deps.clock();
  return {
    id: deps.newId("trg", now),
    workspace_id: worker.workspace_id,
    worker_id: worker.id,
    worker_name: worker.name,
    paused: false,
    pinned_version: null,
    secret_box: null,
    changed_by: null,
    created_at: now,
    updated_at: now,
    ...what,
  };
}

function toEntry(row: TriggerRow): ScheduleEntry {
  return {
    trigger_id: row.id,
    name: row.name,
    workspace_id: row.workspace_id,
    worker_name: row.worker_name,
    paused: row.paused,
    pinned_version: row.pinned_version,
    makers: listMakers(row),
    ...scheduleSpecDocument.read(row.spec),
  };
}

/** The trigger if the principal may do this to it; otherwise the same refusal as for one that does not exist. */
export async function requireTrigger(
  deps: Pick<TriggerDeps, "db">,
  principal: Principal,
  of: { id: string; scope: Scope },
): Promise<TriggerRow> {
  const row = await findTriggerRow(deps.db, of.id);
  if (!row || !can(principal, of.scope, row)) throw notFound("trigger");
  return row;
}

/** The worker, and the version that the trigger is to start. */
async function requireVersion(
  deps: Pick<TriggerDeps, "db">,
  principal: Principal,
  of: { name: string; version: number | null },
): Promise<WorkerVersion> {
  const active = await requireWorker(deps, principal, { name: of.name });
  if (of.version === null) return active;
  const pinned = await findWorkerVersion(deps.db, { workerId: active.worker.id }, of.version);
  if (pinned) return pinned;
  throw unfit("pinned_version", `is ${of.version}, but ${of.name} has no such version`);
}

function unfit(pointer: string, detail: string): AppError {
  return new AppError("invalid_request", `${pointer} ${detail}.`, {
    errors: [{ pointer: `/${pointer}`, detail }],
  });
}

async function describe(deps: TriggerDeps, rows: readonly TriggerRow[]): Promise<Trigger[]> {
  const workers = new Set(rows.filter((row) => row.type === "schedule").map((row) => row.worker_id));
  const states = await Promise.all([...workers].map((id) => deps.schedules(id).scheduleStates()));
  const byTrigger = new Map(states.flat().map((state): [string, ScheduleState] => [state.trigger_id, state]));
  const seen = { now: deps.clock(), linkOrigin: deps.linkOrigin };
  return rows.map((row) => describeTrigger(row, { ...seen, state: byTrigger.get(row.id) }));
}

async function describeOne(deps: TriggerDeps, id: TriggerId): Promise<Trigger> {
  const row = await findTriggerRow(deps.db, id);
  const [trigger] = row ? await describe(deps, [row]) : [];
  if (!trigger) throw notFound("trigger");
  return trigger;
}

/** All triggers of the workspace, by worker and name. */
export async function listTriggers(deps: TriggerDeps, principal: Principal): Promise<Trigger[]> {
  const hidden = hiddenWorkers(principal);
  const rows = await listTriggerRows(deps.db, { workspaceId: principal.workspace_id });
  return describe(
    deps,
    rows.filter(({ worker_name: name }) => !hidden.includes(name)),
  );
}

export async function listWorkerTriggers(
  deps: TriggerDeps,
  principal: Principal,
  workerName: string,
): Promise<Trigger[]> {
  const { worker } = await requireWorker(deps, principal, { name: workerName });
  const of = { workspaceId: worker.workspace_id, workerId: worker.id };
  return describe(deps, await listTriggerRows(deps.db, of));
}

export async function getTrigger(deps: TriggerDeps, principal: Principal, id: string): Promise<Trigger> {
  const row = await requireTrigger(deps, principal, { id, scope: "workers:read" });
  return describeOne(deps, row.id);
}

/** Refuses what could never start a run: a cron that is none, a zone that is none, inputs the version would refuse. */
function checkSchedule(spec: ScheduleSpec, manifest: Manifest): void {
  const parsed = parseCron(spec.cron);
  if (!parsed.ok) throw unfit("cron", parsed.reason);
  if (!isTimeZone(spec.timezone)) throw unfit("timezone", `is not an IANA time zone: ${spec.timezone}`);
  const errors = judgeStartInputs(manifest, { action: spec.action ?? null, inputs: spec.inputs });
  if (errors.length === 0) return;
  const list = errors.map((error) => `${error.pointer.split("/").pop()} ${error.detail}`).join("; ");
  throw new AppError(
    "invalid_inputs",
    `The runs of this schedule would be refused: ${list}. Give the values in inputs.`,
    { errors },
  );
}

function buildSpec(request: Omit<CreateTrigger, "name">, manifest: Manifest): unknown {
  const { inputs = {}, action } = request;
  if (request.type === "webhook") {
    requireAction(manifest, action ?? null);
    if (request.cron !== undefined) throw unfit("cron", "belongs to a schedule");
    return buildWebhookSpec({ action, inputs, settings: request.webhook });
  }
  if (request.webhook !== undefined) throw unfit("webhook", "belongs to a webhook");
  const spec: ScheduleSpec = {
    cron: request.cron ?? "",
    timezone: request.timezone ?? "UTC",
    missed: request.missed ?? "once",
    ...(action === undefined ? {} : { action }),
    inputs,
  };
  checkSchedule(spec, manifest);
  return scheduleSpecDocument.write(spec);
}

/** Names of the form schedule-1 and webhook-1 belong to worker.yml. */
function chooseName(request: CreateTrigger, rows: readonly TriggerRow[]): string {
  const { name, type } = request;
  if (name !== undefined) {
    if (/^(?:schedule|webhook)-\d+$/.test(name)) throw unfit("name", "is kept for triggers of worker.yml");
    return name;
  }
  const taken = new Set(rows.map((row) => row.name));
  for (let number = 1; ; number++) {
    const free = `${type}-api-${number}`;
    if (!taken.has(free)) return free;
  }
}

/**
 * Gives a worker one more trigger, a webhook with its first secret, in one write: no webhook is ever there that nobody
 * can sign for. Answers the secret, this once. Throws `quota_exceeded`, and `conflict` when the worker has a
 * trigger of that name.
 */
export async function createTrigger(
  deps: TriggerDeps,
  principal: Principal,
  of: { workerName: string; request: CreateTrigger },
): Promise<CreatedTrigger> {
  const { request } = of;
  const pinned = request.pinned_version ?? null;
  const { worker, version } = await requireVersion(deps, principal, { name: of.workerName, version: pinned });
  const rows = await listTriggerRows(deps.db, { workspaceId: worker.workspace_id, workerId: worker.id });
  if (rows.length >= limits.triggers_per_worker.value) {
    const most = formatLimit("triggers_per_worker");
    throw new AppError("conflict", `${worker.name} has ${rows.length} triggers; the limit is ${most}.`);
  }
  await requireRoomForTriggers(deps, worker.workspace_id, 1);
  const row = buildRow(deps, worker, {
    name: chooseName(request, rows),
    type: request.type,
    origin: "api",
    spec: buildSpec(request, version.manifest),
    paused: request.paused ?? false,
    pinned_version: pinned,
    made_by: actorOf(principal),
  });
  const first = row.type === "webhook" ? await makeFirstSecret(deps, row, actorOf(principal)) : null;
  await changeTriggers(deps, worker.id, async () => {
    if (await insertTrigger(deps.db, { ...row, secret_box: first?.box ?? null })) return;
    throw new AppError("conflict", `${worker.name} has a trigger called ${row.name}.`);
  });
  return { ...(await describeOne(deps, row.id)), secret: first?.secret ?? null };
}

function assertOwnChange(row: TriggerRow, change: ChangeTrigger): void {
  const { paused: _paused, pinned_version: _pinned, ...rest } = change;
  const first = Object.keys(rest)[0];
  if (row.origin === "manifest" && first !== undefined) {
    throw new AppError(
      "conflict",
      `${row.name} is declared in worker.yml; change ${first} there and push. Here it can be paused and pinned.`,
    );
  }
}

/** Changes a trigger; what is left out stays. */
export async function changeTrigger(
  deps: TriggerDeps,
  principal: Principal,
  of: { id: string; change: ChangeTrigger },
): Promise<Trigger> {
  const row = await requireTrigger(deps, principal, { id: of.id, scope: "workers:write" });
  const { change } = of;
  assertOwnChange(row, change);
  const { paused, ...rest } = change;
  // Pausing works whatever has become of the worker's inputs meanwhile, and writes nothing but the pause.
  const changed =
    Object.keys(rest).length > 0 ? await buildChange(deps, principal, { row, change: rest }) : {};
  const pause = paused === undefined ? {} : { paused };
  await changeTriggers(deps, row.worker_id, () =>
    updateTrigger(deps.db, row.id, { ...changed, ...pause, updated_at: deps.clock() }),
  );
  return describeOne(deps, row.id);
}

/** What a change writes, judged by the version that the trigger's runs will use. */
async function buildChange(
  deps: TriggerDeps,
  principal: Principal,
  { row, change }: { row: TriggerRow; change: Omit<ChangeTrigger, "paused"> },
): Promise<Pick<TriggerRow, "spec" | "pinned_version" | "changed_by">> {
  const { pinned_version = row.pinned_version, ...fields } = change;
  const of = { name: row.worker_name, version: pinned_version };
  const { version } = await requireVersion(deps, principal, of);
  const spec =
    row.type === "schedule"
      ? buildSpec({ ...scheduleSpecDocument.read(row.spec), ...fields, type: "schedule" }, version.manifest)
      : buildWebhookSpec(
          { action: fields.action, inputs: fields.inputs, settings: fields.webhook },
          row.spec,
        );
  return { spec, pinned_version, changed_by: actorOf(principal) };
}

/** Deletes a trigger that was made through the API. */
export async function deleteTrigger(deps: TriggerDeps, principal: Principal, id: string): Promise<void> {
  const row = await requireTrigger(deps, principal, { id, scope: "workers:write" });
  if (row.origin === "manifest") {
    const remedy = "take it out there and push, or pause it";
    throw new AppError("conflict", `${row.name} is declared in worker.yml: ${remedy}.`);
  }
  await changeTriggers(deps, row.worker_id, () => removeTrigger(deps.db, row.id));
}

/** Starts the run that the trigger would start now: that of a schedule, or that of a delivery signed for a webhook. */
export async function testTrigger(
  deps: TriggerDeps,
  principal: Principal,
  of: { id: string; waitUntil: (work: Promise<unknown>) => void },
): Promise<{ run_id: RunId; trigger_id: TriggerId }> {
  const row = await requireTrigger(deps, principal, { id: of.id, scope: "runs:write" });
  if (row.type === "webhook")
    return testWebhook(deps, row.id, { requestedBy: actorOf(principal), waitUntil: of.waitUntil });

  const { worker_name: workerName, pinned_version: pinnedVersion } = row;
  const { action, inputs } = scheduleSpecDocument.read(row.spec);
  const start = { triggerId: row.id, workerName, pinnedVersion, action, inputs };
  const run_id = await startNow(deps, principal, start);
  return { run_id, trigger_id: row.id };
}

/** A schedule's expected starts beside what happened, newest first. */
export async function listOccurrences(
  deps: TriggerDeps,
  principal: Principal,
  of: { id: string; limit: number },
): Promise<Occurrence[]> {
  const row = await requireTrigger(deps, principal, { id: of.id, scope: "workers:read" });
  const records = await deps.schedules(row.worker_id).listOccurrences(row.id, of.limit);
  return records.map(describeOccurrence);
}

/** The next five times of a cron expression. */
export function previewSchedule(deps: Pick<TriggerDeps, "clock">, of: { cron: string; timezone: string }) {
  const refuse = (pointer: string, detail: string) =>
    new AppError("invalid_request", `${pointer} ${detail}.`, { errors: [{ pointer, detail }] });
  const parsed = parseCron(of.cron);
  if (!parsed.ok) throw refuse("cron", parsed.reason);
  if (!isTimeZone(of.timezone)) throw refuse("timezone", "is not an IANA time zone");
  return { ...of, next: upcoming(of.cron, of.timezone, deps.clock()) };
}
