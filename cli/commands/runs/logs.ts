import { runRoutes } from "#contract/runs/routes";
import type { LogLine } from "#contract/runs/run";
import { linesOf } from "#contract/runs/run-event";
import type { Api } from "../../api.ts";
import type { Run } from "../../command.ts";
import type { CommandContext } from "../../context.ts";
import { exitCodes } from "../../exit-code.ts";
import { followRun } from "../../follow.ts";
import { withItsColours } from "../../output/safe-text.ts";
import type { logsSpec } from "./specs.ts";

/** Prints a run's log, by pages, or as it comes until the run ends. */
export const run: Run<typeof logsSpec> = async (context, { args, options }) => {
  const { host, json, output } = context;
  const api = await context.api();
  const isWanted = ({ stream }: LogLine): boolean => options.system || stream !== "system";
  const show = (line: LogLine): void => showLine(context, line, options.timestamps);
  if (options.follow) return followLog(context, api, { runId: args.run, isWanted, show });
  const kept: LogLine[] = [];
  for await (const lines of readPages(api, args.run)) {
    const wanted = lines.filter(isWanted);
    if (json) kept.push(...wanted);
    else for (const line of wanted) show(line);
    if (host.interrupt.aborted) return exitCodes.interrupted.code;
  }
  if (json) output.document({ logs: kept });
  return exitCodes.ok.code;
};

async function* readPages(api: Api, runId: string): AsyncGenerator<LogLine[]> {
  let after: number | undefined;
  do {
    const page = await api.call(runRoutes.getRunLogs, { params: { run: runId }, query: { after } });
    yield page.logs;
    after = page.next_after ?? undefined;
  } while (after !== undefined);
}

interface LogFollow {
  runId: string;
  isWanted: (line: LogLine) => boolean;
  show: (line: LogLine) => void;
}

async function followLog(
  { host, output, json }: CommandContext,
  api: Api,
  { runId, isWanted, show }: LogFollow,
): Promise<number> {
  const onLost = (): void => {
    if (!json && host.stderr.isTerminal) output.note(output.noteStyle.dim("no contact, trying again"));
  };
  try {
    for await (const event of followRun({ api, host, runId, signal: host.interrupt, onLost }))
      linesOf(event).filter(isWanted).forEach(show);
  } catch (error) {
    if (!host.interrupt.aborted) throw error;
    return exitCodes.interrupted.code;
  }
  return exitCodes.ok.code;
}

function showLine({ host, output, json }: CommandContext, line: LogLine, withTime: boolean): void {
  if (json) {
    output.documentLine(line);
    return;
  }
  const text = withItsColours(line.message, { close: host.stdout.isTerminal });
  output.line(withTime ? `${output.style.dim(line.timestamp)} ${text}` : text);
}
