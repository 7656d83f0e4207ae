import { storeRoutes } from "#contract/store/routes";
import type { Run } from "../../command.ts";
import { exitCodes } from "../../exit-code.ts";
import { placeOf } from "./options.ts";
import type { deleteKeySpec } from "./specs.ts";

/** Deletes a key of a store. */
export const run: Run<typeof deleteKeySpec> = async (context, { args, options }) => {
  const { output, json } = context;
  const api = await context.api();
  const { ifVersion } = options;
  await api.call(storeRoutes.deleteStoreValue, {
    query: {
      key: args.key,
      ...placeOf(options),
      ...(ifVersion === undefined ? {} : { if_version: ifVersion }),
    },
  });
  if (json) output.document({ key: args.key, deleted: true });
  else output.line(`Deleted ${args.key}.`);
  return exitCodes.ok.code;
};
