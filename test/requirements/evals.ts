import type { Requirement } from "../requirements.ts";

const source = "Issue M: the workshop";

export const requirements: Requirement[] = [
  {
    id: "evals:statistics:error-rates",
    promise:
      "Where nothing has changed, a comparison says regression or improvement in no more than 5 of 100 cases.",
    source,
  },
  {
    id: "evals:statistics:power",
    promise: "A large loss is called a regression, and its undoing an improvement.",
    source,
  },
  {
    id: "evals:statistics:scores",
    promise:
      "Scores finer than pass and fail are compared by an exact test, wrong in no more than 5 of 100 cases where nothing has changed.",
    source,
  },
  {
    id: "evals:gate:rewritten-cases",
    promise:
      "A push that changes what a case of the baseline asks or expects is held until somebody who may promote accepts it.",
    source,
  },
  {
    id: "evals:scorers:each-kind",
    promise:
      "Outputs are scored by equality, fields, text, patterns, schemas, numbers, a model's judgement, and the tools that were called.",
    source,
  },
  {
    id: "evals:files:judged-at-push",
    promise: "A mistake in evals/ is told at push, with file, line and what to do.",
    source,
  },
  {
    id: "evals:run:samples-are-runs",
    promise:
      "Each sample is one ordinary run of the version under test, started once whatever is lost between, and the evaluation ends with pass or fail.",
    source,
  },
  {
    id: "evals:judge:fails-closed",
    promise: "A judge that cannot be asked, or whose answer cannot be read, lets no sample pass.",
    source,
  },
  {
    id: "evals:judge:counted",
    promise:
      "What judges cost is held against the caps while they are asked, and counted once to the worker's spending.",
    source,
  },
  {
    id: "evals:gate:tells-why",
    promise: "Why the gate has not let a version in stands on the newest hundred that it has evaluated.",
    source,
  },
  {
    id: "evals:gate:refuses-worse",
    promise:
      "With deploy.gate: evals a version is not activated before an evaluation of it has passed beside the baseline; the refusal names the cases that got worse.",
    source,
  },
  {
    id: "evals:impact:mapped-only",
    promise: "A version breaks what depends on its worker only where something that is mapped changed.",
    source,
  },
  {
    id: "evals:test:one-input",
    promise:
      "One input against a version answers outputs, what is wrong with inputs and outputs by pointer, cost, time, log and a verdict.",
    source,
  },
  {
    id: "evals:test:inactive-version",
    promise: "A folder is tried as a version that is stored and not activated; the active one stays.",
    source,
  },
];
