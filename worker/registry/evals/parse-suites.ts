import { isAlias, isNode, LineCounter, parseDocument } from "yaml";
import type { Document } from "yaml";
import type * as z from "zod";
import { evaluationLimits as limits } from "#contract/evaluations/limits";
import { suiteNameSchema, suiteSchema } from "#contract/evaluations/suite";
import type { NamedSuite, Scorer, Suite } from "#contract/evaluations/suite";
import type { BundleFile, BundleProblem } from "../bundle/bundle-file.ts";
import { whySlowPattern } from "./judge-pattern.ts";

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
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: false, uniqueKeys: true });
  const [error] = document.errors;
  if (error !== undefined) {
    const place = placeOf(lines, error.pos[0]);
    return { suite: null, problems: [problem(path, { message: error.message, fix: "Write YAML." }, place)] };
  }
  const read = suiteSchema.safeParse(valueOf(document));
  if (!read.success) {
    const problems = read.error.issues.map((issue) =>
      problem(path, describeIssue(issue), findPlace(document, lines, issue.path)),
    );
    return { suite: null, problems };
  }
  const at = (steps: PropertyKey[]) => findPlace(document, lines, steps);
  const problems = judgeSuite(read.data).map(({ steps, ...what }) => problem(path, what, at(steps)));
  return { suite: problems.length === 0 ? read.data : null, problems };
}

function valueOf(document: Document): unknown {
  try {
    return document.toJS({ maxAliasCount: 50 });
  } catch {
    return null;
  }
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
  if (scorer.type === "json_schema") return judgePatterns(scorer.schema, [...steps, "schema"]);
  const why = scorer.type === "regex" ? whySlowPattern(scorer.pattern) : null;
  return why === null ? [] : [slow([...steps, "pattern"], why)];
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

interface Place {
  line: number;
  column: number;
}

function placeOf(lines: LineCounter, offset: number): Place {
  const { line, col } = lines.linePos(offset);
  return { line, column: col };
}

/** Where a value stands, or the nearest thing above it that is written down. */
function findPlace(document: Document, lines: LineCounter, steps: readonly PropertyKey[]): Place {
  for (let length = steps.length; length >= 0; length--) {
    const node: unknown = length === 0 ? document.contents : document.getIn(steps.slice(0, length), true);
    const range = isNode(node) && !isAlias(node) ? node.range : undefined;
    if (range) return placeOf(lines, range[0]);
  }
  return { line: 1, column: 1 };
}

function problem(file: string, what: { message: string; fix: string }, place: Place): BundleProblem {
  return { file, code: "invalid_evaluation", ...what, ...place };
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
