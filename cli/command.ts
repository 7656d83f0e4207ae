import type { CommandContext } from "./context.ts";

/** What the shell may offer for a word: names of workers, ids of runs, folders, files, or one of a few choices. */
export type Completion = "workers" | "runs" | "folders" | "files" | readonly string[];

/** A word after the command, in its place. */
interface ArgumentSpec {
  description: string;
  required: boolean;
  complete?: Completion;
}

interface OptionBase {
  /** As commander reads and shows it, e.g. `-f, --inputs-file <path>`. */
  flags: string;
  description: string;
}

/**
 * An option. `flag` is present or not, `switch` also has a `--no-` form and is on by default, `value` takes a text,
 * `number` a number above zero, or zero too where that means something, `list` may be given several times.
 */
export type OptionSpec =
  | (OptionBase & { kind: "flag" | "switch" })
  | (OptionBase & { kind: "value"; complete?: Completion; choices?: readonly string[] })
  | (OptionBase & { kind: "number"; takesZero?: true })
  | (OptionBase & { kind: "list"; complete?: Completion });

/** One command as data: help, completion and the reference page are made from it, and argv is read by it. */
export interface CommandSpec {
  /** The words that call it, e.g. `workers push`. */
  name: string;
  aliases?: readonly string[];
  summary: string;
  /** More than the summary can say, as paragraphs. */
  description?: string;
  args: Readonly<Record<string, ArgumentSpec>>;
  /** By the name the command's code knows them by, which is the long flag in camel case. */
  options: Readonly<Record<string, OptionSpec>>;
  /** Whether `--json` exists; every command has it whose output is more than a script for a shell. */
  json: boolean;
  /** Said of words and options that it does not know instead of repeating them: where they may be a secret's value. */
  refusal?: string;
  examples: readonly { line: string; does: string }[];
}

type OptionValue<O extends OptionSpec> = O["kind"] extends "flag" | "switch"
  ? boolean
  : O["kind"] extends "list"
    ? string[]
    : O["kind"] extends "number"
      ? number | undefined
      : string | undefined;

/** A call of a command, typed from its spec. */
export interface Call<S extends CommandSpec> {
  args: { [Name in keyof S["args"]]: S["args"][Name]["required"] extends true ? string : string | undefined };
  options: { [Name in keyof S["options"]]: OptionValue<S["options"][Name]> };
}

/** A call as it was read: words by the names of the spec's arguments, options by theirs, each with its value or what stands for none. */
export interface RawCall {
  args: Record<string, string | undefined>;
  options: Record<string, unknown>;
}

/** Does the command and answers the exit code (see exit-code.ts). */
export type Run<S extends CommandSpec> = (context: CommandContext, call: Call<S>) => Promise<number>;

/** A spec together with the way to its code, which is read only when the command is called. */
export interface Command {
  spec: CommandSpec;
  run: (context: CommandContext, call: RawCall) => Promise<number>;
}

/** Keeps the literal types of one spec, so that its code is typed by it. */
export function defineCommand<const S extends CommandSpec>(spec: S): S {
  return spec;
}

/** Ties a spec to its code without reading the code yet. */
export function bindCommand<S extends CommandSpec>(spec: S, load: () => Promise<{ run: Run<S> }>): Command {
  return {
    spec,
    // argv was read by this very spec, so the call has its shape.
    run: async (context, call) => (await load()).run(context, call as Call<S>),
  };
}
