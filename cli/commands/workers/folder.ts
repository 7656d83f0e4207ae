import { workerRoutes } from "#contract/workers/routes";
import { usageError } from "../../cli-error.ts";
import type { Run } from "../../command.ts";
import { exitCodes } from "../../exit-code.ts";
import type { folderSpec } from "./specs.ts";

/** Puts a worker into a folder of the list, into none, or where its worker.yml says. */
export const run: Run<typeof folderSpec> = async (context, { args, options }) => {
  const { output, json } = context;
  const wishes = [
    ...(args.name === undefined ? [] : [args.name]),
    ...(options.none === true ? [""] : []),
    ...(options.declared === true ? [null] : []),
  ];
  const [folder] = wishes;
  if (wishes.length !== 1 || folder === undefined)
    throw usageError("Say where to put it: the name of a folder, --none, or --declared.");
  const api = await context.api();
  const worker = await api.call(workerRoutes.setWorkerFolder, {
    params: { worker: args.worker },
    json: { folder },
  });
  const place = worker.folder ?? "no folder";
  if (json) output.document(worker);
  else output.line(`${worker.id} is in ${place}.`);
  return exitCodes.ok.code;
};
