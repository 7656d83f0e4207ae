import * as z from "zod";
import { evaluationIdSchema, requestKeySchema, runIdSchema, workerNameSchema } from "../ids.ts";
import { pageQuerySchema } from "../page.ts";
import { runStatusSchema } from "../runs/run.ts";
import { evaluationLimits as limits } from "./limits.ts";
import { suiteNameSchema } from "./suite.ts";

export const scoreSchema = z.object({
  scorer: z.string(),
  score: z.number().min(0).max(1),
  passed: z.boolean(),
  required: z.boolean(),
  reason: z.string().describe("Why, in words; empty where it passed and there is nothing to say."),
});
export type Score = z.infer<typeof scoreSchema>;

/** One run of a case. `error`: nobody knows whether it is right; it counts as failed. */
export const sampleSchema = z.object({
  run_id: runIdSchema.nullable().describe("Null where no run could be started."),
  run_status: runStatusSchema.nullable(),
  outcome: z.enum(["passed", "failed", "error"]),
  score: z.number().min(0).max(1),
  scores: z.array(scoreSchema),
  reason: z.string().nullable().describe("Why it was not scored."),
  latency_ms: z.int().nonnegative().nullable(),
  cost_usd: z.number().nonnegative().describe("Of its run and of its judge."),
});
export type Sample = z.infer<typeof sampleSchema>;

export const caseResultSchema = z.object({
  name: z.string().describe("`suite/case`."),
  digest: z.string().describe("Of what it asks and expects: only cases with the same one are compared."),
  passed: z.int().nonnegative(),
  samples: z.array(sampleSchema),
  score: z.number().min(0).max(1).describe("Mean of its samples."),
});
export type CaseResult = z.infer<typeof caseResultSchema>;

export const suiteResultSchema = z.object({
  name: suiteNameSchema,
  passed: z.int().nonnegative(),
  samples: z.int().nonnegative(),
  threshold: z.number(),
  met: z.boolean(),
});
export type SuiteResult = z.infer<typeof suiteResultSchema>;

export const comparisonVerdictSchema = z.enum(["regression", "improvement", "noise"]);

export const evaluationSummarySchema = z.object({
  id: evaluationIdSchema,
  worker: workerNameSchema,
  version: z.int().positive(),
  status: z.enum(["running", "completed", "cancelled"]),
  verdict: z
    .enum(["pass", "fail"])
    .nullable()
    .describe("Null until it is completed. What `deploy.gate: evals` goes by."),
  reasons: z.array(z.string()).describe("Why the verdict is fail."),
  suites: z.array(suiteResultSchema),
  whole: z.boolean().describe("Whether all suites of the version were evaluated."),
  runs: z.int().nonnegative(),
  runs_done: z.int().nonnegative(),
  pass_rate: z.number().min(0).max(1).nullable(),
  score: z.number().min(0).max(1).nullable(),
  cost_usd: z.number().nonnegative(),
  baseline: evaluationIdSchema.nullable().describe("What it was compared with."),
  against_baseline: comparisonVerdictSchema.nullable(),
  is_baseline: z.boolean(),
  activation: z
    .object({
      outcome: z.enum(["activated", "refused"]),
      reason: z.string().nullable().describe("Why it was not activated though it passed."),
    })
    .nullable()
    .describe("What the gate did with the version once it had passed; null where nothing waited for that."),
  requested_by: z.string().nullable(),
  created_at: z.iso.datetime(),
  ended_at: z.iso.datetime().nullable(),
});
export type EvaluationSummary = z.infer<typeof evaluationSummarySchema>;

export const evaluationDetailSchema = evaluationSummarySchema.extend({
  cases: z.array(caseResultSchema).describe("Empty until it has ended."),
});
export type EvaluationDetail = z.infer<typeof evaluationDetailSchema>;

export const startEvaluationSchema = z.strictObject({
  version: z.int().positive().optional().describe("Left out: the active one."),
  suites: z.array(suiteNameSchema).min(1).max(50).optional().describe("Left out: all of the version."),
  key: requestKeySchema
    .regex(/^(?!gate:)/, "must not begin with gate:, which keys of the platform do")
    .optional()
    .describe(
      "The same key finds the same evaluation of this worker; of another version or other suites it is refused.",
    ),
});
export type StartEvaluation = z.infer<typeof startEvaluationSchema>;

export const listEvaluationsQuerySchema = pageQuerySchema;
export const evaluationPageSchema = z.object({
  evaluations: z.array(evaluationSummarySchema),
  next_cursor: z.string().nullable(),
});

const sideSchema = z.object({
  passed: z.int(),
  samples: z.int(),
  score: z.number(),
});

export const caseChangeSchema = z.object({
  name: z.string(),
  change: z
    .enum(["worse", "better", "same", "added", "dropped", "rewritten"])
    .describe("By the share of samples that pass. rewritten: it asks or expects something else."),
  lost: z.boolean().describe("Every sample passed, and none does now."),
  before: sideSchema.nullable(),
  after: sideSchema.nullable(),
});
export type CaseChange = z.infer<typeof caseChangeSchema>;

export const comparisonSchema = z.object({
  before: evaluationIdSchema,
  after: evaluationIdSchema,
  verdict: comparisonVerdictSchema,
  test: z.string().describe("Name of the statistical test."),
  alpha: z
    .number()
    .describe("So often a verdict other than noise is wrong at most, where nothing has changed."),
  p_worse: z.number().describe("How likely so few passes are where nothing has changed."),
  p_better: z.number().describe("How likely so many passes are where nothing has changed."),
  scores: z
    .object({
      verdict: comparisonVerdictSchema,
      test: z.string().describe("Name of the statistical test."),
      p_worse: z.number(),
      p_better: z.number(),
      mean_change: z.number().describe("Mean over the cases of the newer score less the older one."),
    })
    .nullable()
    .describe("The same by scores; null where no score is finer than pass and fail."),
  cases_compared: z.int(),
  cases: z.array(caseChangeSchema),
});
export type Comparison = z.infer<typeof comparisonSchema>;

export const compareQuerySchema = z.object({
  to: evaluationIdSchema.optional().describe("Left out: the worker's baseline."),
});

export const setBaselineSchema = z.strictObject({ evaluation: evaluationIdSchema });

export const tournamentRequestSchema = z.strictObject({
  evaluations: z
    .array(evaluationIdSchema)
    .min(2)
    .max(limits.evaluations_compared.value)
    .refine((ids) => new Set(ids).size === ids.length, "must be different ones"),
});

export const tournamentSchema = z.object({
  ranking: z
    .array(
      z.object({
        evaluation: evaluationIdSchema,
        version: z.int(),
        wins: z.int(),
        losses: z.int(),
        draws: z.int(),
        pass_rate: z.number(),
        score: z.number(),
        cost_usd: z.number(),
        mean_latency_ms: z.number().nullable(),
      }),
    )
    .describe("Most wins over losses first; then by the pass rate, the score, and what it cost."),
  pairs: z.array(
    comparisonSchema.pick({ before: true, after: true, verdict: true, p_worse: true, p_better: true }),
  ),
  alpha: z.number().describe("Of each pair: 0.05 shared by the number of pairs."),
});
export type Tournament = z.infer<typeof tournamentSchema>;
