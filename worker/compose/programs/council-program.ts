import { runPrincipal } from "../../access/principal.ts";
import { INVOKE, openWorkerDriver } from "../../agents/tools/worker-driver.ts";
import type { Program } from "../../attempts/program.ts";
import { CouncilProgram } from "../../councils/council-program.ts";
import type { SpeakerFacts } from "../../councils/council-state.ts";
import { CouncilStorage } from "../../councils/council-storage.ts";
import type { TurnRun } from "../../councils/note-turn.ts";
import { personDriver } from "../../councils/person-driver.ts";
import { listMessageRows } from "../../councils/store.ts";
import { notFound } from "../../platform/app-error.ts";
import { callWorker, findReachable } from "../../runs/calls/calls.ts";
import { describeChild, readView } from "../../runs/read/read-run.ts";
import type { RunSpec } from "../../runs/spec/run-spec.ts";
import type { Host } from "../host.ts";
import { callDeps } from "../run-deps.ts";
import type { ProgramTools } from "./attempt-deps.ts";
import { openGate } from "./open-gate.ts";

/** Opens what carries a council on: its members' turns are runs of other workers, or a person's word, through the gate. */
export function openCouncilProgram(tools: ProgramTools): Program {
  const { host, entries, order, launch } = tools;
  const { spec, attempt } = order;
  const { council, run_id: run, workspace_id: workspace } = spec;
  if (council === null) throw new Error(`The run ${run} is none of a council.`);
  const self = runPrincipal({ run, workspace, attempt, launch });
  const workers = openWorkerDriver({
    calls: spec.calls,
    call: (request) => callWorker(callDeps(host), self, request),
  });
  const gate = openGate(tools, [workers, personDriver]);
  const storage = new CouncilStorage(entries);
  return new CouncilProgram({
    council,
    inputs: spec.inputs,
    tool: INVOKE,
    call: (wish, signal) => gate.call(wish, signal),
    tellRest: () => gate.tellRest(),
    findWorkers: (names) => findSpeakers(host, spec, names),
    readRun: (runId) => readTurnRun(host, workspace, runId),
    listMessages: () => listMessageRows(host.db, run),
    load: () => storage.load(),
    save: (state) => storage.save(state),
    clock: host.clock,
  });
}

/** A private worker that the council's may not call is not there to it. */
async function findSpeakers(
  host: Host,
  caller: Pick<RunSpec, "workspace_id" | "worker_id">,
  names: readonly string[],
): Promise<Record<string, SpeakerFacts>> {
  const all = await Promise.all(
    names.map(async (workerName) => {
      const found = await findReachable(host, caller, workerName);
      if (found === undefined) return [];
      const { exec, actions, contexts } = found.version.manifest;
      const [only] = actions?.length === 1 ? actions : [];
      const ofAction = Object.keys(only?.input_schema["properties"] ?? {});
      const facts: SpeakerFacts = {
        inputs: [...exec.inputs.map(({ name }) => name), ...ofAction],
        contexts: contexts.flatMap(({ name }) => (typeof name === "string" ? [name] : [])),
      };
      return [[workerName, facts] as const];
    }),
  );
  return Object.fromEntries(all.flat());
}

/** Its own state names the run, and nobody else: whose it is need not be asked. */
async function readTurnRun(host: Host, workspaceId: string, runId: string): Promise<TurnRun> {
  const deps = callDeps(host);
  const view = await readView(deps, { workspaceId, runId });
  if (!view) throw notFound("run");
  const { contexts = [] } = view.detail;
  return { ...(await describeChild(deps, view)), contexts };
}
