import type { Json } from "#contract/json";
import type { NamedSuite, Scorer } from "#contract/evaluations/suite";

/** One case as it is carried out, with what its suite says of it. */
export interface PlannedCase {
  /** `suite/case`. */
  name: string;
  action: string | undefined;
  inputs: Record<string, Json>;
  expected: Record<string, Json> | undefined;
  scorers: readonly Scorer[];
  samples: number;
  passScore: number;
  timeoutMs: number;
}

/** One run that is wanted: which case, and which of its samples. */
export interface Unit {
  of: PlannedCase;
  caseAt: number;
  sample: number;
}

/** What judges a case that says what it expects and not how. */
export const byExpectation: Scorer = { type: "fields", at_least: 1, weight: 1, required: true };

/** All cases of some suites, in their order. Pure. */
export function planCases(suites: readonly NamedSuite[]): PlannedCase[] {
  return suites.flatMap((suite) =>
    suite.cases.map((one): PlannedCase => {
      const written = [...suite.scorers, ...one.scorers];
      const isPlain = written.length === 0 && one.expected !== undefined;
      return {
        name: `${suite.name}/${one.name}`,
        action: one.action,
        inputs: one.inputs,
        expected: one.expected,
        scorers: isPlain ? [byExpectation] : written,
        samples: one.samples ?? suite.samples,
        passScore: suite.pass_score,
        timeoutMs: suite.timeout_seconds * 1000,
      };
    }),
  );
}

/** Every run that is wanted: the first sample of each case before the second of any. Pure. */
export function planUnits(cases: readonly PlannedCase[]): Unit[] {
  const most = Math.max(0, ...cases.map(({ samples }) => samples));
  return Array.from({ length: most }, (_, sample) =>
    cases.flatMap((of, caseAt) => (sample < of.samples ? [{ of, caseAt, sample }] : [])),
  ).flat();
}

/** What a case asks and expects: one that asks something else is another case. Pure. */
export function factsOf({ action, inputs, expected, scorers, passScore }: PlannedCase): unknown {
  return [action ?? null, inputs, expected ?? null, scorers, passScore];
}
