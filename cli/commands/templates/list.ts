import { templateRoutes } from "#contract/templates/routes";
import type { Run } from "../../command.ts";
import { exitCodes } from "../../exit-code.ts";
import type { listTemplatesSpec } from "./specs.ts";

/** Lists the workspace's templates. */
export const run: Run<typeof listTemplatesSpec> = async (context) => {
  const { output, json } = context;
  const api = await context.api();
  const templates = await api.call(templateRoutes.listTemplates);
  if (json) output.document(templates);
  else if (templates.length === 0)
    output.note("There is none. Make one with: floom templates push template.yml");
  else {
    output.table(
      ["TEMPLATE", "PACKAGES", "UPDATED"],
      templates.map(({ name, apt, pip, npm, updated_at }) => [
        name,
        [...apt, ...pip, ...npm].join(", ") || "-",
        updated_at,
      ]),
    );
  }
  return exitCodes.ok.code;
};
