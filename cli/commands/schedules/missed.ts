import { limits } from "#contract/limits";
import type { MissedStart } from "#contract/triggers/missed-start";
import { triggerRoutes } from "#contract/triggers/routes";
import type { Run } from "../../command.ts";
import { exitCodes } from "../../exit-code.ts";
import type { missedStartsSpec } from "./specs.ts";

const DEFAULT_LIMIT = 20;

/** Lists the starts that schedules have missed, newest first, reading as many pages as the limit needs. */
export const run: Run<typeof missedStartsSpec> = async (context, { args, options }) => {
  const { output, json } = context;
  const api = await context.api();
  const wanted = options.limit ?? DEFAULT_LIMIT;
  const only = args.worker === undefined ? {} : { worker_id: args.worker };
  const missed: MissedStart[] = [];
  let cursor: string | undefined;
  do {
    const limit = Math.min(wanted - missed.length, limits.page_items.value);
    const query = { ...only, limit, ...(cursor === undefined ? {} : { cursor }) };
    const page = await api.call(triggerRoutes.listMissedStarts, { query });
    missed.push(...page.missed);
    cursor = page.next_cursor ?? undefined;
  } while (cursor !== undefined && missed.length < wanted);
  if (json) output.document({ missed, next_cursor: cursor ?? null });
  else if (missed.length === 0) output.note("No schedule has missed a start.");
  else {
    output.table(
      ["DUE", "SCHEDULE", "CODE", "WHY"],
      missed.map((row) => [row.due_at, `${row.worker_id}/${row.name}`, row.code, row.reason]),
    );
  }
  return exitCodes.ok.code;
};
