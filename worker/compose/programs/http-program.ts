import type { Program } from "../../attempts/program.ts";
import { createHttpDriver } from "../../http-tools/http-driver.ts";
import { createHttpProgram } from "../../http-tools/http-program.ts";
import { openStrangerDial } from "../../platform/network/dial-client.ts";
import type { ProgramTools } from "./attempt-deps.ts";
import { openGate } from "./open-gate.ts";

/** Waits; rejects as soon as the signal is aborted. */
function sleep(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const stop = () => {
      clearTimeout(timer);
      reject(new Error("aborted"));
    };
    const timer = setTimeout(() => {
      signal.removeEventListener("abort", stop);
      resolve();
    }, ms);
    if (signal.aborted) stop();
    else signal.addEventListener("abort", stop, { once: true });
  });
}

/** A run of a declared HTTP tool: one call through the gate. All attempts of a run make the same call, by the run's id. */
export function openHttpProgram(tools: ProgramTools): Program {
  const { host, order } = tools;
  const { http, run_id: runId, inputs } = order.spec;
  if (http === null) throw new Error(`The run ${runId} calls no declared tool.`);
  const { publicNetwork, config } = host;
  const driver = createHttpDriver({
    tools: [http.tool],
    dial: openStrangerDial({ publicNetwork, allowLoopback: config.allowLoopbackAlerts }),
    clock: host.clock,
    sleep,
  });
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
