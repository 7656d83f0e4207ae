import { JsonRefused, readGivenJson } from "#contract/json";
import { storeRoutes } from "#contract/store/routes";
import { integerTextSchema, sqlValueSchema } from "#contract/store/store";
import type { SqlValue } from "#contract/store/store";
import { formatCount } from "#contract/words";
import { usageError } from "../../cli-error.ts";
import type { Run } from "../../command.ts";
import { exitCodes } from "../../exit-code.ts";
import { onOneLine } from "../../output/safe-text.ts";
import { onceHeader, placeOf } from "./options.ts";
import type { querySpec } from "./specs.ts";

/** Asks or changes the tables of a store. */
export const run: Run<typeof querySpec> = async (context, { args, options }) => {
  const { output, json, host } = context;
  if (args.sql === undefined && host.stdin.isTerminal) throw usageError("There is no statement.");
  const sql = args.sql ?? (await host.stdin.readAll());
  const api = await context.api();
  const route = options.write ? storeRoutes.executeStore : storeRoutes.queryStore;
  const answer = await api.call(route, {
    query: placeOf(options),
    json: { sql, params: options.param.map(readParameter) },
    headers: options.write ? onceHeader(options.once) : {},
  });
  if (json) {
    output.document(answer);
    return exitCodes.ok.code;
  }
  if (answer.columns.length > 0) {
    output.table(
      answer.columns.map(onOneLine),
      answer.rows.map((row) => row.map((cell) => onOneLine(showCell(cell)))),
    );
  }
  const written = answer.rows_written > 0 ? `, ${formatCount(answer.rows_written, "row")} written` : "";
  output.note(`${formatCount(answer.rows.length, "row")}${written}.`);
  if (answer.truncated) output.note("There are more: ask with LIMIT and OFFSET.");
  return exitCodes.ok.code;
};

/** JSON where it is a value of SQL, large whole numbers included; any other text is a text. */
function readParameter(given: string): SqlValue {
  if (/^-?\d+$/.test(given) && !Number.isSafeInteger(Number(given)))
    return integerTextSchema.safeParse(given).success ? { integer: given } : given;
  try {
    const value = sqlValueSchema.safeParse(readGivenJson(given));
    return value.success ? value.data : given;
  } catch (error) {
    if (error instanceof JsonRefused) return given;
    throw error;
  }
}

function showCell(cell: SqlValue): string {
  if (cell === null) return "-";
  if (typeof cell !== "object") return String(cell);
  return "integer" in cell ? cell.integer : `base64:${cell.bytes}`;
}
