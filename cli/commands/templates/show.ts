import { templateRoutes } from "#contract/templates/routes";
import type { Run } from "../../command.ts";
import { exitCodes } from "../../exit-code.ts";
import type { showTemplateSpec } from "./specs.ts";

/** Shows one template. */
export const run: Run<typeof showTemplateSpec> = async (context, { args }) => {
  const { output, json } = context;
  const api = await context.api();
  const detail = await api.call(templateRoutes.getTemplate, { params: { template: args.template } });
  if (json) {
    output.document(detail);
    return exitCodes.ok.code;
  }
  const variables = Object.entries(detail.env).map(([name, value]) => `${name}=${value}`);
  const rows: [string, string][] = [
    ["name", detail.name],
    ["apt", detail.apt.join(", ")],
    ["pip", detail.pip.join(", ")],
    ["npm", detail.npm.join(", ")],
    ["env", variables.join(", ")],
    ["memory_mb", detail.memory_mb?.toString() ?? ""],
    ["cpu_count", detail.cpu_count?.toString() ?? ""],
    ["start_command", detail.start_command ?? ""],
    ["ready_command", detail.ready_command ?? ""],
    ["provider's name", detail.provider_name],
  ];
  for (const [what, value] of rows) if (value !== "") output.line(`${what}: ${value}`);
  return exitCodes.ok.code;
};
