import type { ArtifactId } from "#contract/ids";
import { version } from "../../package.json";
import { authenticate, authenticateRun, firstWorkspaceId, mintRunToken } from "../access/service.ts";
import { outboxMailSchema } from "#contract/alerts/alert";
import { chooseMailer, type Mailer } from "../alerts/mailer.ts";
import {
  listTargets,
  sendDelivery,
  type AlertedPlace,
  type OutgoingMessage,
  type SendDeps,
} from "../alerts/service.ts";
import { putApprovalRow } from "../approvals/store.ts";
import { resumeExternal, type ExternalEvent } from "../approvals/resume-service.ts";
import { signReview } from "../approvals/review-token.ts";
import { readBindings, readConfig, type Config, type EdgeEnv } from "../env.ts";
import type { RequestContext } from "../http/request-context.ts";
import { capacityStub, inboxStub, runObjectStub, workerObjectStub } from "./stubs.ts";
import { systemClock, toIso } from "../platform/clock.ts";
import { createDb, type Db } from "../platform/db/client.ts";
import { createFiles, type Files } from "../platform/files.ts";
import { newId } from "../platform/ids.ts";
import { buildConcurrency } from "../runs/spec/build-concurrency.ts";
import type { WaitDeps } from "../runs/engine/approval-effects.ts";
import { findLastRunRows, listRunRows, putRunRow } from "../runs/record/store.ts";
import type { EngineDeps } from "../runs/engine/run-handle.ts";
import { E2bDriver } from "../sandboxes/e2b-driver.ts";
import { gateLaunches } from "../sandboxes/gate-launches.ts";
import type { ScheduleBookDeps, StartRequest } from "../schedules/schedule-book.ts";
import { reconcileTriggers } from "../triggers/service.ts";
import { startScheduled } from "../schedules/start-scheduled.ts";

/** Deps of a RunObject but for what only the object itself has. */
export type RunObjectDeps = Omit<
  EngineDeps,
  "storage" | "broadcast" | "watchers" | "armWake" | "meter" | "listCalls"
>;

function createDriver(config: Config): E2bDriver {
  return new E2bDriver({
    apiKey: config.e2bApiKey,
    apiUrl: config.e2bApiUrl,
    sandboxUrl: config.e2bSandboxUrl,
    edgeUrl: config.sandboxEdgeUrl,
    template: "base",
  });
}

/** No secrets can be set yet, so every declared one is missing: a run that needs one is refused when it is started. */
async function findMissingSecrets(_workspaceId: string, names: readonly string[]): Promise<string[]> {
  return [...names];
}

const sleep = (ms: number) => new Promise<void>((resolve) => setTimeout(resolve, ms));

/** What the object that is asked before every sandbox needs. */
export function buildCapacityDeps(env: EdgeEnv) {
  const driver = createDriver(readConfig(env));
  return { listRunning: () => driver.listRunning() };
}

/** The composition root for Durable Objects of runs. */
export function buildRunObjectDeps(env: EdgeEnv): RunObjectDeps {
  const config = readConfig(env);
  const bindings = readBindings(env);
  const db = createDb(bindings.db);
  const capacity = () => capacityStub(bindings.capacity);
  return {
    files: createFiles(bindings.files),
    executor: gateLaunches(createDriver(config), capacity),
    clock: systemClock,
    random: Math.random,
    newArtifactId: () => newId("art", systemClock()) as ArtifactId,
    mintRunToken: (runId) => mintRunToken(config, runId),
    resolveSecrets: async () => ({}),
    project: (workspaceId, workerId, summary) => putRunRow(db, { workspaceId, workerId }, summary),
    release: async (workerId, runId, news) => {
      // Word to the capacity may be lost: what it holds ends with the sandbox's life anyway.
      const [rows] = await Promise.all([
        workerObjectStub(bindings.workers, workerId).release(runId, news),
        capacity()
          .release(runId)
          .catch(() => {}),
      ]);
      return rows;
    },
    nudge: (workerId) => workerObjectStub(bindings.workers, workerId).nudge(),
    cancelRun: async (runId) => {
      await runObjectStub(bindings.runs, runId).cancel();
    },
    waits: buildWaitDeps(env, db),
  };
}

/** What a run needs to ask people and to let its follow-up run into the queue. */
function buildWaitDeps(env: EdgeEnv, db: Db): WaitDeps {
  const { signingKey } = readConfig(env);
  const bindings = readBindings(env);
  return {
    newApprovalId: (nowMs) => newId("apr", nowMs),
    newRunId: (nowMs) => newId("run", nowMs),
    signReview: (approval) => signReview(signingKey, approval),
    putApproval: (approval) => putApprovalRow(db, approval),
    admit: async (spec, key) => {
      // What was decided must not be dropped because the worker is busy, nor drive another run out.
      const concurrency = {
        ...(await buildConcurrency(spec.concurrency, spec.inputs)),
        on_conflict: "queue" as const,
      };
      const queue = workerObjectStub(bindings.workers, spec.worker_id);
      return queue.admit({ spec, idempotency: { key, digest: spec.run_id }, concurrency });
    },
    authorizes: (approval, runId) =>
      runObjectStub(bindings.runs, approval.run_id).authorizes(approval.id, runId),
  };
}

/** What a WorkerObject reaches outside itself for its schedules. */
export function buildScheduleDeps(env: EdgeEnv): Pick<ScheduleBookDeps, "clock" | "reconcile" | "start"> {
  const db = createDb(readBindings(env).db);
  const deps = { db, clock: systemClock, newId, newRunId: (nowMs: number) => newId("run", nowMs) };
  return {
    clock: systemClock,
    reconcile: (workerId) => reconcileTriggers(deps, workerId),
    start: (request: StartRequest) => startScheduled({ ...deps, findMissingSecrets }, request),
  };
}

function createMailer(config: Config, files: Files): Mailer {
  return chooseMailer(config, {
    fetch: (url, init) => fetch(url, init),
    keep: ({ id, workspace_id: workspaceId, ...mail }) =>
      files.putMail(
        { workspaceId, deliveryId: id },
        JSON.stringify({ id, at: toIso(systemClock()), ...mail }),
      ),
  });
}

/** The outbox of a worker's object, but for what only the object itself has. */
export function buildOutboxDeps(env: EdgeEnv) {
  const config = readConfig(env);
  const sender: SendDeps = {
    clock: systemClock,
    signingKey: config.signingKey,
    allowLoopback: config.allowLoopbackAlerts,
    fetch: (url, init) => fetch(url, init),
    mailer: createMailer(config, createFiles(readBindings(env).files)),
    resolveSecrets: async () => ({}),
  };
  return {
    clock: systemClock,
    publicUrl: config.publicUrl,
    loadTargets: (place: AlertedPlace) => listTargets(createDb(readBindings(env).db), place),
    newDeliveryId: (nowMs: number) => newId("dlv", nowMs),
    send: (outgoing: OutgoingMessage) => sendDelivery(sender, outgoing),
  };
}

/** The composition root for requests: one object that fits what every room asks for. */
export function buildDeps(env: EdgeEnv, context: RequestContext) {
  const config = readConfig(env);
  const bindings = readBindings(env);
  const db: Db = createDb(bindings.db);
  const files: Files = createFiles(bindings.files);
  const access = { db, clock: systemClock, ownerToken: config.ownerToken, signingKey: config.signingKey };
  return {
    ...access,
    files,
    version,
    publicUrl: config.publicUrl,
    apiUrl: config.publicUrl || context.origin,
    mailState: createMailer(config, files).state,
    allowLoopbackAlerts: config.allowLoopbackAlerts,
    alertOutbox: (workerId: string) => workerObjectStub(bindings.workers, workerId),
    listKeptMails: async (workspaceId: string, limit: number) =>
      (await files.listMails(workspaceId, limit)).map((text) => outboxMailSchema.parse(JSON.parse(text))),
    sandboxesConfigured: config.e2bApiKey !== "",
    authenticate: (request: Request) => authenticate(access, request),
    authenticateRun: (request: Request, runId: string) => authenticateRun(access, request, runId),
    newId,
    newRunId: (nowMs: number) => newId("run", nowMs),
    runObject: (runId: string) => runObjectStub(bindings.runs, runId),
    workerObject: (workerId: string) => workerObjectStub(bindings.workers, workerId),
    schedules: (workerId: string) => workerObjectStub(bindings.workers, workerId),
    findMissingSecrets,
    setQueuePaused: (workerId: string, paused: boolean) =>
      workerObjectStub(bindings.workers, workerId).setPaused(paused),
    findLastRuns: (workspaceId: string, names: readonly string[]) => findLastRunRows(db, workspaceId, names),
    listRecentRuns: (workspaceId: string, workerName: string, limit: number) =>
      listRunRows(db, {
        workspaceId,
        workerName,
        status: undefined,
        since: undefined,
        until: undefined,
        before: undefined,
        limit,
      }),
    sleep,
    homeWorkspace: firstWorkspaceId,
    resumeExternal: (worker: { workspaceId: string; workerName: string }, event: ExternalEvent) =>
      resumeExternal({ db, runObject: (runId) => runObjectStub(bindings.runs, runId) }, worker, event),
    newDeliveryId: (nowMs: number) => newId("dlv", nowMs),
    inbox: (workerId: string) => inboxStub(bindings.workers, workerId),
  };
}
