import {
  lstatSync,
  mkdirSync,
  readlinkSync,
  realpathSync,
  renameSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { dirname, resolve } from "node:path";
import { CliError, usageError } from "../../cli-error.ts";
import type { CommandContext } from "../../context.ts";
import { exitCodes } from "../../exit-code.ts";
import { quoteWord } from "../../output/quote-word.ts";
import { editFile, fileOf, showEntry } from "./client-files.ts";
import type { Entry, Target } from "./client-files.ts";
import { readIfThere } from "./read-if-there.ts";
import { changeSkill, skillText } from "./skill-file.ts";
import type { SkillChange } from "./skill-file.ts";

const OWN_ONLY = 0o600;
const ANYBODY_WRITES = 0o222;

/** The client that was named. Throws a usage error for none. */
export function requireTarget(text: string | undefined): Target {
  switch (text) {
    case "claude":
    case "cursor":
    case "vscode":
    case "windsurf":
    case "continue":
    case "codex":
    case "generic":
      return text;
    default:
      throw usageError(
        "Say which client: --target claude, cursor, vscode, windsurf, continue, codex or generic.",
      );
  }
}

/** Changes the client's file as a whole or not at all, or shows what it would be; says how it stands. */
export function changeClientFile(
  context: CommandContext,
  { target, entry, isDry }: { target: Target; entry: Entry | null; isDry: boolean },
): number {
  const { host, output, json } = context;
  const file = fileOf(target, host);
  if (file === null) return showForAnyClient(context, { target, entry });
  const before = readIfThere(file);
  const after = editFile(target, before ?? "", entry);
  if (after === null) throw unreadable(file);
  const changed = after !== (before ?? "") && !(entry === null && before === undefined);
  if (isDry && !json) output.text(after.endsWith("\n") ? after : `${after}\n`);
  const isIn = entry !== null;
  // What cannot be read there is told before anything is written.
  changeSkill(target, { homeDir: host.homeDir, isIn, isDry: true });
  if (!isDry && changed) replaceFile(file, after);
  const skill = changeSkill(target, { homeDir: host.homeDir, isIn, isDry });
  if (json) output.document({ target, file, changed, written: changed && !isDry, skill });
  else if (!isDry) output.line(describe(file, { changed, isIn }));
  if (json || skill === null) return exitCodes.ok.code;
  if (!isDry) output.line(describeSkill(skill));
  else if (skill.state === "written") output.text(`\n# ${skill.file}\n${skillText}`);
  return exitCodes.ok.code;
}

/** The entry for a client whose file is not known, where a person puts it, and takes it away again. */
function showForAnyClient(
  { output, json }: CommandContext,
  { target, entry }: { target: Target; entry: Entry | null },
): number {
  if (entry !== null) output.text(`${showEntry(entry)}\n`);
  else if (json) output.document({ target, file: null, changed: false, written: false, skill: null });
  else output.note("Which file such a client has is not known: take the entry out of it by hand.");
  return exitCodes.ok.code;
}

function describe(file: string, { changed, isIn }: { changed: boolean; isIn: boolean }): string {
  if (!changed) return isIn ? `${file} has it already.` : `${file} does not have it.`;
  return isIn ? `${file} has it now. Start the client anew.` : `${file} has it no more.`;
}

function describeSkill({ file, state }: SkillChange): string {
  const states: Record<SkillChange["state"], string> = {
    written: "is there now, and teaches the client's agent.",
    removed: "is gone.",
    unchanged: "is as it was.",
    kept: "was changed by somebody, and is left as it is.",
  };
  return `${file} ${states[state]}`;
}

/**
 * As a whole or not at all, and readable by whom it was readable before. A link to where somebody keeps the file stays one;
 * a file that nobody may write is not ours to replace.
 */
function replaceFile(link: string, text: string): void {
  const file = followLink(link);
  mkdirSync(dirname(file), { recursive: true });
  const mode = statSync(file, { throwIfNoEntry: false })?.mode ?? OWN_ONLY;
  if ((mode & ANYBODY_WRITES) === 0) throw readOnly(file);
  const next = `${file}.${process.pid}.next`;
  writeFileSync(next, text, { mode, flag: "wx" });
  renameSync(next, file);
}

/** The file behind a link, also behind one that leads to none yet. */
function followLink(file: string): string {
  const info = lstatSync(file, { throwIfNoEntry: false });
  if (info?.isSymbolicLink() !== true) return file;
  const isThere = statSync(file, { throwIfNoEntry: false }) !== undefined;
  return isThere ? realpathSync(file) : resolve(dirname(file), readlinkSync(file));
}

function readOnly(file: string): CliError {
  return new CliError(`${file} is read-only, and is left as it is.`, {
    exit: "conflict",
    code: "read_only_file",
    hint: `Type: chmod u+w ${quoteWord(file)}`,
  });
}

function unreadable(file: string): CliError {
  return new CliError(
    `${file} cannot be read as its client's file, or not be changed without losing something, and is left as it is.`,
    {
      exit: "usage",
      code: "unreadable_file",
      hint: "Mend it, or add the entry by hand: floom mcp install --target generic prints it.",
    },
  );
}
