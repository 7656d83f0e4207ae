import { deadLetterRoutes } from "#contract/dead-letters/routes";
import { formatAgo } from "#contract/words";
import type { Run } from "../../command.ts";
import { exitCodes } from "../../exit-code.ts";
import { readPages } from "../../read-pages.ts";
import { readFilters } from "./select-dead-letters.ts";
import type { listDeadLettersSpec } from "./specs.ts";

const DEFAULT_LIMIT = 20;

/** Lists dead letters. */
export const run: Run<typeof listDeadLettersSpec> = async (context, { options }) => {
  const { output, host, json } = context;
  const api = await context.api();
  const { items: runs, next_cursor } = await readPages(options.limit ?? DEFAULT_LIMIT, async (at) => {
    const page = await api.call(deadLetterRoutes.listDeadLetters, {
      query: { ...readFilters(options), ...at },
    });
    return { items: page.runs, next_cursor: page.next_cursor };
  });
  if (json) output.document({ runs, next_cursor });
  else if (runs.length === 0) output.note("No failed runs are left to deal with.");
  else {
    output.table(
      ["RUN", "WORKER", "FAILED", "KIND", "CODE", "TRIES"],
      runs.map((row) => [
        row.id,
        row.worker_id,
        formatAgo(row.completed_at ?? row.created_at, host.now()),
        row.kind,
        row.error_code ?? "",
        String(row.attempt),
      ]),
    );
  }
  return exitCodes.ok.code;
};
