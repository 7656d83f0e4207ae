import { expect, it } from "vitest";
import { commands, groupSummaries } from "../../cli/commands/table.ts";
import { buildProgram } from "../../cli/program.ts";
import { openOutput } from "../../cli/output/output.ts";
import { openProcessHost } from "../../cli/process-host.ts";
import { readFiles } from "../../scripts/house/source-tree.ts";

/** What the `floom` inside a sandbox knows besides; it is another program. */
const knownInSandboxes = new Set(["llm", "connections call"]);
const host = openProcessHost();

/** The command that argv names, or what is wrong with it. */
async function parse(argv: readonly string[]): Promise<string> {
  let found = "";
  const act = async ({ spec }: (typeof commands)[number]): Promise<void> => void (found = spec.name);
  const program = buildProgram({
    commands,
    groupSummaries,
    version: "",
    host,
    output: openOutput(host),
    act,
  });
  try {
    await program.parseAsync([...argv], { from: "user" });
    return found;
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}

/** The words of a line as a shell would part them, up to a pipe or whatever else comes behind the command. */
function partWords(line: string): string[] {
  const [command = ""] = line.split(/ (?:[|<>#;]|&&)/);
  return [...command.matchAll(/(?:[^\s"']|"[^"]*"|'[^']*')+/g)].map(([word]) => word.replaceAll(/["']/g, ""));
}

it("every example of a command's help is a call of that command", async () => {
  const wrong: string[] = [];
  for (const { spec } of commands) {
    for (const { line } of spec.examples) {
      const [, call] = /(?:^|[ (])floom (.*)$/.exec(line) ?? [];
      const found = call === undefined ? spec.name : await parse(partWords(call));
      if (found !== spec.name) wrong.push(`${line}: ${found}`);
    }
  }
  expect(wrong).toEqual([]);
});

it("every command that a page or a hint writes out is there", () => {
  const names = new Set(
    commands.flatMap(({ spec }) => {
      const words = spec.name.split(" ");
      const [group = "", verb] = words;
      const others = verb === undefined ? [] : (spec.aliases ?? []).map((alias) => `${group} ${alias}`);
      return [spec.name, ...others, ...(verb === undefined ? (spec.aliases ?? []) : [])];
    }),
  );
  const groups = new Set([...names].flatMap((name) => name.split(" ").slice(0, 1)));
  const written = readFiles(["*.md", "docs/**/*.md", "workers-examples/**/*.md", "cli/**/*.ts"]).flatMap(
    ({ path, text }) =>
      [
        ...text.matchAll(
          /(?:`|^\s*(?:\$ )?|npx |with )floom ((?:[a-z][a-z-]*)(?: [a-z][a-z-]*)?)(?=[\s`.]|$)/gm,
        ),
      ].map(([, words = ""]) => ({ path, words })),
  );
  const unknown = written.filter(({ words }) => {
    const [first = ""] = words.split(" ");
    if (knownInSandboxes.has(first) || knownInSandboxes.has(words)) return false;
    // What comes behind a command that stands alone is its argument.
    return !(names.has(words) || names.has(first) || (words === first && groups.has(first)));
  });
  expect(written.length).toBeGreaterThan(100);
  expect(unknown.map(({ path, words }) => `${path}: floom ${words}`)).toEqual([]);
});
