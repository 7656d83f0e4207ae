import { storeRoutes } from "#contract/store/routes";
import type { Run } from "../../command.ts";
import { exitCodes } from "../../exit-code.ts";
import { onOneLine } from "../../output/safe-text.ts";
import { placeOf } from "./options.ts";
import type { listTablesSpec } from "./specs.ts";

/** Lists the tables that scripts and people have made in a store. */
export const run: Run<typeof listTablesSpec> = async (context, { options }) => {
  const { output, json } = context;
  const api = await context.api();
  const { tables } = await api.call(storeRoutes.listStoreTables, { query: placeOf(options) });
  if (json) output.document({ tables });
  else if (tables.length === 0) output.note("It has no tables.");
  else {
    output.table(
      ["TABLE", "INDEXES", "MADE BY"],
      tables.map(({ name, sql, indexes }) => [onOneLine(name), String(indexes.length), onOneLine(sql)]),
    );
  }
  return exitCodes.ok.code;
};
