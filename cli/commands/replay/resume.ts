import { randomUUID } from "node:crypto";
import { replayRoutes } from "#contract/replay/routes";
import type { StageView } from "#contract/pipelines/stage";
import { runRoutes } from "#contract/runs/routes";
import { JsonRefused, readGivenJson } from "#contract/json";
import { inputsSchema } from "#contract/runs/run";
import type { Inputs } from "#contract/runs/run";
import { CliError, usageError } from "../../cli-error.ts";
import type { Run } from "../../command.ts";
import { exitCodes } from "../../exit-code.ts";
import { exitCodeOf, sayGoodbye, showResult, waitedTooLong, watchRun } from "../runs/run.ts";
import type { resumeSpec } from "./specs.ts";

/** Goes on with a pipeline's run as a new one and, unless told not to, follows it to its end. */
export const run: Run<typeof resumeSpec> = async (context, { args, options }) => {
  const { host, output, json } = context;
  const api = await context.api();
  const before = await api.call(runRoutes.getRun, { params: { run: args.run } });
  const stage = options.from ?? pickStage(before.stages);
  const started = await api.call(replayRoutes.replayRun, {
    params: { run: args.run },
    json: { from_stage: stage, ...readStageInputs(options.inputs) },
    headers: { "idempotency-key": randomUUID() },
  });
  if (!options.wait) {
    if (json) output.document(started);
    else output.line(started.id);
    return exitCodes.ok.code;
  }
  if (!json) output.note(output.noteStyle.dim(`${started.id} goes on from ${stage} of ${args.run}`));
  const isOver = await watchRun(context, api, { runId: started.id, timeoutSeconds: options.timeout });
  if (host.interrupt.aborted) return sayGoodbye(context, started.id);
  const ended = await api.call(runRoutes.getRun, { params: { run: started.id } });
  if (!isOver) throw waitedTooLong(started.id, options.timeout);
  if (json) output.document(ended);
  else showResult(context, ended);
  return exitCodeOf(ended);
};

/** What `--inputs` says. Throws for what is no JSON object. */
function readStageInputs(text: string | undefined): { stage_inputs?: Inputs } {
  if (text === undefined) return {};
  try {
    const read = inputsSchema.safeParse(readGivenJson(text));
    if (read.success) return { stage_inputs: read.data };
  } catch (error) {
    if (!(error instanceof JsonRefused)) throw error;
  }
  throw usageError(
    `--inputs is no JSON object: ${text.slice(0, 100)}`,
    `Write e.g. --inputs '{"name": "Ada"}'.`,
  );
}

/** The first stage that did not complete. Throws where there is none. */
function pickStage(stages: readonly StageView[]): string {
  const failed = stages.find(({ status }) => status === "failed");
  const open = failed ?? stages.find(({ status }) => status === "pending" || status === "running");
  if (open !== undefined) return open.name;
  const isPipeline = stages.length > 0;
  throw new CliError(
    isPipeline ? "All of its stages are over." : "This is no run of a pipeline: it has no stages.",
    {
      exit: "usage",
      code: "nothing_to_resume",
      hint: isPipeline ? "Name the stage to begin again with by --from." : "floom replay runs it again.",
    },
  );
}
