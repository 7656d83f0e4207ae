import * as z from "zod";
import { reportLimits } from "../reports/limits.ts";
import { coverageSchema } from "../reports/coverage.ts";
import { isKnownZone } from "../forms/zone.ts";

export const patternsQuerySchema = z.object({
  worker: z.string().max(200).optional().describe("Only this worker's runs; those of all when left out."),
  days: z.coerce.number().int().min(1).max(reportLimits.report_days.value).default(30),
  zone: z
    .string()
    .max(64)
    .refine(isKnownZone, "Write a time zone such as Europe/Zurich.")
    .default("UTC")
    .describe("IANA name of the time zone whose hours and weekdays are told."),
});

/** The runs that were made in one hour of one weekday. */
export const patternHourSchema = z.object({
  weekday: z.int().min(1).max(7).describe("1 is Monday."),
  hour: z.int().min(0).max(23),
  total: z.int().positive(),
  failed: z.int().nonnegative(),
});
export type PatternHour = z.infer<typeof patternHourSchema>;

/** How many completed runs took so long: at least `from_ms`, less than `to_ms`. */
export const durationRangeSchema = z.object({
  from_ms: z.int().nonnegative(),
  to_ms: z.int().positive().nullable().describe("Null: without an end."),
  runs: z.int().nonnegative(),
});
export type DurationRange = z.infer<typeof durationRangeSchema>;

/** When runs are made, and how long they take. */
export const runPatternsSchema = z.object({
  ...coverageSchema,
  zone: z.string(),
  total: z.int().nonnegative(),
  success_rate: z.number().nullable().describe("Of those that completed or failed; null where none did."),
  hours: z.array(patternHourSchema).describe("Those alone in which runs were made, by weekday and hour."),
  durations: z
    .array(durationRangeSchema)
    .describe("From the shortest to the longest that there was, without gaps; empty where none completed."),
});
export type RunPatterns = z.infer<typeof runPatternsSchema>;
