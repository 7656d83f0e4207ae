import { topologyRoutes } from "#contract/topology/routes";
import { formatAgo } from "#contract/words";
import type { Run } from "../../command.ts";
import { exitCodes } from "../../exit-code.ts";
import type { topologySpec } from "./specs.ts";

/** Shows each way on which somebody calls something. */
export const run: Run<typeof topologySpec> = async (context, { options }) => {
  const { output, host, json } = context;
  const api = await context.api();
  const topology = await api.call(topologyRoutes.getTopology, { query: { worker: options.worker } });
  if (json) {
    output.document(topology);
    return exitCodes.ok.code;
  }
  if (topology.edges.length === 0) {
    output.note("Nobody calls anything yet.");
    return exitCodes.ok.code;
  }
  output.table(
    ["FROM", "DOES", "TO", "DECLARED", "TIMES", "REFUSED", "LAST"],
    topology.edges.map(({ from, kind, to, declared, count, refused, last_at: last }) => [
      from,
      kind,
      to,
      declared ? "yes" : "no",
      String(count),
      String(refused),
      last === null ? "-" : formatAgo(last, host.now()),
    ]),
  );
  const { runs, calls } = topology.looked_at;
  output.note(`From what is declared, and the newest ${runs} runs and ${calls} calls.`);
  if (topology.truncated) output.note("There is more: ask for one worker with --worker.");
  return exitCodes.ok.code;
};
