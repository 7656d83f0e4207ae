import { workerRoutes } from "#contract/workers/routes";
import { runRoutes } from "#contract/runs/routes";
import { commands, groupSummaries } from "../commands/table.ts";
import type { CommandContext } from "../context.ts";
import { exitCodes } from "../exit-code.ts";
import { findCompletions } from "./find-completions.ts";
import type { Candidate, Completions } from "./find-completions.ts";

const RUNS_OFFERED = 20;
/** A person waits for the key they pressed; a server that does not answer by then offers nothing. */
const PATIENCE_MS = 1500;

/**
 * Prints what may follow, for the completion scripts: a first line `:none`, `:files` or `:folders` that says what the
 * shell should add by itself, then one candidate a line, a tab before what it is. Nothing is ever said on an error.
 */
export async function printCompletions(words: readonly string[], context: CommandContext): Promise<number> {
  const specs = commands.map(({ spec }) => spec);
  const { candidates, lookUp } = findCompletions(words, specs, groupSummaries);
  const found = [...candidates, ...(await lookUpNames(lookUp, context))];
  const directive = lookUp === "files" || lookUp === "folders" ? lookUp : "none";
  const lines = found.map(({ word, about }) => `${word}\t${about.replaceAll(/\s+/g, " ")}`);
  for (const line of [`:${directive}`, ...lines]) context.output.line(line);
  return exitCodes.ok.code;
}

async function lookUpNames(lookUp: Completions["lookUp"], context: CommandContext): Promise<Candidate[]> {
  if (lookUp !== "workers" && lookUp !== "runs") return [];
  try {
    const api = await context.api();
    const signal = AbortSignal.timeout(PATIENCE_MS);
    if (lookUp === "workers") {
      const workers = await api.call(workerRoutes.listWorkers, { signal });
      return workers.map(({ id, name }) => ({ word: id, about: name }));
    }
    const { runs } = await api.call(runRoutes.listRuns, { query: { limit: RUNS_OFFERED }, signal });
    return runs.map(({ id, worker_id: worker, status }) => ({ word: id, about: `${worker} ${status}` }));
  } catch {
    return [];
  }
}
