import { describe, expect, it } from "vitest";
import type { Json } from "#contract/json";
import { scorerSchema, trajectoryModes } from "#contract/evaluations/suite";
import { verifies } from "../../test/verifies.ts";
import { scoreRun, sumScores } from "./score.ts";
import { followsTrajectory } from "./trajectory.ts";

function score(
  written: Record<string, unknown>,
  outputs: Record<string, Json>,
  expected?: Record<string, Json>,
) {
  const scorer = scorerSchema.parse(written);
  if (scorer.type === "judge") throw new Error("A judge is asked elsewhere.");
  return scoreRun(scorer, { run: { outputs, tools: ["search", "send"] }, expected });
}

describe("a scorer", () => {
  it.each([
    [{ type: "exact" }, { a: 1, b: [2] }, { b: [2], a: 1 }, 1],
    [{ type: "exact" }, { a: 1 }, { a: 1, b: 2 }, 0],
    [{ type: "exact", field: "a.b" }, { a: { b: "x" } }, { "a.b": "x" }, 1],
    [{ type: "exact", field: "a.b" }, { a: { b: "x" } }, { a: { b: "x" } }, 1],
    [{ type: "exact", field: "a", expected: 2 }, { a: 3 }, undefined, 0],
    [{ type: "exact", field: "constructor" }, { a: 3 }, { a: 3 }, 0],
    [{ type: "fields" }, { a: " Yes", b: 2, c: 3 }, { a: "yes", b: 1 }, 0.5],
    [{ type: "fields" }, {}, {}, 1],
    [{ type: "contains", field: "t", text: ["one", "two"] }, { t: "one and three" }, undefined, 0.5],
    [{ type: "contains", text: "ONE", ignore_case: true }, { t: "one" }, undefined, 1],
    [{ type: "regex", field: "t", pattern: "^\\d{4}-\\d{2}$" }, { t: "2026-11" }, undefined, 1],
    [{ type: "regex", field: "t", pattern: "^\\d+$" }, { t: "no" }, undefined, 0],
    [{ type: "json_schema", field: "n", schema: { type: "integer", minimum: 3 } }, { n: 3 }, undefined, 1],
    [{ type: "json_schema", schema: { required: ["m"] } }, { n: 3 }, undefined, 0],
    [{ type: "json_schema", field: "n", schema: { $ref: "#" } }, { n: 3 }, undefined, 0],
    [{ type: "json_schema", schema: { properties: { n: { $ref: "#/$defs/no" } } } }, { n: 3 }, undefined, 0],
    [
      { type: "json_schema", field: "t", schema: { pattern: "a+b+c" } },
      { t: "a".repeat(50_000) },
      undefined,
      0,
    ],
    [{ type: "number", field: "n", expected: 0.2, tolerance: 0.1 }, { n: 0.3 }, undefined, 1],
    [{ type: "number", field: "n", relative: 0.01 }, { n: 101.5 }, { n: 100 }, 0],
    [{ type: "number", field: "n", tolerance: 1 }, { n: "100" }, { n: 100 }, 0],
    [{ type: "trajectory", tools: ["send", "search"] }, {}, undefined, 1],
    [{ type: "trajectory", tools: ["send", "search"], mode: "strict" }, {}, undefined, 0],
  ] as [Record<string, unknown>, Record<string, Json>, Record<string, Json> | undefined, number][])(
    "%j of %j, where %j is expected, is %d",
    (written, outputs, expected, wanted) => {
      verifies("evals:scorers:each-kind");
      const { score: got, passed, reason } = score(written, outputs, expected);
      expect(got).toBe(wanted);
      expect(passed).toBe(wanted === 1);
      expect(reason === "").toBe(passed);
    },
  );
});

it("a trajectory is followed by these modes and no others", () => {
  const followed = (wanted: string[], called: string[]) =>
    trajectoryModes.filter((mode) => followsTrajectory(mode, wanted, called));
  expect(followed(["a", "b"], ["a", "b"])).toEqual([...trajectoryModes]);
  expect(followed(["a", "b"], ["b", "a"])).toEqual(["unordered", "subset", "superset"]);
  expect(followed(["a", "b"], ["a", "x", "b"])).toEqual(["superset", "subsequence"]);
  expect(followed(["a", "b"], ["a"])).toEqual(["subset"]);
  expect(followed(["a", "a"], ["a", "x"])).toEqual([]);
});

it("a sample passes by its weighted score, and not without what is required", () => {
  const one = (value: number, required: boolean, weight = 1) => ({
    weight,
    score: { scorer: "s", score: value, passed: value === 1, required, reason: "" },
  });
  expect(sumScores([], 0.7)).toEqual({ passed: true, score: 1 });
  expect(sumScores([one(1, true, 3), one(0, false)], 0.7)).toEqual({ passed: true, score: 0.75 });
  expect(sumScores([one(1, true, 9), one(0, true)], 0.7)).toEqual({ passed: false, score: 0.9 });
  expect(sumScores([one(1, false), one(0, false)], 0.7).passed).toBe(false);
});
