import { templateRoutes } from "#contract/templates/routes";
import type { Run } from "../../command.ts";
import { exitCodes } from "../../exit-code.ts";
import type { removeTemplateSpec } from "./specs.ts";

/** Removes a template. */
export const run: Run<typeof removeTemplateSpec> = async (context, { args }) => {
  const { output, json } = context;
  const api = await context.api();
  await api.call(templateRoutes.deleteTemplate, { params: { template: args.template } });
  if (json) output.document({ name: args.template, deleted: true });
  else output.line(`Removed ${args.template}.`);
  return exitCodes.ok.code;
};
