import { contextRoutes } from "#contract/contexts/routes";
import type { Run } from "../../command.ts";
import { exitCodes } from "../../exit-code.ts";
import type { createContextSpec } from "./specs.ts";

/** Makes a context. */
export const run: Run<typeof createContextSpec> = async (context, { args, options }) => {
  const { output, json } = context;
  const api = await context.api();
  const made = await api.call(contextRoutes.createContext, {
    params: { context: args.context },
    json: {
      kind: options.memory ? "memory" : "files",
      writeable: options.writeable || options.memory,
      sensitive: options.sensitive,
      visibility: options.private ? "private" : "workspace",
      description: options.description ?? "",
      category: options.category ?? null,
    },
  });
  if (json) output.document(made);
  else {
    output.line(`Made ${made.name}.`);
    output.note(`Workers have it by contexts: [${made.name}], below context/${made.name}/.`);
  }
  return exitCodes.ok.code;
};
