import type { Run } from "../../command.ts";
import { exitCodes } from "../../exit-code.ts";
import { toolsAddress } from "./address.ts";
import { bridge } from "../../../mcp/bridge.ts";
import type { mcpSpec } from "./specs.ts";

/** Serves whoever has started this until they close their side. Nothing but the protocol is on standard output. */
export const run: Run<typeof mcpSpec> = async ({ host, output, connection }, { options }) => {
  const { origin, token } = connection();
  const address = toolsAddress(origin, options);
  if (host.stdin.isTerminal)
    output.note(`This waits for a client's messages on standard input, for ${address}. Ctrl-C ends it.`);
  const { documentLine: write, note } = output;
  await bridge({ address, token: token ?? "", fetch: host.fetch, write, note }, host.stdin.lines());
  return exitCodes.ok.code;
};
