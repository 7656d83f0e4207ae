import type { Program } from "../../attempts/program.ts";
import { createHttpProgram } from "../../http-tools/http-program.ts";
import type { ProgramTools } from "./attempt-deps.ts";
import { openGate } from "./open-gate.ts";
import { openHttpDriver } from "./open-http-driver.ts";

/** A run of a declared HTTP tool: one call through the gate. All attempts of a run make the same call, by the run's id. */
export function openHttpProgram(tools: ProgramTools): Program {
  const { host, order } = tools;
  const { http, run_id: runId, inputs } = order.spec;
  if (http === null) throw new Error(`The run ${runId} calls no declared tool.`);
  const driver = openHttpDriver(host, [http.tool]);
  const gate = openGate(tools, [driver]);
  return createHttpProgram(
    { call_id: runId, tool: http.tool.name, arguments: inputs },
    {
      clock: host.clock,
      call: (wish, signal) => gate.call(wish, signal),
      tellRest: () => gate.tellRest(),
    },
  );
}
