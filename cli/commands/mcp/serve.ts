import { usageError } from "../../cli-error.ts";
import type { Call, Run } from "../../command.ts";
import { exitCodes } from "../../exit-code.ts";
import { explainServing, findFolder } from "./find-folder.ts";
import type { mcpServeSpec } from "./specs.ts";

type Options = Call<typeof mcpServeSpec>["options"];

/** Serves a folder's tools until the client closes its side, or Ctrl-C. Standard output is the protocol's alone. */
export const run: Run<typeof mcpServeSpec> = async (context, { args, options }) => {
  const { host, output } = context;
  const folder = findFolder(context, args.worker);
  const isHttp = options.transport === "streamable-http";
  requireFitting(options, isHttp);
  try {
    const library = await import("../../../mcp/library.ts");
    const rules = isHttp ? readRules(options) : {};
    // Before anything is started: an address that may not be opened is told at once.
    if (isHttp) library.requireRules(rules);
    const { exposeNested, callTimeout: callTimeoutSeconds, threadId } = options;
    library.requireLimits({ callTimeoutSeconds });
    const runtime = await library.createMcpRuntime({ folder, exposeNested, env: host.env, say: output.note });
    try {
      const serving = { callTimeoutSeconds, threadId, signal: host.interrupt, note: output.note };
      const tools = runtime.served.flatMap((worker) => worker.tools.map(({ name }) => name));
      const greet = () => output.note(`Serving ${tools.join(", ")}. Ctrl-C ends it.`);
      const client = { lines: host.stdin.lines(), write: output.documentLine };
      const onListening = (url: string) => {
        greet();
        output.note(`listening ${url}`);
      };
      if (isHttp) await library.serveHttp(runtime, { ...rules, ...serving, onListening });
      else {
        greet();
        await library.serveStdio(runtime, { ...serving, ...client });
      }
    } finally {
      await runtime.stop();
    }
  } catch (error) {
    throw explainServing(error);
  }
  return host.interrupt.aborted ? exitCodes.interrupted.code : exitCodes.ok.code;
};

function readRules({ host, port, path, allowOrigin, requireOrigin }: Options) {
  return { host, port: readPort(port), path, allowedOrigins: allowOrigin, requireOrigin };
}

function readPort(text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  if (/^\d{1,5}$/.test(text) && Number(text) <= 65_535) return Number(text);
  throw usageError("--port takes a number from 0 to 65535; 0 takes any free one.");
}

/** Options of an address are a mistake where there is none. */
function requireFitting({ host, port, path, allowOrigin, requireOrigin }: Options, isHttp: boolean): void {
  const isAsked =
    [host, port, path].some((one) => one !== undefined) || allowOrigin.length > 0 || !requireOrigin;
  if (!isHttp && isAsked)
    throw usageError("--host, --port, --path and origins need --transport streamable-http.");
}
