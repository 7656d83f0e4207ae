import { readFile, stat } from "node:fs/promises";
import { join, resolve } from "node:path";
import { isMap, parseDocument } from "yaml";
import { TEMPLATE_PATH } from "#contract/templates/template";
import { templateRoutes } from "#contract/templates/routes";
import { CliError, usageError } from "../../cli-error.ts";
import type { Run } from "../../command.ts";
import { exitCodes } from "../../exit-code.ts";
import type { pushTemplateSpec } from "./specs.ts";

/** Pushes a template under the name that was given, or that it gives itself. */
export const run: Run<typeof pushTemplateSpec> = async (context, { args, options }) => {
  const { output, json, host } = context;
  const template_yml = await readTemplate(resolve(host.cwd, args.source));
  const name = options.name ?? findName(template_yml);
  if (name === undefined)
    throw usageError(`${args.source} does not say its name: add --name, or a line name: to it.`);
  const api = await context.api();
  const detail = await api.call(templateRoutes.putTemplate, {
    params: { template: name },
    json: { template_yml },
  });
  if (json) output.document(detail);
  else {
    output.line(`Pushed ${detail.name}.`);
    output.note(`Workers have it by exec: { template_profile: ${detail.name} }; the first run has it built.`);
  }
  return exitCodes.ok.code;
};

async function readTemplate(path: string): Promise<string> {
  try {
    const file = (await stat(path)).isDirectory() ? join(path, TEMPLATE_PATH) : path;
    return await readFile(file, "utf8");
  } catch (cause) {
    const hint = `Name a ${TEMPLATE_PATH}, or a folder that holds one.`;
    throw new CliError(`There is no ${TEMPLATE_PATH} at ${path}.`, {
      exit: "usage",
      code: "no_template",
      hint,
      cause,
    });
  }
}

/** Undefined where the file says none, or cannot be read: the server then says why. */
function findName(source: string): string | undefined {
  const document = parseDocument(source);
  const name: unknown = isMap(document.contents) ? document.get("name") : undefined;
  return typeof name === "string" ? name : undefined;
}
