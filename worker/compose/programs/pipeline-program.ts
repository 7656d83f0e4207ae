import { runPrincipal } from "../../access/principal.ts";
import { INVOKE, openWorkerDriver } from "../../agents/tools/worker-driver.ts";
import type { Program } from "../../attempts/program.ts";
import { PipelineProgram } from "../../pipelines/pipeline-program.ts";
import { PipelineStorage } from "../../pipelines/pipeline-storage.ts";
import { callWorker, readChild } from "../../runs/calls/calls.ts";
import { callDeps } from "../run-deps.ts";
import type { ProgramTools } from "./attempt-deps.ts";
import { openGate } from "./open-gate.ts";

/** Opens what carries a pipeline on: each of its stages is a run of another worker, started through the gate. */
export function openPipelineProgram(tools: ProgramTools): Program {
  const { host, entries, order, launch } = tools;
  const { spec, attempt } = order;
  const { pipeline, run_id: run, workspace_id: workspace } = spec;
  if (pipeline === null) throw new Error(`The run ${run} is none of a pipeline.`);
  const self = runPrincipal({ run, workspace, attempt, launch });
  const driver = openWorkerDriver({
    calls: spec.calls,
    call: (request) => callWorker(callDeps(host), self, request),
  });
  const gate = openGate(tools, [driver]);
  const storage = new PipelineStorage(entries);
  return new PipelineProgram({
    pipeline,
    inputs: spec.inputs,
    kept: spec.kept_stages,
    tool: INVOKE,
    call: (wish, signal) => gate.call(wish, signal),
    tellRest: () => gate.tellRest(),
    // Its own state names them, and nobody else: whose they are need not be asked.
    readChild: (childId) => readChild(callDeps(host), { workspace_id: workspace }, childId),
    load: () => storage.load(),
    save: (state) => storage.save(state),
    clock: host.clock,
  });
}
