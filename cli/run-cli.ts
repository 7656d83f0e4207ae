import { join } from "node:path";
import { readFileSync } from "node:fs";
import { CommanderError } from "commander";
import { usageError } from "./cli-error.ts";
import { commands, groupSummaries } from "./commands/table.ts";
import { findConnection } from "./config.ts";
import type { Connection } from "./config.ts";
import type { CommandContext } from "./context.ts";
import { exitCodes } from "./exit-code.ts";
import type { Host } from "./host.ts";
import { openOutput } from "./output/output.ts";
import { buildProgram } from "./program.ts";

const checkoutDir = join(import.meta.dirname, "..");
/** How long a command may take to say goodbye after Ctrl-C. */
const FAREWELL_MS = 1000;

/** Does what argv says and answers the exit code. Everything that goes wrong has been told when it returns. */
export async function runCli(argv: readonly string[], host: Host): Promise<number> {
  try {
    if (argv[0] === "__complete") return await runCompletion(argv.slice(1), host);
    return await Promise.race([runCommand(argv, host), waitForInterrupt(host)]);
  } catch (error) {
    const { reportError } = await import("./output/report-error.ts");
    const wantsJson = argv.slice(0, argv.includes("--") ? argv.indexOf("--") : undefined).includes("--json");
    return reportError(toReportable(error), { host, json: wantsJson });
  }
}

async function runCommand(argv: readonly string[], host: Host): Promise<number> {
  let exitCode: number = exitCodes.ok.code;
  const program = buildProgram({
    commands,
    groupSummaries,
    version: readVersion(),
    host,
    output: openOutput(host),
    act: async (command, call) => {
      const context = openContext(host, call.options["json"] === true);
      // fillOptions gave every option of the spec its value, commander made sure of the arguments.
      exitCode = await command.run(context, call);
    },
  });
  try {
    await program.parseAsync([...argv], { from: "user" });
  } catch (error) {
    const wasHelp = error instanceof CommanderError && error.exitCode === 0;
    if (!wasHelp) throw error;
  }
  return exitCode;
}

async function runCompletion(words: readonly string[], host: Host): Promise<number> {
  const { printCompletions } = await import("./completion/print-completions.ts");
  return printCompletions(words, openContext(host, false));
}

/** Everything a command is given, opened as late as possible. */
function openContext(host: Host, json: boolean): CommandContext {
  const output = openOutput(host);
  let found: Connection | undefined;
  const connection = (): Connection => {
    if (found !== undefined) return found;
    found = findConnection(host, checkoutDir);
    if (!json) for (const note of found.notes) output.note(output.noteStyle.yellow(note));
    return found;
  };
  return {
    host,
    json,
    output,
    checkoutDir,
    connection,
    api: async () => (await import("./api.ts")).openApi(host, connection()),
  };
}

/** Ends the call some time after Ctrl-C, should the command not end by itself. */
async function waitForInterrupt(host: Host): Promise<number> {
  await new Promise<void>((resolve) => {
    const farewell = (): void => void setTimeout(resolve, FAREWELL_MS).unref();
    if (host.interrupt.aborted) farewell();
    else host.interrupt.addEventListener("abort", farewell, { once: true });
  });
  return exitCodes.interrupted.code;
}

/** Commander's complaint about argv in our own words for it; its text begins with "error: ". */
function toReportable(error: unknown): unknown {
  if (!(error instanceof CommanderError)) return error;
  const message = error.message.replace(/^error: /, "");
  if (error.code === "commander.help") return usageError("A command is missing.", "See the list above.");
  return usageError(message, "See `floom --help`, or --help after a command.");
}

function readVersion(): string {
  const text = readFileSync(join(checkoutDir, "package.json"), "utf8");
  const manifest: unknown = JSON.parse(text);
  const hasVersion = typeof manifest === "object" && manifest !== null && "version" in manifest;
  return hasVersion ? String(manifest.version) : "unknown";
}
