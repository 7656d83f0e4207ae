import { storeRoutes } from "#contract/store/routes";
import { integerTextSchema } from "#contract/store/store";
import { usageError } from "../../cli-error.ts";
import type { Run } from "../../command.ts";
import { exitCodes } from "../../exit-code.ts";
import { onceHeader, placeOf } from "./options.ts";
import type { incrementSpec } from "./specs.ts";

/** Counts a key up or down. */
export const run: Run<typeof incrementSpec> = async (context, { args, options }) => {
  const { output, json } = context;
  const by = args.by ?? "1";
  if (!integerTextSchema.safeParse(by).success)
    throw usageError(`${by} is no whole number of 64 bits.`, "To count down write: -- -5");
  const api = await context.api();
  const counted = await api.call(storeRoutes.incrementStoreValue, {
    query: placeOf(options),
    json: { key: args.key, by, ...(options.ttl === undefined ? {} : { ttl_seconds: options.ttl }) },
    headers: onceHeader(options.once),
  });
  if (json) output.document(counted);
  else output.line(counted.value);
  return exitCodes.ok.code;
};
