import { expect, it } from "vitest";
import type { Behaviour } from "./behaviour.ts";
import { buildJson, judge, renderTable, renderVerdict } from "./judge.ts";
import type { Judged, Outcome } from "./judge.ts";

const behaviour: Behaviour = {
  name: "root has uid 0",
  expected: ["0"],
  byDesign: { row: "users", local: ["1000"] },
  measure: () => Promise.resolve(null),
};
const of = (outcome: Outcome, isCloud = false): Judged => judge("commands", behaviour, { outcome, isCloud });

it.each([
  [{ value: ["0"] }, false, "same"],
  [{ value: ["1000"] }, false, "by_design"],
  [{ value: ["1000"] }, true, "differs"],
  [{ value: ["1"] }, false, "differs"],
  [{ value: "0" }, false, "differs"],
  [{ failure: "no answer" }, false, "differs"],
] as const)("%j, in the cloud: %s, is %s", (outcome, isCloud, verdict) => {
  expect(of(outcome, isCloud).verdict).toBe(verdict);
});

it("shows both values of what differs, and ends with the counts", () => {
  const judged = [
    of({ value: ["0"] }),
    of({ value: ["1000"] }),
    of({ value: ["7"] }),
    of({ failure: "gone" }),
  ];
  const lines = renderTable(judged);
  expect(lines[1]).toMatch(/^commands {2}differs by design \(users\) +root has uid 0$/);
  expect(lines.slice(3)).toEqual([
    '  E2B:  ["0"]',
    '  here: ["7"]',
    lines[2],
    '  E2B:  ["0"]',
    "  here: gone",
  ]);
  expect(renderVerdict(judged)).toBe("1 same, 1 differ by design, 2 differ");
});

it("gives programs every value", () => {
  expect(buildJson([of({ value: ["1000"] })], "here")).toEqual({
    place: "here",
    verdict: "0 same, 1 differ by design, 0 differ",
    behaviours: [
      {
        area: "commands",
        name: "root has uid 0",
        verdict: "by_design",
        expected: ["0"],
        measured: ["1000"],
        row: "users",
      },
    ],
  });
});
