import type { AttemptDeps } from "../../attempts/attempt-engine.ts";
import type { Program, ShowLive } from "../../attempts/program.ts";
import type { AttemptOrder } from "../../attempts/attempt-api.ts";
import { edgeProgramOf } from "../../runs/spec/edge-program.ts";
import type { EdgeProgramKind } from "../../runs/spec/edge-program.ts";
import type { Host } from "../host.ts";
import { openAgent } from "./open-agent.ts";
import { openHttpProgram } from "./http-program.ts";
import { openCouncilProgram } from "./council-program.ts";
import { openPipelineProgram } from "./pipeline-program.ts";

/** What a program of the edge is opened with. */
export interface ProgramTools {
  host: Host;
  /** The storage of the attempt's object. */
  entries: SyncKvStorage;
  order: AttemptOrder;
  launch: number;
}

/** What one is opened with that tells before a step is over. */
export interface TellingTools extends ProgramTools {
  showLive: ShowLive;
}

/** What opens each kind of program. */
const openers: Record<EdgeProgramKind, (tools: TellingTools) => Program | Promise<Program>> = {
  agent: openAgent,
  http: openHttpProgram,
  pipeline: openPipelineProgram,
  council: openCouncilProgram,
};

/** What an attempt of the edge reaches outside its own object. */
export function attemptDeps(host: Host, entries: SyncKvStorage): Omit<AttemptDeps, "storage" | "armWake"> {
  return {
    clock: host.clock,
    random: Math.random,
    openProgram: (order, launch, showLive) => {
      const kind = edgeProgramOf(order.spec);
      const open = kind === null ? undefined : openers[kind];
      if (open === undefined)
        throw new Error(`Nothing here carries out ${kind ?? "a run that needs a sandbox"}.`);
      return open({ host, entries, order, launch, showLive });
    },
    post: async (runId, part) => {
      const reply = await host.run(runId).takeJournal(part);
      return reply.kind === "missing" ? null : reply.answer;
    },
  };
}
