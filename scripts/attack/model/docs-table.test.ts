import { expect, it } from "vitest";
import { writeDocsTable } from "./docs-table.ts";

const titles = { kernel: "calls of the kernel", host: "files of the host", agent: "the agent" };
const document = (...lines: string[]): string =>
  ["before", "<!-- attack: begin -->", ...lines, "<!-- attack: end -->", "after"].join("\n");
const count = (area: string, tried: number, blocked: number) => ({ area, tried, blocked, notTried: 0 });

it("the table has what was tried, with the sum, and the text around it stays", () => {
  const written = writeDocsTable(document("old"), [count("host", 3, 2), count("kernel", 5, 5)], titles);
  expect(written.split("\n")).toEqual([
    "before",
    "<!-- attack: begin -->",
    "",
    "8 tried, 7 blocked, 1 got through.",
    "",
    "| Area | What an attacker wants | Tried | Blocked |",
    "| --- | --- | ---: | ---: |",
    "| kernel | calls of the kernel | 5 | 5 |",
    "| host | files of the host | 3 | 2 |",
    "",
    "<!-- attack: end -->",
    "after",
  ]);
});

it("an area that was not tried this time keeps its row, and one that is no more goes", () => {
  const earlier = document("| kernel   | calls | 4 |   3 |", "| gone | x | 9 | 9 |", "| host | x | 1 | 1 |");
  const written = writeDocsTable(earlier, [count("host", 2, 2), count("agent", 0, 0)], titles);
  expect(written).toContain("6 tried, 5 blocked, 1 got through.");
  expect(written).toContain("| kernel | calls of the kernel | 4 | 3 |");
  expect(written).not.toMatch(/gone|agent/);
});

it("writing the same once more changes nothing", () => {
  const once = writeDocsTable(document(), [count("host", 3, 2)], titles);
  expect(writeDocsTable(once, [count("host", 3, 2)], titles)).toBe(once);
});

it("a document without the marks is not written to", () => {
  expect(() => writeDocsTable("text", [], titles)).toThrow("has no");
});
