import type { DeadLetter } from "#contract/dead-letters/dead-letter";
import { limits } from "#contract/limits";
import { deadLetterRoutes } from "#contract/dead-letters/routes";
import { formatAgo } from "#contract/words";
import type { Run } from "../../command.ts";
import { exitCodes } from "../../exit-code.ts";
import { readFilters } from "./select-dead-letters.ts";
import type { listDeadLettersSpec } from "./specs.ts";

const DEFAULT_LIMIT = 20;

/** Lists dead letters, reading as many pages as the limit needs. */
export const run: Run<typeof listDeadLettersSpec> = async (context, { options }) => {
  const { output, host, json } = context;
  const api = await context.api();
  const wanted = options.limit ?? DEFAULT_LIMIT;
  const runs: DeadLetter[] = [];
  let cursor: string | undefined;
  do {
    const limit = Math.min(wanted - runs.length, limits.page_items.value);
    const query = { ...readFilters(options), limit, ...(cursor === undefined ? {} : { cursor }) };
    const page = await api.call(deadLetterRoutes.listDeadLetters, { query });
    runs.push(...page.runs);
    cursor = page.next_cursor ?? undefined;
  } while (cursor !== undefined && runs.length < wanted);
  if (json) output.document({ runs, next_cursor: cursor ?? null });
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
