import type { Json } from "#contract/json";
import { evaluationLimits as limits } from "#contract/evaluations/limits";
import type { Score } from "#contract/evaluations/evaluation";
import type { Scorer } from "#contract/evaluations/suite";
import { compileSchema, isObject } from "../registry/actions/compile-schema.ts";
import { findSlowPattern } from "../registry/actions/slow-pattern.ts";
import { canonicalJson } from "../platform/canonical-json.ts";
import { followsTrajectory } from "./trajectory.ts";

/** What one run has done, as far as it is scored. */
export interface ScoredRun {
  outputs: Readonly<Record<string, Json>>;
  /** Names of the tools that it called, in their order. */
  tools: readonly string[];
}

export type PlainScorer = Exclude<Scorer, { type: "judge" }>;

type Mark = Pick<Score, "score" | "passed" | "reason">;
const MOST_SHOWN = 200;

/** What a scorer that asks nobody says of a run. Pure. */
export function scoreRun(
  scorer: PlainScorer,
  { run, expected }: { run: ScoredRun; expected: Readonly<Record<string, Json>> | undefined },
): Score {
  return { scorer: scorer.name ?? scorer.type, required: scorer.required, ...mark(scorer, run, expected) };
}

function mark(
  scorer: PlainScorer,
  run: ScoredRun,
  expected: Readonly<Record<string, Json>> | undefined,
): Mark {
  if (scorer.type === "trajectory") return markTools(scorer, run.tools);
  if (scorer.type === "fields") return markFields(run.outputs, { expected: expected ?? {}, scorer });
  const value = scorer.field === undefined ? { ...run.outputs } : valueAt(run.outputs, scorer.field);
  if (value === undefined) return fail(`There is no ${scorer.field ?? "output"}.`);
  switch (scorer.type) {
    case "exact": {
      const wanted = scorer.expected ?? wantedAt(expected, scorer.field);
      if (wanted === undefined) return fail("Nothing is expected to compare with.");
      return yes(isSame(value, wanted), () => `It is ${show(value)}, and ${show(wanted)} is expected.`);
    }
    case "contains":
      return markContains(scorer, textOf(value));
    case "regex": {
      const found = new RegExp(scorer.pattern, scorer.ignore_case ? "iu" : "u");
      const text = textOf(value).slice(0, limits.pattern_subject_characters.value);
      return yes(found.test(text), () => `No match of /${scorer.pattern}/ in ${show(text)}.`);
    }
    case "json_schema":
      return markSchema(scorer.schema, value);
    case "number":
      return markNumber(scorer, value, wantedAt(expected, scorer.field));
  }
}

function markSchema(schema: Readonly<Record<string, Json>>, value: Json): Mark {
  const slow = findSlowPattern(schema, value);
  if (slow !== null) return fail(`The pattern ${slow.pattern} was not tried. ${slow.why}`);
  try {
    const [first] = compileSchema(schema, { stopsAtFirst: true }).judge(value);
    return yes(first === undefined, () => `${first?.instanceLocation ?? ""} ${first?.error ?? ""}`.trim());
  } catch (error) {
    // A reference to nothing, or to itself, is found as it is followed.
    return fail(`The schema cannot be used: ${error instanceof Error ? error.message : "it is none"}`);
  }
}

function markTools(scorer: PlainScorer & { type: "trajectory" }, tools: readonly string[]): Mark {
  const isFollowed = followsTrajectory(scorer.mode, scorer.tools, tools);
  return yes(isFollowed, () => `It called ${show([...tools])}; ${scorer.mode}: ${show(scorer.tools)}.`);
}

function markFields(
  outputs: Readonly<Record<string, Json>>,
  of: { expected: Readonly<Record<string, Json>>; scorer: PlainScorer & { type: "fields" } },
): Mark {
  const wanted = Object.entries(of.expected);
  if (wanted.length === 0) return { score: 1, passed: true, reason: "" };
  const wrong = wanted.filter(([path, value]) => !isAlike(valueAt(outputs, path), value));
  const score = 1 - wrong.length / wanted.length;
  const [first] = wrong;
  const reason =
    first === undefined
      ? ""
      : `${wrong.map(([path]) => path).join(", ")}: ${first[0]} is ${show(valueAt(outputs, first[0]))}, and ${show(first[1])} is expected.`;
  return { score, passed: score >= of.scorer.at_least - 1e-9, reason: reason.slice(0, 2 * MOST_SHOWN) };
}

function markContains(scorer: PlainScorer & { type: "contains" }, text: string): Mark {
  const fold = (one: string) => (scorer.ignore_case ? one.toLowerCase() : one);
  const wanted = typeof scorer.text === "string" ? [scorer.text] : scorer.text;
  const missing = wanted.filter((one) => !fold(text).includes(fold(one)));
  const score = 1 - missing.length / wanted.length;
  return {
    score,
    passed: missing.length === 0,
    reason: missing.length === 0 ? "" : `It lacks ${show(missing)}.`,
  };
}

function markNumber(scorer: PlainScorer & { type: "number" }, value: Json, ofCase: Json | undefined): Mark {
  const wanted = scorer.expected ?? ofCase;
  if (typeof wanted !== "number") return fail("No number is expected to compare with.");
  if (typeof value !== "number") return fail(`It is ${show(value)}, and no number.`);
  const room = Math.max(scorer.tolerance, scorer.relative * Math.abs(wanted));
  // 0.3 is 0.1 away from 0.2 for everybody but doubles.
  const isNear =
    Math.abs(value - wanted) <= room + Number.EPSILON * Math.max(Math.abs(value), Math.abs(wanted));
  return yes(isNear, () => `It is ${value}, and ${wanted} is expected, ${room} more or less.`);
}

const fail = (reason: string): Mark => ({ score: 0, passed: false, reason });
const yes = (passed: boolean, why: () => string): Mark =>
  passed ? { score: 1, passed, reason: "" } : fail(why());

function wantedAt(
  expected: Readonly<Record<string, Json>> | undefined,
  field: string | undefined,
): Json | undefined {
  if (expected === undefined || field === undefined) return expected;
  return Object.hasOwn(expected, field) ? expected[field] : valueAt(expected, field);
}

/** What lies at a path of names and places; undefined where there is nothing. Pure. */
function valueAt(outputs: Readonly<Record<string, Json>>, path: string): Json | undefined {
  if (Object.hasOwn(outputs, path)) return outputs[path];
  let value: Json | undefined = { ...outputs };
  for (const step of path.split(".")) {
    if (Array.isArray(value)) value = /^\d{1,9}$/.test(step) ? value[Number(step)] : undefined;
    else value = isObject(value) && Object.hasOwn(value, step) ? value[step] : undefined;
  }
  return value;
}

function isSame(one: Json, other: Json): boolean {
  return canonicalJson(one) === canonicalJson(other);
}

function isAlike(one: Json | undefined, other: Json): boolean {
  if (typeof one === "string" && typeof other === "string")
    return one.trim().toLowerCase() === other.trim().toLowerCase();
  return one !== undefined && isSame(one, other);
}

function textOf(value: Json): string {
  return typeof value === "string" ? value : JSON.stringify(value);
}

function show(value: Json | undefined): string {
  const text = value === undefined ? "not there" : JSON.stringify(value);
  return text.length > MOST_SHOWN ? `${text.slice(0, MOST_SHOWN)}...` : text;
}

/** Whether a sample passes, with its score: all that is required, and the weighted mean is enough. Pure. */
export function sumScores(
  scored: readonly { score: Score; weight: number }[],
  passScore: number,
): { passed: boolean; score: number } {
  const weights = scored.reduce((sum, { weight }) => sum + weight, 0);
  const score =
    weights === 0 ? 1 : scored.reduce((sum, one) => sum + one.weight * one.score.score, 0) / weights;
  const isRequired = scored.every((one) => one.score.passed || !one.score.required);
  return { passed: isRequired && score >= passScore - 1e-9, score: Math.min(1, Math.max(0, score)) };
}
