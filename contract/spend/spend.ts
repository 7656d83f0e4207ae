import * as z from "zod";

/** From this share of a cap on it is told that it comes near. */
export const SPEND_WARNING_SHARE = 0.8;

/** The most that a cap can be, in dollars. */
const MOST_USD = 100_000;

export const capUsdSchema = z.number().min(0).max(MOST_USD).nullable();

/** Whose spending a cap is on, and in which time: days and months of UTC. */
export const spendScopeSchema = z.enum(["worker", "user", "workspace"]);
export type SpendScope = z.infer<typeof spendScopeSchema>;
export const spendPeriodSchema = z.enum(["day", "month"]);
export type SpendPeriod = z.infer<typeof spendPeriodSchema>;

/** What was spent of what a cap allows, in dollars. */
export const spendStateSchema = z.object({
  scope: spendScopeSchema,
  period: spendPeriodSchema,
  spent_usd: z.number(),
  cap_usd: z.number().nullable().describe("The most that may be spent; null for no cap."),
  warning: z.boolean().describe("Whether at least 80 % of the cap is spent."),
  resets_at: z.iso.datetime().describe("When the next day or month begins, in UTC."),
});
export type SpendState = z.infer<typeof spendStateSchema>;

export const spendGroupSchema = z.enum(["worker", "user", "day"]);
export type SpendGroup = z.infer<typeof spendGroupSchema>;

export const workspaceSpendQuerySchema = z.object({
  by: spendGroupSchema.default("worker").describe("What the amounts are put together by."),
  month: z
    .string()
    .regex(/^\d{4}-(?:0[1-9]|1[0-2])$/, "Write a month such as 2026-03.")
    .optional()
    .describe("The month, in UTC; this one when it is not said."),
});

/** The spending of one worker, one person or one day. */
export const spendRowSchema = z.object({
  key: z
    .string()
    .describe("The worker's uid, the account's id (empty for what nobody's account asked), or the day."),
  name: z.string().describe("The worker's name, the person's address, or the day."),
  runs: z.int().nonnegative(),
  sandbox_usd: z.number(),
  model_usd: z.number(),
  total_usd: z.number(),
});
export type SpendRow = z.infer<typeof spendRowSchema>;

export const workspaceSpendSchema = z.object({
  month: z.string(),
  by: spendGroupSchema,
  total_usd: z.number(),
  runs: z.int().nonnegative(),
  rows: z.array(spendRowSchema).describe("The dearest first; days in their order."),
  caps: z.array(spendStateSchema).describe("What the workspace has spent today and this month, of its caps."),
});
export type WorkspaceSpend = z.infer<typeof workspaceSpendSchema>;

/** What is asked for, and by whose account; a token that is nobody's has no person's part. */
export const accountSpendSchema = z.object({
  user_id: z.string().nullable(),
  today_usd: z.number(),
  month_usd: z.number(),
  caps: z.array(spendStateSchema),
});
export type AccountSpend = z.infer<typeof accountSpendSchema>;

/** The caps of one member; null: what the workspace says for each of its people. */
export const memberCapsSchema = z.object({
  daily_spend_cap_usd: capUsdSchema,
  monthly_spend_cap_usd: capUsdSchema,
});
export type MemberCaps = z.infer<typeof memberCapsSchema>;

/** Body of `PUT /api/admin/users/{member}/spend-caps`; what is left out is taken away. */
export const setMemberCapsSchema = z.strictObject({
  daily_spend_cap_usd: capUsdSchema.default(null),
  monthly_spend_cap_usd: capUsdSchema.default(null),
});
