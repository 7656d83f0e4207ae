import { runPrincipal } from "../../access/principal.ts";
import { INVOKE, INVOKE_WHEN_APPROVED, openWorkerDriver } from "../../agents/tools/worker-driver.ts";
import type { Program } from "../../attempts/program.ts";
import { PipelineProgram } from "../../pipelines/pipeline-program.ts";
import { PipelineStorage } from "../../pipelines/pipeline-storage.ts";
import { callWorker, findReachable } from "../../runs/calls/calls.ts";
import { readAwaited } from "../../runs/read/read-awaited.ts";
import { callDeps } from "../run-deps.ts";
import { actionsOf, fieldsSchema } from "#contract/actions/actions-of";
import { APPROVE_PLAN, planDriver } from "../../pipelines/plan-driver.ts";
import type { StageTarget } from "../../registry/pipeline-manifest/check-flow.ts";
import type { KeptPlan, KeptStage } from "#contract/pipelines/stage";
import type { AttemptOrder } from "../../attempts/attempt-api.ts";
import { withPlan } from "../../pipelines/dynamic-plan.ts";
import type { PlanBefore } from "../../pipelines/plan-desk.ts";
import { editStage } from "../../runs/spec/edit-stage.ts";
import { stagesOf } from "../../runs/read/read-run.ts";
import { keepCompleted } from "../../runs/replay/keep-stages.ts";
import type { RunSpec } from "../../runs/spec/run-spec.ts";
import type { Host } from "../host.ts";
import { openStageCache } from "./stage-cache.ts";
import type { ProgramTools } from "./attempt-deps.ts";
import { openGate } from "./open-gate.ts";

/** Opens what carries a pipeline on: each of its stages is a run of another worker, started through the gate. */
export async function openPipelineProgram(tools: ProgramTools): Promise<Program> {
  const { host, entries, order, launch } = tools;
  const { spec, attempt } = order;
  const { pipeline, run_id: run, workspace_id: workspace } = spec;
  if (pipeline === null) throw new Error(`The run ${run} is none of a pipeline.`);
  const self = runPrincipal({ run, workspace, attempt, launch });
  const driver = openWorkerDriver({
    calls: spec.calls,
    asks: pipeline.stages.some(({ approval }) => approval !== undefined),
    call: (request) => callWorker(callDeps(host), self, request),
  });
  const gate = openGate(tools, pipeline.plan?.approval === undefined ? [driver] : [driver, planDriver]);
  const storage = new PipelineStorage(entries);
  const { kept, plan } = await findEarlier(host, order);
  return new PipelineProgram({
    pipeline,
    inputs: spec.inputs,
    kept,
    tool: INVOKE,
    tool_when_approved: INVOKE_WHEN_APPROVED,
    cache: openStageCache(host, spec),
    plans: {
      tool: APPROVE_PLAN,
      input_schema: fieldsSchema(spec.input_fields),
      findTargets: (names) => findTargets(host, spec, names),
      before: plan,
    },
    call: (wish, signal) => gate.call(wish, signal),
    tellRest: () => gate.tellRest(),
    // Its own state names them, and nobody else: whose they are need not be asked.
    readChild: (childId) =>
      readAwaited(
        { ...callDeps(host), after: (ms, act) => host.after(ms, act) },
        { workspace_id: workspace },
        childId,
      ),
    load: () => storage.load(),
    save: (state) => storage.save(state),
    clock: host.clock,
  });
}

/** What the workers of a plan take and give, as they are active now; one that it may not call is not there to it. */
async function findTargets(
  host: Host,
  caller: Pick<RunSpec, "workspace_id" | "worker_id">,
  names: readonly string[],
): Promise<Map<string, StageTarget>> {
  const found = await Promise.all(names.map((name) => findReachable(host, caller, name)));
  return new Map(
    names.map((name, at): [string, StageTarget] => {
      const manifest = found[at]?.version.manifest;
      return manifest === undefined
        ? [name, { kind: "absent", names }]
        : [name, { kind: "known", actions: actionsOf(manifest) }];
    }),
  );
}

interface Earlier {
  kept: readonly KeptStage[];
  plan: PlanBefore | null;
}

/** What an attempt need not do again: what its run has taken over, and what earlier attempts of that have done. */
async function findEarlier(host: Host, { spec, attempt }: AttemptOrder): Promise<Earlier> {
  const { pipeline, run_id: run, kept_stages: taken, kept_plan: ofRun } = spec;
  const plan = ofRun && { plan: ofRun.plan, isApproved: false, edit: editOf(ofRun) };
  if (attempt === 1 || pipeline === null) return { kept: taken, plan };
  const view = await host.run(run).read();
  const had = view === null ? [] : stagesOf(view.tail);
  const approved = pipeline.plan === undefined ? null : await host.attempt(run, attempt - 1).readPlan();
  const done = keepCompleted(withPlan(pipeline, approved), had);
  // What the run took over of a plan is among what is done, or is not of the plan as people have made it.
  const planned = (approved?.stages ?? []).map(({ name }) => name);
  const rest = taken.filter(({ name }) => ![...planned, ...done.map((stage) => stage.name)].includes(name));
  const kept = [...done, ...rest];
  return approved === null
    ? { kept, plan }
    : { kept, plan: { plan: approved, isApproved: true, edit: (stages) => stages } };
}

/** The stages of a plan with what whoever goes on from one of them gives that. */
function editOf({ edit }: KeptPlan): PlanBefore["edit"] {
  return (stages) => (edit === null ? stages : editStage({ stages }, edit).stages);
}
