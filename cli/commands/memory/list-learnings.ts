import type { LearningSummary } from "#contract/memory/memory";
import { memoryRoutes } from "#contract/memory/routes";
import type { Run } from "../../command.ts";
import { exitCodes } from "../../exit-code.ts";
import type { listLearningsSpec } from "./specs.ts";

/** As many as the server lists at once. */
const PAGE = 100;

/** Lists what a worker's agent has learned. */
export const run: Run<typeof listLearningsSpec> = async (context, { args, options }) => {
  const { output, json } = context;
  const api = await context.api();
  const all: LearningSummary[] = [];
  let cursor: string | null = null;
  do {
    const query = {
      limit: PAGE,
      ...(cursor === null ? {} : { cursor }),
      ...(options.waiting ? { state: "proposed" as const } : {}),
    };
    const page: { learnings: LearningSummary[]; next_cursor: string | null } = await api.call(
      memoryRoutes.listLearnings,
      { params: { worker: args.worker }, query },
    );
    all.push(...page.learnings);
    cursor = page.next_cursor;
  } while (cursor !== null);
  if (json) output.document(all);
  else if (all.length === 0) output.note("There is none.");
  else {
    output.table(
      ["LEARNING", "STATE", "WRITTEN", "RUN", "TEXT"],
      all.map(({ id, state, created_at, run_id, learning }) => [id, state, created_at, run_id, learning]),
    );
  }
  for (const { id, why_waiting } of json ? [] : all)
    if (why_waiting !== null) output.note(`${id} waits: ${why_waiting}`);
  return exitCodes.ok.code;
};
