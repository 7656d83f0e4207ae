import { triggerRoutes } from "#contract/triggers/routes";
import type { Run } from "../../command.ts";
import { exitCodes } from "../../exit-code.ts";
import { readPages } from "../../read-pages.ts";
import type { missedStartsSpec } from "./specs.ts";

const DEFAULT_LIMIT = 20;

/** Lists the starts that schedules have missed, newest first. */
export const run: Run<typeof missedStartsSpec> = async (context, { args, options }) => {
  const { output, json } = context;
  const api = await context.api();
  const { items: missed, next_cursor } = await readPages(options.limit ?? DEFAULT_LIMIT, async (at) => {
    const page = await api.call(triggerRoutes.listMissedStarts, {
      query: { worker_id: args.worker, ...at },
    });
    return { items: page.missed, next_cursor: page.next_cursor };
  });
  if (json) output.document({ missed, next_cursor });
  else if (missed.length === 0) output.note("No schedule has missed a start.");
  else {
    output.table(
      ["DUE", "SCHEDULE", "CODE", "WHY"],
      missed.map((row) => [row.due_at, `${row.worker_id}/${row.name}`, row.code, row.reason]),
    );
  }
  return exitCodes.ok.code;
};
