import type { CommandSpec, Completion, OptionSpec } from "../command.ts";

/** Something that may stand in the place of the word being typed. */
export interface Candidate {
  word: string;
  about: string;
}

/** What may follow: fixed words, or something that must be looked up (files, folders, names on the server). */
export interface Completions {
  candidates: Candidate[];
  lookUp: "files" | "folders" | "workers" | "runs" | undefined;
}

const nothing: Completions = { candidates: [], lookUp: undefined };

interface Matched {
  spec: CommandSpec;
  /** The words after the command's own. */
  rest: readonly string[];
}

/**
 * What may stand where the last of `words` is being typed. `words` are those after `floom`; the last one may be empty.
 * Candidates are not yet narrowed to what begins like the typed word: shells do that.
 */
export function findCompletions(
  words: readonly string[],
  specs: readonly CommandSpec[],
  groupSummaries: Readonly<Record<string, string>>,
): Completions {
  const typed = words.at(-1) ?? "";
  const before = words.slice(0, -1);
  const matched = matchCommand(before, specs);
  if (matched === undefined) return nextWords(before, specs, groupSummaries);
  const pending = pendingOption(matched);
  if (pending !== undefined) return completeValue(pending);
  if (typed.startsWith("-")) return { candidates: optionCandidates(matched.spec), lookUp: undefined };
  return completeArgument(matched);
}

function matchCommand(words: readonly string[], specs: readonly CommandSpec[]): Matched | undefined {
  for (const spec of specs) {
    const names = spec.name.split(" ");
    const last = [names.at(-1) ?? "", ...(spec.aliases ?? [])];
    const head = words.slice(0, names.length);
    const isMatch =
      head.length === names.length &&
      head.every(
        (word, index) => word === names[index] || (index === names.length - 1 && last.includes(word)),
      );
    if (isMatch) return { spec, rest: words.slice(names.length) };
  }
  return undefined;
}

/** The next word of a command's name. */
function nextWords(
  before: readonly string[],
  specs: readonly CommandSpec[],
  groupSummaries: Readonly<Record<string, string>>,
): Completions {
  const words = new Map<string, string>();
  for (const { name, summary } of specs) {
    const names = name.split(" ");
    const word = names[before.length];
    if (word === undefined || !before.every((typed, index) => typed === names[index])) continue;
    words.set(word, names.length > before.length + 1 ? (groupSummaries[word] ?? "") : summary);
  }
  const candidates = [...words].map(([word, about]) => ({ word, about }));
  return { candidates, lookUp: undefined };
}

/** The option whose value is being typed, when the word before is one that takes a value. */
function pendingOption({ spec, rest }: Matched): OptionSpec | undefined {
  const last = rest.at(-1);
  if (last === undefined || !last.startsWith("-")) return undefined;
  return Object.values(spec.options).find((option) => takesValue(option) && flagsOf(option).includes(last));
}

function completeValue(option: OptionSpec): Completions {
  if (option.kind === "value" && option.choices !== undefined) return fromChoices(option.choices);
  return option.kind === "value" || option.kind === "list" ? fromCompletion(option.complete) : nothing;
}

function completeArgument({ spec, rest }: Matched): Completions {
  const taking = Object.values(spec.options).filter(takesValue).flatMap(flagsOf);
  const positional = rest.filter(
    (word, index) => !word.startsWith("-") && !taking.includes(rest[index - 1] ?? ""),
  );
  return fromCompletion(Object.values(spec.args)[positional.length]?.complete);
}

function fromCompletion(completion: Completion | undefined): Completions {
  if (completion === undefined) return nothing;
  return typeof completion === "string" ? { candidates: [], lookUp: completion } : fromChoices(completion);
}

function fromChoices(choices: readonly string[]): Completions {
  return { candidates: choices.map((word) => ({ word, about: "" })), lookUp: undefined };
}

function optionCandidates(spec: CommandSpec): Candidate[] {
  const own = Object.values(spec.options).flatMap((option) => {
    const long = longFlag(option);
    const about = option.description;
    return option.kind === "switch"
      ? [
          { word: long, about },
          { word: long.replace(/^--/, "--no-"), about },
        ]
      : [{ word: long, about }];
  });
  const json = spec.json ? [{ word: "--json", about: "Print one JSON document." }] : [];
  return [...own, ...json, { word: "--help", about: "Show help, with examples." }];
}

function takesValue({ kind }: OptionSpec): boolean {
  return kind === "value" || kind === "list" || kind === "number";
}

function flagsOf({ flags }: OptionSpec): string[] {
  return flags.match(/(?<![\w-])--?[\w-]+/g) ?? [];
}

function longFlag(option: OptionSpec): string {
  return flagsOf(option).find((flag) => flag.startsWith("--")) ?? "";
}
