import { readFile } from "node:fs/promises";
import { resolve } from "node:path";
import { secretRoutes } from "#contract/secrets/routes";
import { secretNameSchema } from "#contract/secrets/secret";
import { CliError, usageError } from "../../cli-error.ts";
import type { Run } from "../../command.ts";
import type { CommandContext } from "../../context.ts";
import { exitCodes } from "../../exit-code.ts";
import { parseEnv } from "./parse-env.ts";
import type { importSecretsSpec } from "./specs.ts";
import { whyTooLong } from "./why-too-long.ts";

/** Sets every secret of a .env file, once all of its lines can be one. */
export const run: Run<typeof importSecretsSpec> = async (context, { args }) => {
  const { output, json } = context;
  const { entries, faults } = parseEnv(await readSource(context, args.file));
  const misnamed = entries.filter(({ name }) => !secretNameSchema.safeParse(name).success);
  const reasons = [
    ...faults.map(({ line }) => `line ${line} is no NAME=value`),
    ...misnamed.map(({ name, line }) => `line ${line}: ${name} needs capital letters, digits and _ alone`),
    ...entries.filter(({ value }) => value === "").map(({ name, line }) => `line ${line}: ${name} is empty`),
    ...entries.flatMap(({ name, value, line }) => {
      const tooLong = whyTooLong(value);
      return tooLong === null ? [] : [`line ${line}: ${name} ${tooLong}`];
    }),
  ];
  if (reasons.length > 0) throw usageError(`Nothing was set: ${reasons.join("; ")}.`);
  if (entries.length === 0) throw usageError(`There is nothing to set in ${args.file}.`);
  const api = await context.api();
  const set: { name: string; version: number | null }[] = [];
  for (const { name, value } of entries) {
    const { version } = await api.call(secretRoutes.setSecret, { params: { secret: name }, json: { value } });
    set.push({ name, version });
    if (!json) output.line(`Set ${name}, version ${version}.`);
  }
  if (json) output.document({ set });
  return exitCodes.ok.code;
};

async function readSource({ host }: CommandContext, file: string): Promise<string> {
  if (file === "-") return host.stdin.readAll();
  try {
    return await readFile(resolve(host.cwd, file), "utf8");
  } catch (cause) {
    const hint = "Name a .env file, or - for standard input.";
    throw new CliError(`${file} cannot be read.`, { exit: "usage", code: "no_env_file", hint, cause });
  }
}
