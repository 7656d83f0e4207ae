import { isTerminal } from "#contract/runs/run";
import { buildGateEvent } from "../../alerts/build-message.ts";
import { ownerPrincipal } from "../../access/principal.ts";
import { findWorkerVersion } from "../../catalog/store.ts";
import { activateVersion } from "../../deploys/versions.ts";
import type { EvaluationOrder } from "../../evaluations/evaluation-api.ts";
import type { EvaluationDeps, StartAnswer } from "../../evaluations/evaluation-engine.ts";
import type { Unit } from "../../evaluations/expand-order.ts";
import { finishWith } from "../../evaluations/finish-service.ts";
import { insertEvaluation, noteActivation } from "../../evaluations/store.ts";
import { attempt } from "../../platform/attempt.ts";
import { log } from "../../platform/log.ts";
import { completeDetail } from "../../runs/read/read-run.ts";
import { admitRun } from "../../runs/start/start-run.ts";
import { deployDeps } from "../deploy-deps.ts";
import type { Host } from "../host.ts";
import { payerOf } from "../../runs/spec/spender.ts";
import { NANO_USD } from "../../spend/judge-caps.ts";
import { startDeps } from "../run-deps.ts";
import { askJudge } from "./ask-judge.ts";

const TOOL_CALLS_READ = 500;

/** What an evaluation is handed, but for what only its object has. */
export function evaluationEngineDeps(host: Host): Omit<EvaluationDeps, "storage" | "armWake"> {
  return {
    clock: host.clock,
    insert: ({ id, workspace_id, worker_id, version, key, whole, requested_by, created_at }, runs) =>
      insertEvaluation(host.db, {
        id,
        workspace_id,
        worker_id,
        version,
        key,
        whole,
        requested_by,
        created_at,
        runs,
      }),
    start: (order, unit, key) => startSample(host, order, { unit, key }),
    readRun: async (_order, { run_id: runId, withTools }) => {
      const view = await host.run(runId).read();
      if (view === null || !isTerminal(view.detail.status)) return null;
      const { status, outputs, failure, duration_ms, cost, attempts } = await completeDetail(
        startDeps(host),
        view,
      );
      const tools: string[] = [];
      for (const { attempt } of withTools ? attempts.slice(-1) : []) {
        const calls = await host.attempt(runId, attempt).listCalls({ after: 0, limit: TOOL_CALLS_READ });
        tools.push(...calls.map(({ tool }) => tool));
      }
      return { status, outputs, tools, failure, latency_ms: duration_ms, cost_usd: cost.total_usd };
    },
    cancelRun: async (runId) => void (await host.run(runId).cancel()),
    judge: (order, question) => askJudge(host, order, question),
    finish: async (order, cases, { how, judged_usd }) => {
      const user_id = payerOf({ requester: order.requested_by, co_requesters: [] });
      const judged = { nano_usd: Math.round(judged_usd * NANO_USD), user_id };
      const { verdict, reasons } = await finishWith(host, order, { cases, how, judged });
      if (order.activates_over === null || verdict === null) return;
      if (verdict === "pass") await activatePassed(host, order, order.activates_over);
      else await tellUnactivated(host, order, { verdict, reasons });
    },
  };
}

/**
 * Activates a version that has passed, unless another one has become active; every other guard stands as before. What
 * became of it is written with the evaluation, and told where it is not activated. Repeatable.
 */
async function activatePassed(host: Host, order: EvaluationOrder, over: number): Promise<void> {
  const { id, worker_id: workerId, version } = order;
  const principal = ownerPrincipal({ id: order.requested_by ?? id, workspaceId: order.workspace_id });
  const wish = { name: order.worker_name, number: String(version), force: [], if_active: over };
  const activated = await attempt(() => activateVersion(deployDeps(host), principal, wish));
  // It may have been activated by an earlier try of this very step.
  const now = activated.ok ? null : await findWorkerVersion(host.db, { workerId });
  if (activated.ok || now?.worker.active_version === version) {
    await noteActivation(host.db, { workerId, id }, { outcome: "activated", reason: null });
    return;
  }
  const { code, message: reason } = activated.refusal;
  log("warn", "evaluation.not_activated", { evaluation_id: id, code });
  await noteActivation(host.db, { workerId, id }, { outcome: "refused", reason });
  await tellUnactivated(host, order, { verdict: "pass", reasons: [reason] });
}

/** Tells those who have asked for it that a version which waits for the gate is not let in; of each evaluation once. */
async function tellUnactivated(
  host: Host,
  { id, worker_id, worker_name: worker, version }: EvaluationOrder,
  { verdict, reasons }: { verdict: "pass" | "fail"; reasons: string[] },
): Promise<void> {
  const news = { worker, evaluation: { id, version, verdict, reasons }, at: host.clock() };
  await host.worker(worker_id).outbox.raiseAlert(buildGateEvent(news, host.publicUrl));
}

/** What may be otherwise in a moment. */
const LATER = ["queue_full", "unavailable", "rate_limited"];

async function startSample(
  host: Host,
  order: EvaluationOrder,
  { unit, key }: { unit: Unit; key: string },
): Promise<StartAnswer> {
  const found = await findWorkerVersion(host.db, { workerId: order.worker_id }, order.version);
  if (found === undefined) return { kind: "refused", message: "The version is not there any more." };
  const admitted = await attempt(() =>
    admitRun(startDeps(host), {
      found,
      requestedBy: order.requested_by,
      request: {
        workerName: order.worker_name,
        action: unit.of.action ?? null,
        inputs: unit.of.inputs,
        triggerSource: "evaluation",
        triggerRef: order.id,
        idempotencyKey: key,
        priority: "low",
      },
    }),
  );
  if (admitted.ok) return { kind: "started", run_id: admitted.value.runId };
  const { code, message } = admitted.refusal;
  if (LATER.includes(code)) return { kind: "later" };
  return { kind: "refused", message: `No run could be started: ${message}`.slice(0, 500) };
}
