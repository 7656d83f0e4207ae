import { mintRunToken } from "../access/run-token.ts";
import { putApprovalRow } from "../approvals/store.ts";
import { signReview } from "../approvals/review-token.ts";
import { EdgeDriver } from "../attempts/edge-driver.ts";
import type { BuildDeps } from "../dependencies/build-engine.ts";
import { findWorkerVersion } from "../catalog/store.ts";
import { createContextPort } from "../contexts/mount-service.ts";
import { resolveConnections } from "../connections/resolve-service.ts";
import type { InboxDeps } from "../hooks/inbox/inbox.ts";
import type { QueueRule } from "../queue/admission.ts";
import type { HandoverDeps } from "../queue/handover.ts";
import type { RunQueueDeps } from "../queue/run-queue.ts";
import type { WaitDeps } from "../runs/engine/approval-effects.ts";
import type { EngineDeps, OwnToRun } from "../runs/engine/run-handle.ts";
import { wakeCaller } from "../runs/ports/wake-caller.ts";
import { buildRefused } from "../runs/record/build-refused.ts";
import { describeWaiting } from "../runs/record/describe-waiting.ts";
import type { Room } from "../runs/ports/room.ts";
import { systemClock } from "../platform/clock.ts";
import { BundleShelf } from "../platform/storage/bundle-shelf.ts";
import { within } from "../platform/within.ts";
import type { RunNotice } from "../runs/record/build-notice.ts";
import { addRunRows, putGivenUpRow, putRunRow } from "../runs/record/row-store.ts";
import { payerOf } from "../runs/spec/spender.ts";
import { buildQueueRule } from "../runs/spec/build-concurrency.ts";
import type { RunSpec } from "../runs/spec/run-spec.ts";
import type { E2bSettings } from "../sandboxes/e2b-connection.ts";
import { E2bDriver } from "../sandboxes/e2b-driver.ts";
import { E2bTemplates } from "../sandboxes/e2b-templates.ts";
import { ReachedSandboxes } from "../sandboxes/e2b-reached.ts";
import { askRoom } from "../sandboxes/ask-room.ts";
import type { KeeperDeps } from "../sandboxes/room-keeper.ts";
import { prepareScheduled } from "../schedules/prepare-scheduled.ts";
import type { SchedulerDeps } from "../schedules/scheduler.ts";
import { reconcileTriggers } from "../triggers/service.ts";
import { giveSecrets, listValuesToMask } from "../secrets/vault-service.ts";
import { contextDeps } from "./context-deps.ts";
import type { Host } from "./host.ts";
import { prepareDeps, spendPort } from "./run-deps.ts";
import { vaultDeps } from "./secret-deps.ts";
import { runWrites } from "./store-deps.ts";

/** A queue that has not said so by then does not answer. */
const QUEUE_ANSWER_MS = 5000;

const bundles = new BundleShelf(systemClock);
const reached = new ReachedSandboxes();

const edgeDriver = (host: Host) =>
  new EdgeDriver(
    (runId, attempt) => host.attempt(runId, attempt),
    (runId, attempt) => openDriver(host).killAttempt(runId, attempt),
  );

/** What a run's engine is handed, but for what only the run's object itself has. */
export function engineDeps(host: Host): Omit<EngineDeps, OwnToRun> {
  return {
    files: bundles.over(host.files),
    executor: openDriver(host),
    edge: edgeDriver(host),
    room: openRoom(host),
    dependencies: { ask: (order, waiter) => host.builds(order).ask(order, waiter) },
    clock: host.clock,
    after: (ms, act) => host.after(ms, act),
    random: Math.random,
    newArtifactId: () => host.newId("art", host.clock()),
    mintRunToken: (run) => mintRunToken(host.config.signingKey, run),
    ownsLaunch: (runId, asked) => host.run(runId).ownsLaunch(asked),
    spend: spendPort(host),
    contexts: createContextPort(contextDeps(host)),
    resolveSecrets: (workspaceId, want) => giveSecrets(vaultDeps(host), workspaceId, want),
    findConnections: (spec) => connectionIds(host, spec),
    listValuesToMask: (workspaceId, want) => listValuesToMask(vaultDeps(host), workspaceId, want),
    project: (place, summary) => putRunRow(host.db, place, summary),
    release: (workerId, runId, notice) => releaseRun(host, { workerId, runId, notice }),
    tell: (workerId, notice) => host.worker(workerId).tellOf(notice),
    isQueued: (workerId, runId) =>
      within(
        (ms, act) => host.after(ms, act),
        QUEUE_ANSWER_MS,
        () => host.worker(workerId).queue.awaits(runId),
      ),
    pausedMs: (workerId, runId) => host.worker(workerId).queue.pausedMs(runId),
    nudge: (workerId) => host.worker(workerId).queue.nudge(),
    cancelRun: async (runId) => (await host.run(runId).cancel()) !== null,
    waits: waitDeps(host),
    writes: runWrites(host),
  };
}

/**
 * Gives back all that an ended run held: its place in the queue, and its room at the provider. Word of the room may be
 * lost: what it holds ends with the sandbox's life anyway.
 */
async function releaseRun(
  host: Host,
  { workerId, runId, notice }: { workerId: string; runId: string; notice: RunNotice | undefined },
): Promise<number> {
  const [rows, ofRoom] = await Promise.all([
    host.worker(workerId).release(runId, notice),
    openRoom(host).giveBack(runId),
  ]);
  return rows + ofRoom;
}

/** The connections that a run's worker declares, as its scripts know them: by name, without anything that signs in there. */
async function connectionIds(host: Host, spec: RunSpec): Promise<Record<string, string>> {
  const of = { workspaceId: spec.workspace_id, userId: payerOf(spec) };
  const { found } = await resolveConnections(host, of, spec.connections);
  return Object.fromEntries(found.map(({ wanted, target }) => [wanted.name, target.id]));
}

/** What a run needs to ask people and to let its follow-up run into the queue. */
function waitDeps(host: Host): WaitDeps {
  return {
    newApprovalId: (nowMs) => host.newId("apr", nowMs),
    newRunId: (nowMs) => host.newId("run", nowMs),
    signReview: (approval) => signReview(host.config.signingKey, approval),
    putApproval: (approval) => putApprovalRow(host.db, approval),
    queue: (workerId) => host.worker(workerId).queue,
    authorizes: (approval, runId) => host.run(approval.run_id).authorizes(approval.id, runId),
  };
}

/** What a worker's queue does with the runs it lets go; `tell` is told of one that it had to give up. */
export function queueDeps(
  host: Host,
  { tell, countRows }: { tell: (notice: RunNotice) => void; countRows: (rows: number) => void },
): HandoverDeps<RunSpec> & Pick<RunQueueDeps<RunSpec>, "enlist"> {
  return {
    enlist: async (runs) => countRows(await addRunRows(host.db, runs.map(describeWaiting))),
    clock: host.clock,
    random: Math.random,
    after: (ms, act) => host.after(ms, act),
    handOver: (run, go) => host.run(run.run_id).accept(run, go, host.clock()),
    giveUp: async (run) => {
      const { summary, notice } = buildRefused(run, host.clock());
      const of = { workspaceId: run.workspace_id, workerId: run.worker_id };
      const isGivenUp = await putGivenUpRow(host.db, of, summary);
      if (isGivenUp && notice) tell(notice);
      // Its own object, which would have done so, is not heard.
      if (isGivenUp) await wakeCaller(edgeDriver(host), run);
    },
    supersede: async (run, started) => {
      const { ended } = await host.run(run.run_id).accept(run, started, host.clock());
      if (!ended) await host.run(run.run_id).cancel("superseded");
      return { ended };
    },
  };
}

/**
 * What a worker's schedules reach outside the worker's object. Whatever the object holds of the active version is read
 * anew with them: `follow` is told the rule of its queue.
 */
export function schedulerDeps(
  host: Host,
  follow: (rule: QueueRule) => void,
): Pick<SchedulerDeps, "clock" | "after" | "reconcile" | "prepare"> {
  return {
    clock: host.clock,
    after: (ms, act) => host.after(ms, act),
    reconcile: async (workerId) => {
      const schedules = await reconcileTriggers(host, workerId);
      const active = await findWorkerVersion(host.db, { workerId });
      if (active) follow(buildQueueRule(active.version.manifest.concurrency ?? null));
      return schedules;
    },
    prepare: (due) => prepareScheduled(prepareDeps(host), due),
  };
}

/** What a worker's inbox reaches outside the worker's object. */
export function inboxDeps(host: Host): Pick<InboxDeps, "clock" | "deleteBody"> {
  return { clock: host.clock, deleteBody: (deliveryId) => host.files.deleteDelivery(deliveryId) };
}

/** What the build of a version's dependencies, or of a template, reaches outside its object. */
export function buildDeps(host: Host): Omit<BuildDeps, "storage" | "armWake"> {
  return {
    files: host.files,
    executor: openDriver(host),
    templates: new E2bTemplates(sandboxSettings(host)),
    room: openRoom(host),
    clock: host.clock,
    tell: ({ run_id, attempt }, lines) => host.run(run_id).dependenciesBuilt({ attempt, lines }),
  };
}

/** What the object that is asked before every sandbox reaches: the provider, and those that wait. */
export function capacityDeps(host: Host): Omit<KeeperDeps, "armWake" | "waitUntil"> {
  const driver = openDriver(host);
  return {
    clock: host.clock,
    after: (ms, act) => host.after(ms, act),
    limits: () => host.config.sandboxLimits,
    listRunning: () => driver.listRunning(),
    end: (turn) => driver.kill(turn),
    rest: (turn, idleMs) => driver.rest(turn, idleMs),
    call: ({ run_id, worker_id, bundle_digest }) =>
      bundle_digest === null
        ? host.run(run_id).roomFree()
        : host.builds({ kind: "dependencies", worker_id, bundle_digest }).roomFree(),
  };
}

/** Who is asked before every sandbox. */
export function openRoom(host: Host): Room {
  return askRoom({ capacity: () => host.capacity, random: Math.random });
}

function openDriver(host: Host): E2bDriver {
  return new E2bDriver(sandboxSettings(host), { clock: host.clock, reached });
}

/** How the provider of sandboxes is reached. */
export function sandboxSettings({ config }: Host): E2bSettings {
  return {
    apiKey: config.e2bApiKey,
    apiUrl: config.e2bApiUrl,
    sandboxUrl: config.e2bSandboxUrl,
    edgeUrl: config.sandboxEdgeUrl,
    template: "base",
    lifeMs: config.sandboxLimits.life_seconds * 1000,
  };
}
