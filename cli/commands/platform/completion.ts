import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { usageError } from "../../cli-error.ts";
import type { Run } from "../../command.ts";
import { exitCodes } from "../../exit-code.ts";
import type { completionSpec } from "./specs.ts";

const scriptsDir = join(import.meta.dirname, "..", "..", "completion");
const scripts: Readonly<Record<string, string>> = { bash: "bash.sh", zsh: "zsh.sh", fish: "fish.fish" };

/** Prints the completion script of a shell. The script asks `floom` itself what may follow, so it never grows old. */
export const run: Run<typeof completionSpec> = async (context, { args }) => {
  const file = scripts[args.shell];
  if (file === undefined)
    throw usageError(`There is no completion for ${args.shell}.`, "There is one for bash, zsh and fish.");

  context.output.text(await readFile(join(scriptsDir, file), "utf8"));
  return exitCodes.ok.code;
};
