import { platformRoutes } from "#contract/system/routes";
import { parseJson } from "#contract/json";
import type { Run } from "../../command.ts";
import { exitCodes } from "../../exit-code.ts";
import type { openapiSpec } from "./specs.ts";

/** Prints a worker's actions as one OpenAPI document, with --json or without. */
export const run: Run<typeof openapiSpec> = async (context, { args }) => {
  const api = await context.api();
  const answer = await api.open(platformRoutes.getWorkerOpenapi, { params: { worker: args.worker } });
  context.output.document(parseJson(await answer.text()));
  return exitCodes.ok.code;
};
