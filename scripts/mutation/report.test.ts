import { expect, it } from "vitest";
import { describeResults, scoreFiles } from "./report.ts";

const mutant = (fileName: string, status: string) => ({ fileName: `/root/${fileName}`, status });

it("a bug counts as noticed when a test fails or hangs, and not at all when it does not compile", () => {
  const mutants = [
    ...["Killed", "Timeout", "Survived", "NoCoverage", "CompileError", "Ignored"].map((status) =>
      mutant("a.ts", status),
    ),
    mutant("b.ts", "Killed"),
  ];
  expect(scoreFiles(mutants, ["b.ts", "a.ts", "c.ts"], "/root")).toEqual([
    { file: "b.ts", mutants: 1, killed: 1 },
    { file: "a.ts", mutants: 4, killed: 2 },
    { file: "c.ts", mutants: 0, killed: 0 },
  ]);
});

it("the page shows every file and all together", () => {
  const scores = [
    { file: "a.ts", mutants: 4, killed: 2 },
    { file: "b.ts", mutants: 4, killed: 4 },
  ];
  const page = describeResults(scores, { leastPercent: 85, histories: "100" });
  expect(page).toContain("| a.ts | 4 | 2 | 50.0 % |");
  expect(page).toContain("| **all** | 8 | 6 | 75.0 % |");
});
