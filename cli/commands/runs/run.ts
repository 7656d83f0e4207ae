import { randomUUID } from "node:crypto";
import type { LiveText } from "#contract/agents/live-text";
import { runRoutes } from "#contract/runs/routes";
import type { RouteJsonInput } from "#contract/route";
import { prioritySchema } from "#contract/runs/run";
import type { RunDetail } from "#contract/runs/run";
import { linesOf } from "#contract/runs/run-event";
import { applyRunEvents, emptyRunScreen } from "#contract/runs/run-screen";
import type { RunScreen } from "#contract/runs/run-screen";
import { repeatTransient } from "../../api.ts";
import type { Api } from "../../api.ts";
import { CliError } from "../../cli-error.ts";
import type { Run } from "../../command.ts";
import type { CommandContext } from "../../context.ts";
import { exitCodes } from "../../exit-code.ts";
import { followRun } from "../../follow.ts";
import type { LiveLine } from "../../output/live-line.ts";
import { renderAsk } from "../../output/render-approval.ts";
import { artifactPairs, outputPairs, renderOutcome, renderProgress } from "../../output/render-run.ts";
import { withItsColours } from "../../output/safe-text.ts";
import { resolveInputs } from "../../inputs/resolve-inputs.ts";
import { saveArtifacts } from "../../bundle/save-artifacts.ts";
import { addRunToSession } from "../session/add-run.ts";
import type { runSpec } from "./specs.ts";

/** So much of what a model is saying stands on the live line. */
const SAID_CHARACTERS = 60;

/** Starts a run and, unless told not to, follows it to its end and shows or saves what it gave. */
export const run: Run<typeof runSpec> = async (context, { args, options }) => {
  const { host, output, json } = context;
  const api = await context.api();
  const inputs = await resolveInputs(api, host, {
    worker: args.worker,
    action: options.action,
    words: options.input,
    inputsFile: options.inputsFile,
  });
  const key = options.idempotencyKey ?? randomUUID();
  const queue = {
    ...(options.action === undefined ? {} : { action: options.action }),
    ...(options.priority === undefined ? {} : { priority: prioritySchema.parse(options.priority) }),
    ...(options.ttl === undefined ? {} : { ttl_seconds: options.ttl }),
  };
  const started = await startRun(context, api, { worker: args.worker, key, json: { inputs, ...queue } });
  await addRunToSession(context, api, started.id);
  if (!options.wait) {
    if (json) output.document(started);
    else output.line(started.id);
    return exitCodes.ok.code;
  }
  if (!json) output.note(output.noteStyle.dim(`${started.id} ${args.worker} version ${started.version}`));
  const isOver = await watchRun(context, api, { runId: started.id, timeoutSeconds: options.timeout });
  if (host.interrupt.aborted) return sayGoodbye(context, started.id);
  const ended = await api.call(runRoutes.getRun, { params: { run: started.id } });
  if (json) output.document(ended);
  else showResult(context, ended);
  if (!isOver) throw waitedTooLong(started.id, options.timeout);
  if (options.outputDir !== undefined) {
    const into = { cwd: host.cwd, dir: options.outputDir };
    const saved = await saveArtifacts(api, { runId: ended.id, artifacts: ended.artifacts, into }, options);
    if (!json) for (const file of saved) output.note(`saved ${file}`);
  }
  return exitCodeOf(ended);
};

/** A run that asks people has done its part. */
export function exitCodeOf({ status }: RunDetail): number {
  const isWell = status === "completed" || status === "pending_approval";
  return isWell ? exitCodes.ok.code : exitCodes.runFailed.code;
}

/** Puts the run on the record; the key makes it harmless to send the request again when no answer came. */
async function startRun(
  { host }: CommandContext,
  api: Api,
  { worker, key, json }: { worker: string; key: string; json: RouteJsonInput<typeof runRoutes.startRun> },
): Promise<RunDetail> {
  return repeatTransient(host, () =>
    api.call(runRoutes.startRun, {
      params: { worker },
      json: { ...json, trigger_source: "cli" },
      headers: { "idempotency-key": key },
      signal: host.interrupt,
    }),
  );
}

/** Follows the run, telling its log and progress along the way; false when the time to wait was over first. */
export async function watchRun(
  context: CommandContext,
  api: Api,
  { runId, timeoutSeconds }: { runId: string; timeoutSeconds: number | undefined },
): Promise<boolean> {
  const { host, json, output } = context;
  const deadline = timeoutSeconds === undefined ? undefined : AbortSignal.timeout(timeoutSeconds * 1000);
  const signal = deadline === undefined ? host.interrupt : AbortSignal.any([host.interrupt, deadline]);
  const live = json ? undefined : output.liveLine();
  let view = emptyRunScreen;
  live?.set(describeView(view));
  try {
    for await (const event of followRun({
      api,
      host,
      runId,
      signal,
      onLost: () => live?.set("no contact, trying again"),
      onLive: (said) => live?.set(describeSaying(said)),
    })) {
      view = applyRunEvents(view, [event], { keepLines: 0 });
      // A decision may take days; whoever started the run is told what to do instead.
      if (view.status === "pending_approval") return true;
      if (live === undefined) continue;
      const lines = linesOf(event);
      if (lines.length > 0) showLines(context, live, lines);
      live.set(describeView(view));
    }
    return true;
  } catch (error) {
    if (signal.aborted) return false;
    throw error;
  } finally {
    live?.stop();
  }
}

function showLines(
  { output, host }: CommandContext,
  live: LiveLine,
  lines: ReturnType<typeof linesOf>,
): void {
  const style = output.noteStyle;
  live.above(() => {
    for (const { stream, message } of lines) {
      const text = withItsColours(message, { close: host.stderr.isTerminal });
      output.note(stream === "system" ? style.dim(text) : text);
    }
  });
}

/** The last words of what a model is saying, on one line. */
function describeSaying({ kind, text }: LiveText): string {
  const last = text.replaceAll(/\s+/g, " ").trim().slice(-SAID_CHARACTERS);
  return `${kind === "text" ? "says" : "thinks"}: ${last}`;
}

function describeView({ status, whyWaiting, progress }: RunScreen): string {
  if (progress !== null && status === "running") return `${status} ${renderProgress(progress)}`;
  return whyWaiting === null ? status : `${status}: ${whyWaiting}`;
}

/** Shows how a run ended, its outputs and its files. */
export function showResult({ output }: CommandContext, ended: RunDetail): void {
  for (const line of [...renderOutcome(ended, output.noteStyle), ...renderAsk(ended)]) output.note(line);
  output.pairs(outputPairs(ended));
  if (ended.artifacts.length > 0) {
    output.note(output.noteStyle.dim(`files (save them with: floom runs download ${ended.id} -o DIR)`));
    for (const [name, about] of artifactPairs(ended)) output.note(`  ${name}  ${about}`);
  }
}

/** What a person who stops following should know; answers the exit code. */
export function sayGoodbye({ output }: CommandContext, runId: string): number {
  output.note("Stopped following; the run goes on.");
  output.note(`  follow it  floom runs logs -f ${runId}`);
  output.note(`  cancel it  floom runs cancel ${runId}`);
  return exitCodes.interrupted.code;
}

/** The error for a run that goes on after the time to wait for it was over. */
export function waitedTooLong(runId: string, timeoutSeconds: number | undefined): CliError {
  return new CliError(`The run has not ended after ${timeoutSeconds ?? 0} s.`, {
    exit: "unavailable",
    code: "wait_timeout",
    hint: `It goes on by itself. Follow it with: floom runs logs -f ${runId}`,
  });
}
