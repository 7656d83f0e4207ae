import { expect, it } from "vitest";
import { format } from "prettier";
import { chooseFiles, describeResults, readScores, replaceScores, scoreFile } from "./report.ts";

const mutant = (fileName: string, status: string) => ({ fileName: `/root/${fileName}`, status });

it("a bug counts as noticed when a test fails or hangs, and not at all when it does not compile", () => {
  const mutants = [
    ...["Killed", "Timeout", "Survived", "NoCoverage", "CompileError", "Ignored"].map((status) =>
      mutant("a.ts", status),
    ),
    mutant("b.ts", "Killed"),
  ];
  expect(scoreFile(mutants, "a.ts", "/root")).toEqual({ file: "a.ts", mutants: 4, killed: 2 });
  expect(scoreFile(mutants, "b.ts", "/root")).toEqual({ file: "b.ts", mutants: 1, killed: 1 });
  expect(scoreFile(mutants, "c.ts", "/root")).toEqual({ file: "c.ts", mutants: 0, killed: 0 });
});

const scores = [
  { file: "worker/a.ts", mutants: 4, killed: 2 },
  { file: "worker/long/b.ts", mutants: 12, killed: 12 },
];

it("the page shows every file and all together", () => {
  const page = describeResults(scores, { leastPercent: 85, histories: "100" });
  expect(page).toContain("| worker/a.ts | 4 | 2 | 50.0 % |");
  expect(page).toContain("| **all** | 16 | 14 | 87.5 % |");
});

it("what was measured before is read back from the page, and only the file measured anew changes", async () => {
  const page = describeResults(scores, { leastPercent: 85, histories: "100" });
  const known = readScores(await format(page, { parser: "markdown" }));
  expect(known).toEqual(scores);
  const anew = { file: "worker/a.ts", mutants: 5, killed: 5 };
  expect(replaceScores(known, [anew], ["worker/long/b.ts", "worker/new.ts", "worker/a.ts"])).toEqual([
    scores[1],
    anew,
  ]);
  expect(replaceScores(known, [anew], ["worker/a.ts"])).toEqual([anew]);
});

it("files are chosen by pieces of their paths or from one of them on, and a piece of none is told", () => {
  const files = ["worker/a/one.ts", "worker/a/two.ts", "worker/b/three.ts"];
  expect(chooseFiles(files, { parts: [], from: "" })).toEqual(files);
  expect(chooseFiles(files, { parts: ["one", "/b/"], from: "" })).toEqual([files[0], files[2]]);
  expect(chooseFiles(files, { parts: [], from: "two" })).toEqual(files.slice(1));
  expect(() => chooseFiles(files, { parts: ["four"], from: "" })).toThrow("four");
});
