import { storeRoutes } from "#contract/store/routes";
import type { Run } from "../../command.ts";
import { exitCodes } from "../../exit-code.ts";
import { placeOf } from "./options.ts";
import type { exportSpec } from "./specs.ts";

/** Writes a store's export to standard output. */
export const run: Run<typeof exportSpec> = async (context, { options }) => {
  const { output, host } = context;
  const api = await context.api();
  const { body } = await api.open(storeRoutes.exportStore, {
    query: {
      ...placeOf(options),
      format: options.format === "csv" ? "csv" : "json",
      ...(options.table === undefined ? {} : { table: options.table }),
    },
  });
  const decoder = new TextDecoder();
  if (body === null) return exitCodes.ok.code;
  for await (const chunk of body) {
    // A terminal is shown text; a file gets what was sent.
    if (host.stdout.isTerminal) output.text(decoder.decode(chunk, { stream: true }));
    else await output.bytes(chunk);
  }
  return exitCodes.ok.code;
};
