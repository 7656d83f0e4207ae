import { Command as Program, InvalidArgumentError, Option } from "commander";
import { usageError } from "./cli-error.ts";
import type { Command, CommandSpec, OptionSpec, RawCall } from "./command.ts";
import type { Host } from "./host.ts";
import type { Output } from "./output/output.ts";

export interface ProgramOptions {
  commands: readonly Command[];
  groupSummaries: Readonly<Record<string, string>>;
  version: string;
  host: Host;
  output: Output;
  /** Does the command that argv named. */
  act: (command: Command, call: RawCall) => Promise<void>;
}

const LONGEST_WIDTH = 100;

/** Builds the reader of argv from the table of commands. Its errors are thrown, never printed. */
export function buildProgram(options: ProgramOptions): Program {
  const { host, output, version, commands, groupSummaries } = options;
  const program = new Program("floom")
    .description("Turn a folder into a job that runs without you.")
    .version(version, "-V, --version", "Print the version.")
    // Behind a command --version is the command's own: of a worker, or of a context.
    .enablePositionalOptions()
    .helpOption("-h, --help", "Show help, with examples.")
    .exitOverride()
    .showSuggestionAfterError()
    .configureOutput({
      writeOut: output.text,
      writeErr: (text) => output.note(text.trimEnd()),
      outputError: () => undefined,
      getOutHelpWidth: () => Math.min(host.stdout.columns ?? LONGEST_WIDTH, LONGEST_WIDTH),
      getErrHelpWidth: () => Math.min(host.stderr.columns ?? LONGEST_WIDTH, LONGEST_WIDTH),
    })
    .addHelpText(
      "after",
      "\nStart with `floom init my-worker`, or `floom run --help`. `floom doctor` finds what is missing.",
    );
  const groups = new Map<string, Program>();
  for (const command of commands) {
    const words = command.spec.name.split(" ");
    const groupName = words.length > 1 ? words[0] : undefined;
    const parent =
      groupName === undefined
        ? program
        : openGroup(program, groups, { name: groupName, summary: groupSummaries[groupName] ?? "" });
    const leaf = addCommand(parent, command, options);
    // A command that has others below it, as `mcp` has `mcp tools`, is their group.
    if (groupName === undefined) groups.set(command.spec.name, leaf);
  }
  return program;
}

function openGroup(
  program: Program,
  groups: Map<string, Program>,
  { name, summary }: { name: string; summary: string },
): Program {
  const known = groups.get(name);
  if (known !== undefined) return known;
  const group = program.command(name).description(summary);
  groups.set(name, group);
  return group;
}

function addCommand(parent: Program, command: Command, { act }: ProgramOptions): Program {
  const { spec } = command;
  const argumentNames = Object.keys(spec.args);
  const leaf = parent.command(spec.name.split(" ").at(-1) ?? spec.name);
  const { refusal } = spec;
  if (refusal !== undefined) {
    leaf.exitOverride((error) => {
      throw error.exitCode === 0 ? error : usageError(refusal);
    });
  }
  leaf.summary(spec.summary).description([`${spec.summary}.`, spec.description ?? ""].join("\n\n").trim());
  leaf.aliases([...(spec.aliases ?? [])]);
  for (const [name, argument] of Object.entries(spec.args))
    leaf.argument(argument.required ? `<${name}>` : `[${name}]`, argument.description);

  for (const option of Object.values(spec.options)) addOption(leaf, option);
  if (spec.json)
    leaf.option("--json", "Print one JSON document; errors as a problem document on standard error.");
  leaf.addHelpText("after", renderExamples(spec));
  leaf.action(async (...received: unknown[]) => {
    const words = received
      .slice(0, argumentNames.length)
      .map((word) => (typeof word === "string" ? word : undefined));
    await act(command, {
      args: Object.fromEntries(argumentNames.map((name, index) => [name, words[index]])),
      options: fillOptions(spec, leaf.opts()),
    });
  });
  return leaf;
}

function addOption(leaf: Program, spec: OptionSpec): void {
  const option = new Option(spec.flags, spec.description);
  if (spec.kind === "list")
    option.argParser((value: string, previous: string[] | undefined) => [...(previous ?? []), value]);
  if (spec.kind === "number")
    option.argParser((text) => (spec.takesZero === true && text === "0" ? 0 : parsePositive(text)));
  if (spec.kind === "value" && spec.choices !== undefined) option.choices([...spec.choices]);
  leaf.addOption(option);
  if (spec.kind === "switch") leaf.addOption(new Option(negate(spec.flags)).hideHelp());
}

/** The form of a switch that turns it off: `--wait` -> `--no-wait`. */
function negate(flags: string): string {
  return flags.replace(/^.*--/, "--no-");
}

function parsePositive(text: string): number {
  const value = Number(text);
  if (!Number.isFinite(value) || value <= 0) throw new InvalidArgumentError("It must be a number above 0.");
  return value;
}

/** Every option of the spec with a value, so that code need not ask whether it was given. */
function fillOptions(spec: CommandSpec, given: Record<string, unknown>): Record<string, unknown> {
  const values = Object.entries(spec.options).map(([name, { kind }]) => {
    const absent: Record<OptionSpec["kind"], unknown> = {
      flag: false,
      switch: true,
      list: [],
      value: undefined,
      number: undefined,
    };
    return [name, given[name] ?? absent[kind]] as const;
  });
  return { ...Object.fromEntries(values), json: given["json"] === true };
}

function renderExamples({ examples }: CommandSpec): string {
  const lines = examples.map(({ line, does }) => `  # ${does}\n  ${line}`);
  return `\nExamples:\n${lines.join("\n\n")}`;
}
