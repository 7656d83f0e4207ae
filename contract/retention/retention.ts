import * as z from "zod";
import { workspaceIdSchema } from "../ids.ts";
import { anomalySettings } from "../anomalies/anomaly.ts";
import { capUsdSchema } from "../spend/spend.ts";
import { runLimits } from "../runs/limits.ts";
import { retentionLimits } from "./limits.ts";

const retentionDaysSchema = z
  .int()
  .min(retentionLimits.retention_days_least.value)
  .max(retentionLimits.retention_days_most.value)
  .nullable()
  .describe("Days for which an ended run and all that belongs to it is kept; null keeps it for ever.");

const capsOf = (whose: string) => ({
  daily: capUsdSchema.describe(
    `The most that ${whose} may cost a day (UTC), in dollars; null: as the server says.`,
  ),
  monthly: capUsdSchema.describe(
    `The most that ${whose} may cost a month (UTC), in dollars; null: as the server says.`,
  ),
});
const ofWorkspace = capsOf("all runs of the workspace together");
const ofPerson = capsOf("the runs of each of its people");

/** What a workspace may set of money. */
export const spendSettings = {
  daily_spend_cap_usd: ofWorkspace.daily,
  monthly_spend_cap_usd: ofWorkspace.monthly,
  user_daily_spend_cap_usd: ofPerson.daily,
  user_monthly_spend_cap_usd: ofPerson.monthly,
};

/** What a workspace may set for workers whose worker.yml leaves it open; it is written into the versions pushed from then on. */
export const deploySettings = {
  default_timeout_seconds: z
    .int()
    .min(1)
    .max(runLimits.run_timeout_seconds.value)
    .nullable()
    .describe(
      `How long runs may take, in seconds, where worker.yml has no limits.timeout_seconds; null: ${runLimits.run_timeout_default_seconds.value}. Counts from the next push of a worker on.`,
    ),
  approval_default: z
    .enum(["always", "never"])
    .nullable()
    .describe(
      "`always`: a worker whose worker.yml has no approvals.required asks people before it acts; `never`, and null: it does not. Counts from the next push of a worker on.",
    ),
  quarantine_pushes_of: z
    .enum(["none", "agents", "all"])
    .nullable()
    .describe(
      "Whose pushes wait in quarantine until an owner or admin lets them in: those of clients of MCP (`agents`), everybody's (`all`), or nobody's; null: nobody's.",
    ),
};

const modelName = (what: string) =>
  z
    .string()
    .regex(/^[\w.:@/-]{1,200}$/)
    .nullable()
    .describe(
      `${what}, as provider/model, e.g. anthropic/claude-sonnet-4-6; null: none. Counts from the next run on.`,
    );

/** What a workspace may set of the models of its agents. */
export const modelSettings = {
  default_model: modelName("The model of agents whose worker.yml names none"),
  fallback_model: modelName("The model that takes over where an agent's own cannot be asked"),
};

/** What a workspace has set for itself. */
export const workspaceSettingsSchema = z.object({
  retention_days: retentionDaysSchema,
  ...deploySettings,
  ...spendSettings,
  ...modelSettings,
  ...anomalySettings,
});
export type WorkspaceSettings = z.infer<typeof workspaceSettingsSchema>;

/** What is left out stays. */
export const changeSettingsSchema = z.strictObject(workspaceSettingsSchema.partial().shape);
export type ChangeSettings = z.infer<typeof changeSettingsSchema>;

/** The id of the workspace, written out, so that nobody deletes one by a slip or the wrong one by a wrong token. */
export const deleteWorkspaceSchema = z.strictObject({
  confirm: z.string().describe("The id of the workspace that is to be deleted."),
});

export const workspaceDeletionSchema = z.object({
  workspace_id: workspaceIdSchema,
  being_deleted: z.literal(true),
  runs_left: z.int().describe("Runs that are still to be deleted; no more than 4,000 are counted."),
});
export type WorkspaceDeletion = z.infer<typeof workspaceDeletionSchema>;

/** `keys`: those of all stores; their size is that of the stores with their tables. */
export const storedKindSchema = z.enum(["runs", "versions", "uploads", "contexts", "keys"]);
export type StoredKind = z.infer<typeof storedKindSchema>;

/** What a look has deleted. */
export const deletedCountsSchema = z.object({
  runs: z.int(),
  versions: z.int(),
  uploads: z.int(),
  mails: z.int(),
});
export type DeletedCounts = z.infer<typeof deletedCountsSchema>;

export const storageReportSchema = z.object({
  retention_days: retentionDaysSchema,
  stored: z.array(
    z.object({
      kind: storedKindSchema,
      count: z.int().describe("How many there are; no more than 4,000 are counted."),
      size_bytes: z
        .int()
        .nullable()
        .describe("Their files; null where that is not known without reading them."),
      oldest_at: z.iso
        .datetime()
        .nullable()
        .describe("When the oldest was made, an upload: was named last; null where there is none."),
      goes_at: z.iso
        .datetime()
        .nullable()
        .describe(
          "The earliest time at which the oldest goes, if nothing needs it any more; null for never.",
        ),
    }),
  ),
  next_look_at: z.iso.datetime().describe("When what is too old is looked for next."),
  last_look: z
    .object({ at: z.iso.datetime(), deleted: deletedCountsSchema })
    .nullable()
    .describe("The last look and what it has deleted; null before the first."),
  being_deleted: z.int().describe("Deletions that were asked for and have not come to their end."),
});
export type StorageReport = z.infer<typeof storageReportSchema>;
