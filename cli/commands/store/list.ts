import { storeRoutes } from "#contract/store/routes";
import { formatBytes, formatCount } from "#contract/words";
import type { Run } from "../../command.ts";
import { exitCodes } from "../../exit-code.ts";
import { onOneLine } from "../../output/safe-text.ts";
import { placeOf } from "./options.ts";
import type { listKeysSpec } from "./specs.ts";

/** Lists keys of a store, and says how full it is. */
export const run: Run<typeof listKeysSpec> = async (context, { args, options }) => {
  const { output, json } = context;
  const api = await context.api();
  const page = await api.call(storeRoutes.listStore, {
    query: {
      ...placeOf(options),
      ...(args.prefix === undefined ? {} : { prefix: args.prefix }),
      ...(options.limit === undefined ? {} : { limit: options.limit }),
      ...(options.cursor === undefined ? {} : { cursor: options.cursor }),
    },
  });
  if (json) {
    output.document(page);
    return exitCodes.ok.code;
  }
  const { items, next_cursor, usage } = page;
  if (items.length > 0) {
    output.table(
      ["KEY", "KIND", "SIZE", "UPDATED", "EXPIRES"],
      items.map((entry) => [
        onOneLine(entry.key),
        entry.kind,
        formatBytes(entry.size_bytes),
        entry.updated_at,
        entry.expires_at ?? "-",
      ]),
    );
  }
  const most = `${formatBytes(usage.bytes)} of ${formatBytes(usage.bytes_limit)}`;
  output.note(`${formatCount(usage.entries, "key")} in the store, ${most}.`);
  if (next_cursor !== null) output.note(`There are more: --cursor ${next_cursor}`);
  return exitCodes.ok.code;
};
