import * as z from "zod";
import { CliError } from "../../cli-error.ts";
import type { Run } from "../../command.ts";
import { exitCodes } from "../../exit-code.ts";
import { toolsAddress } from "./address.ts";
import { bridge } from "./bridge.ts";
import type { mcpToolsSpec } from "./specs.ts";

const listForm = z.object({
  result: z.object({
    tools: z.array(z.looseObject({ name: z.string(), description: z.string().optional() })),
  }),
});

/** Lists tools as a client would be told of them. */
export const run: Run<typeof mcpToolsSpec> = async (
  { host, output, json, connection },
  { args, options },
) => {
  const { origin, token } = connection();
  const address = toolsAddress(origin, { worker: args.worker, toolset: options.toolset });
  const answers: unknown[] = [];
  const notes: string[] = [];
  await bridge(
    {
      address,
      token: token ?? "",
      fetch: host.fetch,
      write: (message) => answers.push(message),
      note: (text) => notes.push(text),
    },
    ask(),
  );
  const listed = listForm.safeParse(answers[0]).data;
  if (listed === undefined)
    throw new CliError(notes[0] ?? "The server told of no tools.", { exit: "unavailable", code: "no_tools" });
  const { tools } = listed.result;
  if (json) output.document(tools);
  else if (tools.length === 0) output.note("There are no tools here.");
  else output.table(["TOOL", "WHAT IT DOES"], tools.map(describe));
  return exitCodes.ok.code;
};

async function* ask(): AsyncGenerator<string> {
  yield JSON.stringify({ jsonrpc: "2.0", id: 1, method: "tools/list" });
}

/** Its name and the first of its sentences. */
function describe({ name, description = "" }: { name: string; description?: string | undefined }): string[] {
  return [name, description.split(/(?<=[.:])\s/)[0] ?? ""];
}
