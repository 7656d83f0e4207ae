import { platformToolNames } from "#contract/tools/names";

/** Whether a call of this tool starts a run, so that it may go on as one: a worker's, or the one that starts any. Pure. */
export function startsRuns(tool: string): boolean {
  return tool === "run_start" || !platformToolNames.has(tool);
}
