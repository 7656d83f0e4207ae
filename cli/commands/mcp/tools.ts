import * as z from "zod";
import { CliError } from "../../cli-error.ts";
import type { Run } from "../../command.ts";
import type { CommandContext } from "../../context.ts";
import { exitCodes } from "../../exit-code.ts";
import { toolsAddress } from "./address.ts";
import { bridge } from "../../../mcp/bridge.ts";
import { explainServing, findFolder, isPlace } from "./find-folder.ts";
import type { mcpToolsSpec } from "./specs.ts";

const listForm = z.object({
  result: z.object({
    tools: z.array(z.looseObject({ name: z.string(), description: z.string().optional() })),
  }),
});

type Listed = readonly { name: string; description?: string | undefined }[];

/** Lists tools as a client would be told of them. */
export const run: Run<typeof mcpToolsSpec> = async (context, { args, options }) => {
  const { output, json } = context;
  const { worker } = args;
  const tools =
    worker !== undefined && isPlace(worker)
      ? await listOfFolder(context, worker)
      : await listOfServer(context, { worker, toolset: options.toolset });
  if (json) output.document(tools);
  else if (tools.length === 0) output.note("There are no tools here.");
  else output.table(["TOOL", "WHAT IT DOES"], tools.map(describe));
  return exitCodes.ok.code;
};

/** What a folder would serve, by serving it for a moment. */
async function listOfFolder(context: CommandContext, place: string): Promise<Listed> {
  const folder = findFolder(context, place);
  try {
    const { createMcpRuntime, listTools } = await import("../../../mcp/library.ts");
    const runtime = await createMcpRuntime({ folder, env: context.host.env, say: () => undefined });
    try {
      return await listTools(runtime);
    } finally {
      await runtime.stop();
    }
  } catch (error) {
    throw explainServing(error);
  }
}

async function listOfServer(
  { host, connection }: CommandContext,
  wish: { worker: string | undefined; toolset: string | undefined },
): Promise<Listed> {
  const { origin, token } = connection();
  const address = toolsAddress(origin, wish);
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
  return listed.result.tools;
}

async function* ask(): AsyncGenerator<string> {
  yield JSON.stringify({ jsonrpc: "2.0", id: 1, method: "tools/list" });
}

/** Its name and the first of its sentences. */
function describe({ name, description = "" }: { name: string; description?: string | undefined }): string[] {
  return [name, description.split(/(?<=[.:])\s/)[0] ?? ""];
}
