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

/** Adds mutants up by file, in the order of `files`. */
export function scoreFiles(
  mutants: readonly JudgedMutant[],
  files: readonly string[],
  rootDir: string,
): FileScore[] {
  return files.map((file) => {
    const own = mutants.filter(
      ({ fileName, status }) => relative(rootDir, fileName) === file && !uncounted.has(status),
    );
    return { file, mutants: own.length, killed: own.filter(({ status }) => noticed.has(status)).length };
  });
}

function buildRow({ file, mutants, killed }: FileScore): string {
  return `| ${file} | ${mutants} | ${killed} | ${mutants === 0 ? "–" : `${((100 * killed) / mutants).toFixed(1)} %`} |`;
}

/** The page about the results. */
export function describeResults(
  scores: readonly FileScore[],
  { leastPercent, histories }: { leastPercent: number; histories: string },
): string {
  const total = scores.reduce(
    (sum, score) => ({ ...sum, mutants: sum.mutants + score.mutants, killed: sum.killed + score.killed }),
    { file: "**all**", mutants: 0, killed: 0 },
  );
  return `# Do the tests notice bugs?

\`npm run mutation\` puts small bugs into the files that decide, one at a time: a condition turned round, \`<\` for \`<=\`,
\`&&\` for \`||\`, a statement left out, another number or text. For each it runs the tests that reach the line, the
simulators with ${histories} histories among them. A bug that a test notices is killed. The command writes this page, and
fails when fewer than ${leastPercent} % of all bugs are killed. It is made with [Stryker](https://stryker-mutator.io) and takes
some minutes, so that it is no part of \`npm test\`.

| File | Bugs | Killed | Share |
| --- | ---: | ---: | ---: |
${[...scores, total].map(buildRow).join("\n")}

Most bugs that live on change nothing that anybody can see: the wording of a reason, or a check that a later one repeats.
The command names each of them with its line.
`;
}
