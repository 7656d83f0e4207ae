import type { CommandSpec, OptionSpec } from "./command.ts";
import { commands, groupSummaries } from "./commands/table.ts";
import { exitCodes } from "./exit-code.ts";

/** The reference page of the CLI as Markdown, made of the table of commands. */
export function renderCliReference(): string {
  return [
    "# CLI",
    "`npx floom` in the checkout runs the CLI of that checkout. Every command has `--help`; every command that prints a result has `--json`.",
    renderSettings(),
    renderExitCodes(),
    ...commands.flatMap(({ spec }, index) => [
      ...renderGroupHead(spec, commands[index - 1]?.spec),
      renderCommand(spec),
    ]),
  ]
    .join("\n\n")
    .concat("\n");
}

function renderSettings(): string {
  return [
    "## Server and token",
    "The server is `FLOOM_API_URL`; else the one that `npm start` left word of in `FLOOM_HOME`, or in a `.floom` folder here, above, or in the checkout; else `api_url` of `~/.config/floom/config.json`; else `http://127.0.0.1:8787`. The token is `FLOOM_TOKEN`, else the one found in the same place (`token` in both). A token that was found is only sent to the server it was found with, or to this machine. `FLOOM_TOKEN` is only sent to a server that you named, or that a `.floom` folder names which is closed to others (mode 700, as `npm start` makes it); a folder that belongs to another user, or whose server is elsewhere, is not used unless `FLOOM_HOME` names it. `config.json` must not be readable by others (`chmod 600`).",
    "`NO_COLOR` turns colours off, `FORCE_COLOR` turns them on; without either they are on at a terminal.",
    "With `--json` an error is one problem document (RFC 9457) on standard error; `status` is 0 when no server spoke.",
  ].join("\n\n");
}

function renderExitCodes(): string {
  const rows = Object.values(exitCodes).map(({ code, meaning }) => `| ${code} | ${meaning} |`);
  return ["## Exit codes", ["| Code | Meaning |", "| ---: | --- |", ...rows].join("\n")].join("\n\n");
}

/** A headline where a new group of commands begins. */
function renderGroupHead({ name }: CommandSpec, previous: CommandSpec | undefined): string[] {
  const group = groupOf(name);
  if (previous !== undefined && groupOf(previous.name) === group) return [];
  return group === undefined ? ["## Commands"] : [`## ${group}`, `${groupSummaries[group] ?? ""}.`];
}

function groupOf(name: string): string | undefined {
  return name.includes(" ") ? name.split(" ")[0] : undefined;
}

function renderCommand(spec: CommandSpec): string {
  const args = Object.entries(spec.args);
  const usage = [
    "floom",
    spec.name,
    ...args.map(([name, { required }]) => (required ? `<${name}>` : `[${name}]`)),
    ...(Object.keys(spec.options).length > 0 || spec.json ? ["[options]"] : []),
  ].join(" ");
  const aliases = spec.aliases ?? [];
  const options = [
    ...Object.values(spec.options),
    ...(spec.json
      ? [{ flags: "--json", description: "Print one JSON document.", kind: "flag" } as const]
      : []),
  ];
  return [
    `### floom ${spec.name}`,
    `${spec.summary}.${aliases.length > 0 ? ` Also: ${aliases.map((alias) => `\`${alias}\``).join(", ")}.` : ""}`,
    fence(usage),
    ...(spec.description === undefined ? [] : [spec.description]),
    ...(args.length > 0
      ? [args.map(([name, { description }]) => `- \`${name}\`: ${description}`).join("\n")]
      : []),
    ...(options.length > 0 ? [options.map(renderOption).join("\n")] : []),
    fence(spec.examples.map(({ line, does }) => `# ${does}\n${line}`).join("\n\n")),
  ].join("\n\n");
}

function renderOption({ flags, description }: Pick<OptionSpec, "flags" | "description">): string {
  return `- \`${flags}\`: ${description}`;
}

function fence(text: string): string {
  return `\`\`\`sh\n${text}\n\`\`\``;
}
