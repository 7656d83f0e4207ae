import type * as z from "zod";
import { evaluationLimits as limits } from "#contract/evaluations/limits";
import { suiteNameSchema, suiteSchema } from "#contract/evaluations/suite";
import type { NamedSuite, Scorer, Suite } from "#contract/evaluations/suite";
import type { JsonSchema } from "#contract/actions/action";
import type { Json } from "#contract/json";
import { compileSchema } from "../actions/compile-schema.ts";
import type { BundleFile, BundleProblem } from "../bundle/bundle-file.ts";
import { readYaml } from "../manifest/read-yaml.ts";
import { createReport } from "../manifest/report.ts";
import { locate, toJson } from "../manifest/yaml-node.ts";
import type { MapNode, Place } from "../manifest/yaml-node.ts";
import { whySlowPattern } from "#contract/forms/measure-pattern";

/** Files directly in `evals/`; what lies deeper is the author's own. */
const SUITE_PATH = /^evals\/([^/]+)\.ya?ml$/;

/** Reads the suites of a bundle, by name, with all that is wrong with them. */
export async function readSuites(
  files: readonly BundleFile[],
): Promise<{ suites: NamedSuite[]; problems: BundleProblem[] }> {
  const suites: NamedSuite[] = [];
  const problems: BundleProblem[] = [];
  let bytes = 0;
  for (const file of files) {
    const name = SUITE_PATH.exec(file.path)?.[1];
    if (name === undefined) continue;
    bytes += file.size;
    const read =
      bytes > limits.evaluation_file_bytes.value
        ? { suite: null, problems: [tooLarge(file.path)] }
        : parseSuite(file.path, new TextDecoder().decode(await file.read()));
    problems.push(...read.problems);
    if (!suiteNameSchema.safeParse(name).success) problems.push(badName(file.path));
    else if (suites.some((one) => one.name === name)) problems.push(twice(file.path));
    else if (read.suite !== null) suites.push({ ...read.suite, name });
  }
  suites.sort((one, other) => (one.name < other.name ? -1 : 1));
  return { suites, problems: [...problems, ...(problems.length === 0 ? judgeCounts(suites) : [])] };
}

/** One file of cases, with where it is wrong. Pure. */
export function parseSuite(path: string, text: string): { suite: Suite | null; problems: BundleProblem[] } {
  const report = createReport();
  const root = readYaml(text, report, {
    name: path,
    limit: "evaluation_file_bytes",
    start: "Begin with cases:.",
  });
  if (root === null || report.hasErrors())
    return { suite: null, problems: report.list().map((finding) => problem(path, finding, finding)) };
  const read = suiteSchema.safeParse(toJson(root));
  if (!read.success) {
    const problems = read.error.issues.map((issue) =>
      problem(path, describeIssue(issue), placeOfIssue(root, issue)),
    );
    return { suite: null, problems };
  }
  const faults = judgeSuite(read.data);
  const problems = faults.map(({ steps, ...what }) => problem(path, what, locate(root, steps, false)));
  return { suite: problems.length === 0 ? read.data : null, problems };
}

function placeOfIssue(root: MapNode, issue: z.core.$ZodIssue): Place {
  return issue.code === "unrecognized_keys"
    ? locate(root, [...issue.path, issue.keys[0] ?? ""], true)
    : locate(root, issue.path, false);
}

interface Fault {
  steps: PropertyKey[];
  message: string;
  fix: string;
}

/** What more than one key has to say. */
function judgeSuite({ cases, scorers }: Suite): Fault[] {
  const seen = new Set<string>();
  const faults: Fault[] = [];
  cases.forEach(({ name }, at) => {
    if (seen.has(name)) {
      const fix = "Give each case a name of its own.";
      faults.push({ steps: ["cases", at, "name"], message: `Two cases are called ${name}.`, fix });
    }
    seen.add(name);
  });
  const all = [
    ...scorers.map((scorer, at) => ({ scorer, steps: ["scorers", at] })),
    ...cases.flatMap((one, of) =>
      one.scorers.map((scorer, at) => ({ scorer, steps: ["cases", of, "scorers", at] })),
    ),
  ];
  return [...faults, ...all.flatMap(({ scorer, steps }) => judgeScorer(scorer, steps))];
}

function judgeScorer(scorer: Scorer, steps: PropertyKey[]): Fault[] {
  if (scorer.type === "json_schema") {
    const at = [...steps, "schema"];
    const why = whyNoSchema(scorer.schema);
    const fix = "Let each $ref name a part of the same schema, and none lead back to itself.";
    const broken = why === null ? [] : [{ steps: at, message: `The schema cannot be used: ${why}`, fix }];
    return [...judgePatterns(scorer.schema, at), ...broken];
  }
  const why = scorer.type === "regex" ? whySlowPattern(scorer.pattern) : null;
  return why === null ? [] : [slow([...steps, "pattern"], why)];
}

const SAMPLES: readonly Json[] = [null, true, 0, "", [], {}];

/** What a schema does not say until a value is held against it. */
function whyNoSchema(schema: JsonSchema): string | null {
  try {
    const { judge } = compileSchema(schema);
    for (const sample of SAMPLES) judge(sample);
    return null;
  } catch (error) {
    return error instanceof Error ? `${error.message}.` : "it is none.";
  }
}

const slow = (steps: PropertyKey[], why: string): Fault => ({
  steps,
  message: `This pattern cannot be used: ${why}`,
  fix: "Write a simpler one, or use contains.",
});

/** The patterns of a schema are patterns, too. */
function judgePatterns(schema: unknown, steps: PropertyKey[]): Fault[] {
  if (typeof schema !== "object" || schema === null) return [];
  return Object.entries(schema).flatMap(([key, inner]: [string, unknown]) => {
    const at = [...steps, Array.isArray(schema) ? Number(key) : key];
    const why = key === "pattern" && typeof inner === "string" ? whySlowPattern(inner) : null;
    const ofKeys =
      key === "patternProperties" && typeof inner === "object" && inner !== null
        ? Object.keys(inner).flatMap((pattern) => whySlowPattern(pattern) ?? [])
        : [];
    const own = why === null ? ofKeys : [why];
    return [...own.map((one) => slow(at, one)), ...judgePatterns(inner, at)];
  });
}

function describeIssue(issue: z.core.$ZodIssue): { message: string; fix: string } {
  const where = issue.path.length === 0 ? "the file" : issue.path.join(".");
  const fix =
    issue.code === "unrecognized_keys"
      ? `Take ${issue.keys.join(", ")} out, or look up how it is written.`
      : "Look up the key in docs/how-to/evaluations.md.";
  return { message: `${where}: ${issue.message}.`, fix };
}

function problem(
  file: string,
  { message, fix }: { message: string; fix: string },
  { line, column }: Pick<Place, "line" | "column">,
): BundleProblem {
  return { file, code: "invalid_evaluation", message, fix, line, column };
}

function judgeCounts(suites: readonly NamedSuite[]): BundleProblem[] {
  const cases = suites.flatMap((suite) => suite.cases.map((one) => one.samples ?? suite.samples));
  const runs = cases.reduce((sum, one) => sum + one, 0);
  const [mostCases, mostRuns] = [limits.evaluation_cases.value, limits.evaluation_runs.value];
  if (cases.length <= mostCases && runs <= mostRuns) return [];
  const message = `The suites have ${cases.length} cases and ${runs} runs together; ${mostCases} and ${mostRuns} are possible.`;
  return [{ file: "evals", code: "invalid_evaluation", message, fix: "Take cases or samples out." }];
}

const tooLarge = (file: string): BundleProblem => ({
  file,
  code: "invalid_evaluation",
  message: `The files in evals/ have more than ${limits.evaluation_file_bytes.value} bytes together.`,
  fix: "Take cases out.",
});
const badName = (file: string): BundleProblem => ({
  file,
  code: "invalid_evaluation",
  message: `${file} cannot be a suite's name.`,
  fix: "Call it by lower-case letters, digits, _ and -, e.g. evals/basics.yml.",
});
const twice = (file: string): BundleProblem => ({
  file,
  code: "invalid_evaluation",
  message: `There is another file of the name of ${file}.`,
  fix: "Keep one of .yml and .yaml.",
});
