import { runsOnEdge } from "#contract/worker-mode";
import type { ActionDefinition } from "#contract/actions/action";
import type { RunId } from "#contract/ids";
import type { ProblemError } from "#contract/problem";
import { DEFAULT_TEMPLATE } from "#contract/templates/template";
import type { TemplateSpec } from "#contract/templates/template";
import type { Inputs, Priority, TriggerSource } from "#contract/runs/run";
import { isPausedByManifest } from "../../catalog/is-paused.ts";
import { requireReleased } from "../../catalog/sign-version.ts";
import type { WorkerVersion } from "../../catalog/store.ts";
import { readSettings } from "../../catalog/workspace-settings.ts";
import { AppError } from "../../platform/app-error.ts";
import type { Clock } from "../../platform/clock.ts";
import { canonicalJson } from "../../platform/canonical-json.ts";
import { sha256Hex } from "../../platform/crypto.ts";
import { requirePublicUrl } from "../../platform/public-url.ts";
import type { SigningKeys } from "../../platform/signing-keys.ts";
import type { Db } from "../../platform/db/client.ts";
import type { Files } from "../../platform/files.ts";
import type { AdmitRequest, IdempotencyClaim } from "../../queue/queue-api.ts";
import { requireAction } from "../../registry/actions/find-action.ts";
import { declaredSecrets, findAbsent } from "../../registry/declared.ts";
import { listWantedConnections } from "../../registry/wanted-connections.ts";
import type { WantedConnection } from "../../registry/wanted-connections.ts";
import { listMounts } from "../../registry/context-mounts.ts";
import type { ContextMount } from "../../registry/context-mounts.ts";
import { hasRoomToStart } from "../record/room.ts";
import { nameTemplate } from "../../registry/template/name-template.ts";
import { sizeTemplate } from "../../registry/template/size-template.ts";
import { whyOutlivesSandbox } from "../../registry/sandbox-life.ts";
import { buildConcurrency } from "../spec/build-concurrency.ts";
import { buildSpec } from "../spec/build-spec.ts";
import { originFacts } from "../spec/run-origin.ts";
import type { RunOrigin, TriggerEvent } from "../spec/run-origin.ts";
import type { MountedByRun, RunSpec } from "../spec/run-spec.ts";
import { dropEngineKeys } from "../spec/two-phase.ts";
import { payerOf } from "../spec/spender.ts";
import type { Spender } from "../spec/spender.ts";
import type { StoreUpload } from "./store-inline.ts";
import { resolveInputs } from "./resolve-inputs.ts";
import type { ResolvedInputs } from "./resolve-inputs.ts";
import { useUploads } from "./upload-store.ts";

/** Whose quota a start is counted against, and what its workspace has set, as its row holds it. */
export interface StartPlace {
  workspaceId: string;
  settings?: unknown;
}

/** What versions are signed with stands in it: whether a version is as it was let in is asked at each start. */
export interface PrepareDeps extends SigningKeys {
  db: Db;
  /** Uploads are opened where worker.yml asks for something inside them. */
  files: Files;
  clock: Clock;
  /** Origin at which runs reach this edge, by its settings; empty where they say none, and then nothing is started. */
  publicUrl: string;
  /** How long the provider's plan lets a sandbox live. */
  sandboxLifeSeconds: number;
  /** What a sandbox costs a second, in dollars. */
  usdPerSecond: number;
  /** Throws `spend_cap_exceeded`. Asked only where a sandbox costs something. */
  requireAffordable: (spender: Spender) => Promise<void>;
  /** Counts a start against the workspace's quota of the day; asks nothing where none is set. Throws `quota_exceeded`. */
  countStart: (of: StartPlace) => Promise<void>;
  /** Takes the count of a start back that has started nothing. */
  uncountStart: (of: StartPlace) => Promise<void>;
  newRunId: (nowMs: number) => RunId;
  /** For each worker, those of these names for which no secret is set that it may have. */
  findMissingSecrets: (
    workspaceId: string,
    wants: readonly { workerId: string; names: readonly string[] }[],
  ) => Promise<string[][]>;
  /** Names of the declared connections that are not there for a run of this person; null: of nobody. */
  findMissingConnections: (
    workspaceId: string,
    wish: { userId: string | null; wanted: readonly WantedConnection[] },
  ) => Promise<string[]>;
  /** The contexts that a run with these inputs gets, and what it lacks of them, in words. */
  resolveMounts: (
    workspaceId: string,
    wish: { pushedBy: string | null; mounts: readonly ContextMount[]; inputs: Inputs },
  ) => Promise<{ contexts: MountedByRun[]; missing: string[] }>;
  /** What the workspace's template of this name says; null for none. */
  findTemplate: (workspaceId: string, name: string) => Promise<TemplateSpec | null>;
  storeUpload: StoreUpload;
}

/** What a start asks for, whichever way it came in. */
export interface StartRequest {
  workerName: string;
  /** Which of the worker's actions; the only one when it is not said. */
  action?: string | null | undefined;
  inputs: Inputs;
  triggerSource: TriggerSource;
  triggerRef: string | null;
  idempotencyKey: string | null;
  /** Normal when it is not said. */
  priority?: Priority | undefined;
  /** How long it may wait for its turn; as the manifest says when it is not said. */
  ttlSeconds?: number | undefined;
}

/** A run that somebody wants of a version that was found. */
export interface RunOrder {
  found: WorkerVersion;
  request: StartRequest;
  /** Token or trigger that asks: who may not approve where the worker says so. */
  requestedBy?: string | null | undefined;
  /** Who asks as much: those whose the trigger is. */
  coRequesters?: readonly string[] | undefined;
  origin?: RunOrigin;
}

/** An order that may be carried out: its inputs as the version's schema takes them, and the uploads they name. */
export interface CheckedOrder extends ResolvedInputs {
  order: RunOrder;
  /** The action that it starts; null for a script. */
  action: ActionDefinition | null;
  contexts: readonly MountedByRun[];
  /** What its sandbox is to be made of; null for what every sandbox is made of. */
  template: TemplateSpec | null;
}

/** These wait for a paused worker: what they bring would be lost otherwise. Everybody else is refused. */
const heldWhilePaused: readonly TriggerSource[] = ["webhook", "composio", "approval"];

interface Startable {
  source: TriggerSource;
  missingSecrets: readonly string[];
  missingConnections: readonly string[];
  sandboxLifeSeconds: number;
  /** Nothing of it may leave. */
  isDry: boolean;
}

function assertRunnable(
  { worker, version }: WorkerVersion,
  { source, missingSecrets, missingConnections, sandboxLifeSeconds, isDry }: Startable,
): void {
  const { manifest } = version;
  if (worker.archived_at !== null)
    throw new AppError("worker_archived", `${manifest.name} is archived. Restore it to run it.`);

  if (isPausedByManifest({ worker, version })) {
    throw new AppError(
      "worker_paused",
      `${manifest.name} is paused: worker.yml says paused: true. Resume it, or push it without that line.`,
    );
  }

  if (worker.paused_at !== null && !heldWhilePaused.includes(source))
    throw new AppError("worker_paused", `${manifest.name} is paused. Resume it to run it.`);

  const isAgent = manifest.exec.mode === "agent";
  if (isAgent && isDry) {
    const what = `${manifest.name} is an agent, and what it did cannot be replayed without being done again`;
    throw new AppError("worker_not_runnable", `${what}. Replay it without dry.`);
  }
  // What runs on the edge has no sandbox that could end before it.
  const why = runsOnEdge(manifest.exec.mode)
    ? null
    : whyOutlivesSandbox(manifest.limits.timeout_seconds, sandboxLifeSeconds);
  if (why !== null) throw new AppError("worker_not_runnable", `${manifest.name} cannot run here: ${why}`);

  if (missingConnections.length > 0) {
    throw new AppError(
      "missing_connection",
      `${manifest.name} declares connections that are not there for it: ${missingConnections.join(", ")}. Make each with: floom connections add`,
    );
  }
  const absent = findAbsent(manifest);
  if (absent.length > 0) {
    throw new AppError(
      "worker_not_runnable",
      `${manifest.name} declares ${joinWords(absent.map(({ what }) => what))}, which this server does not have.`,
    );
  }
  if (missingSecrets.length > 0) {
    throw new AppError(
      "missing_secrets",
      `${manifest.name} needs secrets that are not set for it: ${missingSecrets.join(", ")}. Set each with: floom secrets set ${missingSecrets[0]}`,
    );
  }
}

function joinWords(words: readonly string[]): string {
  return words.length < 2 ? words.join("") : `${words.slice(0, -1).join(", ")} and ${words.at(-1)}`;
}

/**
 * The version's own template, or the workspace's that it names, or the workspace's default: as that is now. Without a
 * default, null: what every sandbox is made of.
 */
async function resolveTemplate(
  { findTemplate }: Pick<PrepareDeps, "findTemplate">,
  { worker, version, profile: found }: WorkerVersion,
): Promise<TemplateSpec | null> {
  const { name, exec } = version.manifest;
  if (version.template !== null) return version.template;
  const profile = exec.template_profile ?? DEFAULT_TEMPLATE;
  const template = found === undefined ? await findTemplate(worker.workspace_id, profile) : found;
  if (template !== null || profile === DEFAULT_TEMPLATE) return template;
  const what = `${name} wants the sandbox template ${profile}, which this workspace does not have`;
  throw new AppError("worker_not_runnable", `${what}. Push it with: floom templates push.`);
}

/** What tells requests apart by how their run is to wait; what is usual is not said. */
function orderFacts({ action = null, priority = "normal", ttlSeconds }: StartRequest): unknown[] {
  const isUsual = priority === "normal" && ttlSeconds === undefined;
  return [
    ...(action === null ? [] : [{ action }]),
    ...(isUsual ? [] : [{ priority, ttl_seconds: ttlSeconds ?? null }]),
  ];
}

/**
 * The key that an order came with, and a digest of all that was asked for under it, in whichever order it was written;
 * null for one without a key.
 */
export async function buildClaim({ request, origin = {} }: RunOrder): Promise<IdempotencyClaim | null> {
  if (request.idempotencyKey === null) return null;
  const facts = [request.workerName, request.inputs, ...originFacts(origin), ...orderFacts(request)];
  return { key: request.idempotencyKey, digest: await sha256Hex(canonicalJson(facts)) };
}

/**
 * Judges an order by its version: may it run now, and with these inputs? Writes nothing but when uploads were used. Throws
 * what is wrong: `public_url_unset`, `version_not_released`, `signature_invalid`, `worker_archived`, `worker_paused`,
 * `worker_not_runnable`, `missing_secrets`, `missing_connection`, `invalid_inputs`, `missing_contexts`, `unknown_action`,
 * `action_required`, `spend_cap_exceeded`.
 */
export async function checkOrder(deps: PrepareDeps, order: RunOrder): Promise<CheckedOrder> {
  requirePublicUrl(deps.publicUrl);
  const { found, request } = order;
  await requireReleased(deps, found.version);
  const secrets = declaredSecrets(found.version.manifest);
  const want = { workerId: found.worker.id, names: secrets };
  const [missingSecrets = []] =
    secrets.length > 0 ? await deps.findMissingSecrets(found.worker.workspace_id, [want]) : [];
  const { sandboxLifeSeconds } = deps;
  const missingConnections = await findLackingConnections(deps, order);
  const isDry = order.origin?.dry === true;
  const source = request.triggerSource;
  assertRunnable(found, { source, missingSecrets, missingConnections, sandboxLifeSeconds, isDry });
  const action = requireAction(found.version.manifest, request.action ?? null);
  await requireMoney(deps, order);
  const template = sizeTemplate(await resolveTemplate(deps, found), found.version.manifest);
  const given = dropEngineKeys(found.version.manifest, request.inputs, action);
  const isDelivered = request.triggerSource === "webhook" || request.triggerSource === "composio";
  const fromOutside = isDelivered || Boolean(order.origin?.trigger_event);
  const resolved = await resolveInputs(deps, found, { action, given, fromOutside });
  const contexts = await requireContexts(deps, found, resolved.inputs);
  return { order, action, template, contexts, ...resolved };
}

/** Nothing is asked for a worker that declares none. */
async function findLackingConnections(deps: PrepareDeps, order: RunOrder): Promise<string[]> {
  const { found, requestedBy = null, coRequesters = [] } = order;
  const wanted = listWantedConnections(found.version.manifest);
  if (wanted.length === 0) return [];
  const userId = payerOf({ requester: requestedBy, co_requesters: coRequesters });
  return deps.findMissingConnections(found.worker.workspace_id, { userId, wanted });
}

/** Throws `spend_cap_exceeded` where nothing is left to be spent on the order. */
async function requireMoney(deps: PrepareDeps, order: RunOrder): Promise<void> {
  const isAgent = order.found.version.manifest.exec.mode === "agent";
  if (deps.usdPerSecond === 0 && !isAgent) return;
  const { found, requestedBy = null, coRequesters = [] } = order;
  await deps.requireAffordable({
    workspaceId: found.worker.workspace_id,
    workerId: found.worker.id,
    userId: payerOf({ requester: requestedBy, co_requesters: coRequesters }),
    workerCapUsd: found.version.manifest.limits.max_monthly_cost_usd ?? null,
  });
}

/** Nothing is asked for a worker that mounts none. Throws `missing_contexts`. */
async function requireContexts(
  deps: Pick<PrepareDeps, "resolveMounts">,
  { worker, version }: WorkerVersion,
  inputs: Inputs,
): Promise<MountedByRun[]> {
  const mounts = listMounts(version.manifest);
  if (mounts.length === 0) return [];
  const wish = { pushedBy: version.pushed_by, mounts, inputs };
  const { contexts, missing } = await deps.resolveMounts(worker.workspace_id, wish);
  if (missing.length === 0) return contexts;
  const { name } = version.manifest;
  const what = `${name} mounts contexts that are not there for it: ${missing.join(", ")}`;
  // The same for one that there is not and for one that is somebody's own: who asks may not know of it.
  const detail = `${what}. Make each with floom contexts create; a private one is there only for workers that its maker pushed as a person, so push it again as they, or make the context the workspace's.`;
  throw new AppError("missing_contexts", detail);
}

/** Whose quota the starts of a worker are counted against. Pure. */
export function startPlaceOf({ worker, settings }: Pick<WorkerVersion, "worker" | "settings">): StartPlace {
  return { workspaceId: worker.workspace_id, settings };
}

/**
 * Freezes a checked order into what the worker's queue is asked. `runId` when the run's id was promised to somebody
 * already, `event` when something came in from outside for it. Counts the start: where nothing is started after all, that is
 * to be taken back. Throws `quota_exceeded`.
 */
export async function freezeOrder(
  deps: PrepareDeps,
  { order, given, action, inputs, uploads, filePlaces, template, contexts }: CheckedOrder,
  late: { runId?: RunId; event?: TriggerEvent } = {},
): Promise<AdmitRequest<RunSpec>> {
  const { found, request, requestedBy, coRequesters = [], origin = {} } = order;
  const now = deps.clock();
  const event = late.event ?? origin.trigger_event ?? null;
  // A replay gets the event of its original, which may be old by now.
  const ids = (event?.files ?? []).map(({ sha256 }) => sha256);
  await useUploads(deps.db, { workspaceId: found.worker.workspace_id, ids, now });
  const run = buildSpec({
    runId: late.runId ?? deps.newRunId(now),
    found,
    given,
    requester: requestedBy,
    coRequesters,
    action: action?.name ?? null,
    checked: inputs,
    uploads,
    filePlaces,
    priority: request.priority ?? "normal",
    ttlSeconds: request.ttlSeconds ?? null,
    triggerSource: request.triggerSource,
    triggerRef: request.triggerRef,
    apiUrl: requirePublicUrl(deps.publicUrl),
    sandboxLifeSeconds: deps.sandboxLifeSeconds,
    usdPerSecond: deps.usdPerSecond,
    origin,
    event,
    template: template && (await nameTemplate(template)),
    models: readSettings(found.settings),
    contexts,
    now,
  });
  if (!hasRoomToStart(run)) {
    const detail =
      "together with what came in from outside take more room than can be kept with a run; send large data as a file input";
    const errors: ProblemError[] = [{ pointer: "/inputs", code: "too_large", detail }];
    throw new AppError("invalid_inputs", `The inputs ${detail}.`, { errors });
  }
  const concurrency = await buildConcurrency(found.version.manifest.concurrency, inputs);
  const idempotency = await buildClaim(order);
  // Last of all: what is refused for another reason is no start.
  await deps.countStart(startPlaceOf(found));
  return { run, idempotency, concurrency };
}

/** An order as its worker's queue takes it: judged by its version, its inputs resolved, its spec frozen. Nothing of the run is written yet. */
export async function prepareRun(deps: PrepareDeps, order: RunOrder): Promise<AdmitRequest<RunSpec>> {
  return freezeOrder(deps, await checkOrder(deps, order));
}
