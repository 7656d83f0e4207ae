import type { TemplateSpec } from "#contract/templates/template";

/** The names were checked when the file was read; in quotes, a pattern that let too much through would still run nothing. */
const quote = (names: readonly string[]): string =>
  names.map((name) => `'${name.replaceAll("'", `'\\''`)}'`).join(" ");

/** What is run as root to install a template's packages, in order. Pure. */
export function buildCommands({ apt, pip, npm }: Pick<TemplateSpec, "apt" | "pip" | "npm">): string[] {
  const commands: string[] = [];
  if (apt.length > 0) {
    const install = "DEBIAN_FRONTEND=noninteractive apt-get install -y --no-install-recommends";
    commands.push(`apt-get update && ${install} ${quote(apt)}`);
  }
  if (pip.length > 0) commands.push(`pip install ${quote(pip)}`);
  if (npm.length > 0) commands.push(`npm install -g ${quote(npm)}`);
  return commands;
}
