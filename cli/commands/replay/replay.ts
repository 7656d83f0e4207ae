import { randomUUID } from "node:crypto";
import { replayRoutes } from "#contract/replay/routes";
import { runRoutes } from "#contract/runs/routes";
import type { Run } from "../../command.ts";
import { exitCodes } from "../../exit-code.ts";
import { renderComparison } from "../../output/render-diff.ts";
import { resolveInputs } from "../../inputs/resolve-inputs.ts";
import type { replaySpec } from "./specs.ts";
import { exitCodeOf, sayGoodbye, showResult, waitedTooLong, watchRun } from "../runs/run.ts";

/** Replays a run and, unless told not to, follows the new one to its end. */
export const run: Run<typeof replaySpec> = async (context, { args, options }) => {
  const { host, output, json } = context;
  const api = await context.api();
  const { worker_id: worker } = await api.call(runRoutes.getRun, { params: { run: args.run } });
  const inputs = await resolveInputs(api, host, { worker, words: options.input, inputsFile: undefined });
  const started = await api.call(replayRoutes.replayRun, {
    params: { run: args.run },
    json: { version: options.active ? "active" : "same", inputs, dry: options.dry },
    headers: { "idempotency-key": randomUUID() },
  });
  if (!options.wait) {
    if (json) output.document(started);
    else output.line(started.id);
    return exitCodes.ok.code;
  }
  const how = options.dry ? "replays dry" : "replays";
  if (!json)
    output.note(output.noteStyle.dim(`${started.id} ${how} ${args.run} on version ${started.version}`));
  const isOver = await watchRun(context, api, { runId: started.id, timeoutSeconds: options.timeout });
  if (host.interrupt.aborted) return sayGoodbye(context, started.id);
  const ended = await api.call(runRoutes.getRun, { params: { run: started.id } });
  if (!isOver) throw waitedTooLong(started.id, options.timeout);
  const params = { run: args.run, other: ended.id };
  const comparison = options.compare ? await api.call(replayRoutes.compareRuns, { params }) : undefined;
  if (json) output.document(comparison === undefined ? ended : { run: ended, comparison });
  else {
    showResult(context, ended);
    if (comparison !== undefined)
      for (const line of renderComparison(comparison, output.style)) output.line(line);
  }
  return exitCodeOf(ended);
};
