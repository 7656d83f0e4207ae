import { onOneLine } from "../../output/safe-text.ts";
import { usageError } from "../../cli-error.ts";
import type { Run } from "../../command.ts";
import type { CommandContext } from "../../context.ts";
import { exitCodes } from "../../exit-code.ts";
import { explainProbe } from "./explain-probe.ts";
import type { OfferedList, Probed, ProbePlace } from "./probe-server.ts";
import type { mcpProbeSpec } from "./specs.ts";

const DEFAULT_SECONDS = 30;
const MOST_SECONDS = 3600;

/** Lists what a server offers. What it says is shown as text, never as what a terminal would do. */
export const run: Run<typeof mcpProbeSpec> = async (context, { args, options }) => {
  const seconds = options.timeout ?? DEFAULT_SECONDS;
  if (!(seconds > 0 && seconds <= MOST_SECONDS))
    throw usageError(`--timeout must be a number of seconds up to ${MOST_SECONDS}.`);
  const token = options.tokenFrom === undefined ? undefined : readToken(context, options.tokenFrom);
  const place = readPlace(context, { server: args.server, stdio: options.stdio, token });
  const { probeServer } = await import("./probe-server.ts");
  const probed = await probeServer(place, seconds * 1000).catch((error: unknown) => {
    throw explainProbe(error);
  });
  if (context.json) context.output.document(probed);
  else show(context, probed);
  return exitCodes.ok.code;
};

function readToken({ host }: CommandContext, variable: string): string {
  const token = host.env[variable];
  if (token === undefined || token === "") throw usageError(`The variable ${variable} holds no token.`);
  return token;
}

function readPlace(
  { host }: CommandContext,
  of: { server: string; stdio: readonly string[]; token: string | undefined },
): ProbePlace {
  const { server, stdio, token } = of;
  if (stdio.length > 0) {
    if (token !== undefined) throw usageError("A program is sent no token: give it what it needs itself.");
    return { kind: "stdio", command: server, args: stdio.filter((one) => one !== ""), cwd: host.cwd };
  }
  const address = URL.parse(server);
  if (address === null || !["http:", "https:"].includes(address.protocol))
    throw usageError(`${server} is no address.`, "A program is started with --stdio.");
  // A password in an address is not repeated.
  if (address.username !== "" || address.password !== "")
    throw usageError("An address has no name and password in it.", "--token-from sends a token.");
  return { kind: "http", address, token, fetch: host.fetch };
}

function show({ output }: CommandContext, probed: Probed): void {
  const { server, protocol_version: version, era, capabilities, instructions } = probed;
  output.line(onOneLine(`${server?.name ?? "A server"} ${server?.version ?? ""}`.trim()));
  output.line(onOneLine(`MCP ${version ?? "of no version"}${era === null ? "" : ` (${era})`}`));
  output.line(onOneLine(`Can: ${Object.keys(capabilities).join(", ") || "nothing"}`));
  if (instructions !== null) output.line(`\n${instructions}`);
  const named = ({ name, title, description }: Probed["prompts"]["items"][number]) => [
    name,
    description?.split(/(?<=[.:])\s/)[0] ?? title ?? "",
  ];
  showList(output, "TOOL", { list: probed.tools, row: named });
  showList(output, "RESOURCE", { list: probed.resources, row: ({ uri, name }) => [uri, name] });
  showList(output, "TEMPLATE", {
    list: probed.resource_templates,
    row: ({ uriTemplate, name }) => [uriTemplate, name],
  });
  showList(output, "PROMPT", { list: probed.prompts, row: named });
}

function showList<T>(
  output: CommandContext["output"],
  head: string,
  { list, row }: { list: OfferedList<T>; row: (item: T) => string[] },
): void {
  if (list.items.length === 0) return;
  output.line("");
  output.table(
    [head, "WHAT IT IS"],
    list.items.map((item) => row(item).map(onOneLine)),
  );
  if (list.more)
    output.note(`The server has more, or does not come to an end: these are the first ${list.items.length}.`);
}
