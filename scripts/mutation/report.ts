import { relative } from "node:path";

/** How many small bugs in one file the tests noticed. */
export interface FileScore {
  file: string;
  mutants: number;
  killed: number;
}

/** What is needed to know of a mutant. */
export interface JudgedMutant {
  fileName: string;
  status: string;
}

/** A test failed, or did not come to an end. */
const noticed = new Set(["Killed", "Timeout"]);
/** Bugs that no tool needs tests for are not counted. */
const uncounted = new Set(["CompileError", "RuntimeError", "Ignored", "Pending"]);

/** Adds the mutants of one file up. */
export function scoreFile(mutants: readonly JudgedMutant[], file: string, rootDir: string): FileScore {
  const own = mutants.filter(
    ({ fileName, status }) => relative(rootDir, fileName) === file && !uncounted.has(status),
  );
  return { file, mutants: own.length, killed: own.filter(({ status }) => noticed.has(status)).length };
}

/** All files together, and their share in percent; 100 where there is nothing to notice. */
export function addScores(scores: readonly FileScore[]): {
  mutants: number;
  killed: number;
  percent: number;
} {
  const mutants = scores.reduce((sum, score) => sum + score.mutants, 0);
  const killed = scores.reduce((sum, score) => sum + score.killed, 0);
  return { mutants, killed, percent: mutants === 0 ? 100 : (100 * killed) / mutants };
}

/** The figures that a page from `describeResults` holds: what was measured before and need not be again. */
export function readScores(page: string): FileScore[] {
  const rows = page.matchAll(/^\| (\S+\.ts) +\| +(\d+) \| +(\d+) \|/gm);
  return [...rows].map(([, file = "", mutants, killed]) => {
    return { file, mutants: Number(mutants), killed: Number(killed) };
  });
}

/** The figures known before with those just measured put in, in the order of `files` and without any other. */
export function replaceScores(
  known: readonly FileScore[],
  measured: readonly FileScore[],
  files: readonly string[],
): FileScore[] {
  const all = [...measured, ...known];
  return files.flatMap((file) => all.find((one) => one.file === file) ?? []);
}

/**
 * The files that any of `parts` is a piece of the path of, all without parts; of these those from the one that `from` is
 * a piece of. Throws when a part fits none.
 */
export function chooseFiles(
  files: readonly string[],
  { parts, from }: { parts: readonly string[]; from: string },
): string[] {
  const stray = [...parts, from].find((part) => !files.some((file) => file.includes(part)));
  if (stray !== undefined) throw new Error(`No file that decides has ${stray} in its path.`);
  const first = files.findIndex((file) => file.includes(from));
  return files.slice(first).filter((file) => parts.length === 0 || parts.some((part) => file.includes(part)));
}

function buildRow({ file, mutants, killed }: FileScore): string {
  const { percent } = addScores([{ file, mutants, killed }]);
  return `| ${file} | ${mutants} | ${killed} | ${percent.toFixed(1)} % |`;
}

/** The page about the results. */
export function describeResults(
  scores: readonly FileScore[],
  { leastPercent, histories }: { leastPercent: number; histories: string },
): string {
  const total = { file: "**all**", ...addScores(scores) };
  return `# Do the tests notice bugs?

\`npm run mutation\` puts small bugs into the files that decide, one at a time: a condition turned round, \`<\` for \`<=\`,
\`&&\` for \`||\`, a statement left out, another number or text. For each it runs the tests that reach the line, the
simulators with ${histories} histories among them. A bug that a test notices is killed. The command fails when fewer than
${leastPercent} % of all bugs are killed. It is made with [Stryker](https://stryker-mutator.io) and takes some minutes, so that it
is no part of \`npm test\`.

It writes this page after each folder. \`npm run mutation -- queue/admission hold\` measures only the files that have one of
these in their path and leaves the other figures as they are; \`--from next-fire\` goes on with that file after an
interruption. So a file's figure is of the day when it was measured last: measure it when you change it or its tests.

| File | Bugs | Killed | Share |
| --- | ---: | ---: | ---: |
${[...scores, total].map(buildRow).join("\n")}

Most bugs that live on change nothing that anybody can see: the wording of a reason, or a check that a later one repeats.
The command names each of them with its line.
`;
}
