import * as z from "zod";
import { CliError } from "../../cli-error.ts";
import type { Run } from "../../command.ts";
import type { CommandContext } from "../../context.ts";
import { exitCodes, exitNameForStatus } from "../../exit-code.ts";
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
  let status = 0;
  await bridge(
    {
      address,
      token: token ?? "",
      fetch: async (place, init) => {
        const answer = await host.fetch(place, init);
        ({ status } = answer);
        return answer;
      },
      write: (message) => answers.push(message),
      note: (text) => notes.push(text),
    },
    ask(),
  );
  const listed = listForm.safeParse(answers[0]).data;
  if (listed === undefined) {
    throw new CliError(notes[0] ?? "The server told of no tools.", {
      exit: status >= 400 ? exitNameForStatus(status) : "unavailable",
      code: "no_tools",
    });
  }
  // Of a worker that is not there, or that this token may not see, a client is told an empty list.
  if (wish.worker !== undefined && listed.result.tools.length === 0) {
    throw new CliError(`There are no tools of a worker ${wish.worker}.`, {
      exit: "notFound",
      code: "no_tools",
      hint: "`floom workers list` shows which workers there are; a folder is named as ./name.",
    });
  }
  return listed.result.tools;
}

async function* ask(): AsyncGenerator<string> {
  yield JSON.stringify({ jsonrpc: "2.0", id: 1, method: "tools/list" });
}

/** Its name and the first of its sentences. */
function describe({ name, description = "" }: { name: string; description?: string | undefined }): string[] {
  return [name, description.split(/(?<=[.:])\s/)[0] ?? ""];
}
