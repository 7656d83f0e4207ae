import * as z from "zod";
import { actionDefinitionSchema } from "../actions/action.ts";
import { artifactIdSchema, runIdSchema, shareIdSchema } from "../ids.ts";
import { inputsSchema, runStatusSchema } from "../runs/run.ts";
import { partialOutputSchema } from "../runs/partial.ts";
import { shareLimits } from "./limits.ts";

const time = z.iso.datetime();
const line = z
  .string()
  .trim()
  .min(1)
  .max(shareLimits.share_name_characters.value)
  .regex(/^[^\p{Cc}\p{Cf}\p{Zl}\p{Zp}]*$/u, "Use one line of printable text.");

/** What a link leads to: a worker's app, one run with its results, one file of a run, one file of a context. */
export const shareKindSchema = z.enum(["worker", "run", "artifact", "file"]);

/** Who may open an app's page, the fewest first. */
export const appStateSchema = z.enum(["private", "link", "password", "invited", "public"]);

const bounds = {
  run_cap: z
    .int()
    .min(1)
    .max(shareLimits.share_runs.value)
    .nullable()
    .describe("How many runs it starts at all; null for as many as come."),
  runs_per_hour: z.int().min(1).max(100_000).describe("How many runs it starts in an hour, whoever asks."),
  visitor_runs_per_hour: z.int().min(1).max(100_000).describe("How many runs one visitor starts in an hour."),
  actions: z
    .array(z.string().min(1).max(64))
    .min(1)
    .max(100)
    .nullable()
    .describe("Names of the actions that visitors may run; null for all."),
};

const days = z.int().min(1).max(shareLimits.share_days.value).describe("Days until it opens nothing.");

const partialBounds = {
  run_cap: bounds.run_cap.optional(),
  runs_per_hour: bounds.runs_per_hour.optional(),
  visitor_runs_per_hour: bounds.visitor_runs_per_hour.optional(),
  actions: bounds.actions.optional(),
};

/** Body of `POST /api/workers/{worker}/shares`. */
export const createWorkerShareSchema = z.strictObject({
  name: line.optional().describe("What it is for, in your words."),
  expires_in_days: days.optional(),
  allow_copy: z
    .boolean()
    .default(false)
    .describe("Whether whoever has it may copy the worker's files into a workspace of theirs."),
  ...partialBounds,
});
export type CreateWorkerShare = z.infer<typeof createWorkerShareSchema>;

/** Body of `POST /api/runs/{run}/shares`. */
export const createRunShareSchema = z.strictObject({
  name: line.optional(),
  expires_in_days: days.optional(),
  artifact: artifactIdSchema.optional().describe("Share this file of the run alone."),
});
export type CreateRunShare = z.infer<typeof createRunShareSchema>;

/** Body of `POST /api/contexts/{context}/shares`. */
export const createFileShareSchema = z.strictObject({
  name: line.optional(),
  expires_in_days: days.optional(),
  file: z
    .string()
    .min(1)
    .max(512)
    .describe("Path of the file within the context; the link shows it as it is then."),
});
export type CreateFileShare = z.infer<typeof createFileShareSchema>;

export const shareSummarySchema = z.object({
  id: shareIdSchema,
  kind: shareKindSchema,
  name: z.string().nullable(),
  worker: z.string().nullable().describe("Name of the worker it leads to, or whose run it shows."),
  run_id: runIdSchema.nullable(),
  artifact_id: artifactIdSchema.nullable(),
  context: z.string().nullable(),
  file: z.string().nullable(),
  allow_copy: z.boolean(),
  ...bounds,
  run_count: z.int().nonnegative().describe("How many runs it has started."),
  expires_at: time,
  created_at: time,
  created_by: z.string(),
});
export type ShareSummary = z.infer<typeof shareSummarySchema>;

/** `url` and `token` are shown this once: only a digest of the token is stored. */
export const createdShareSchema = shareSummarySchema.extend({
  url: z.string().describe("Whoever has it may open what it leads to. No other answer ever holds it."),
  token: z.string(),
});
export type CreatedShare = z.infer<typeof createdShareSchema>;

export const listSharesQuerySchema = z.object({
  worker: z.string().optional().describe("Only links to this worker, its runs and their files."),
});

const colour = z.string().regex(/^#[0-9a-fA-F]{6}$/, "Write a colour as #rrggbb.");

/** The colours of an app's page; each is used only where text on it can be read. */
export const appThemeSchema = z.strictObject({
  accent: colour.nullable().default(null).describe("Buttons and links."),
});

/** A site, without a path: `https://example.com`, or a port of one's own machine. */
export const embedOriginSchema = z
  .string()
  .max(200)
  .regex(
    /^https?:\/\/[a-z0-9](?:[a-z0-9.-]*[a-z0-9])?(?::[1-9]\d{0,4})?$/,
    "Write a site such as https://example.com, without a path.",
  );

export const slugSchema = z
  .string()
  .regex(/^[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?$/, "Use small letters, digits and hyphens; at most 63.");

const email = z.email().max(254).toLowerCase();

export const appSchema = z.object({
  worker: z.string(),
  state: appStateSchema,
  slug: slugSchema,
  url: z.string().describe("The page's address."),
  embed_url: z.string(),
  has_password: z.boolean(),
  invited: z.array(z.string()).describe("Addresses that it is open to, where its state is invited."),
  embed_origins: z.array(z.string()),
  theme: appThemeSchema,
  expires_at: time.nullable(),
  ...bounds,
  run_count: z.int().nonnegative(),
});
export type App = z.infer<typeof appSchema>;

/** Body of `PUT /api/workers/{worker}/app`: what is left out stays as it is. */
export const setAppSchema = z.strictObject({
  state: appStateSchema.optional(),
  slug: slugSchema.optional(),
  password: z
    .string()
    .min(shareLimits.app_password_characters_least.value)
    .max(shareLimits.app_password_characters.value)
    .optional()
    .describe("Whoever was let in with an earlier one is asked again."),
  invited: z.array(email).max(shareLimits.app_invited.value).optional(),
  embed_origins: z.array(embedOriginSchema).max(shareLimits.app_embed_origins.value).optional(),
  theme: appThemeSchema.optional(),
  expires_at: time.nullable().optional(),
  ...partialBounds,
});
export type SetApp = z.infer<typeof setAppSchema>;

/** What the first Floom's clients send to share: a new link, and with `regenerate` no older one. */
export const shareLinkRequestSchema = z.strictObject({ regenerate: z.boolean().default(false) });

export const shareLinkSchema = z.object({
  id: shareIdSchema,
  token: z.string(),
  url: z.string(),
});
export type ShareLink = z.infer<typeof shareLinkSchema>;

const linkToken = z.string().max(200).describe("The token of a link, fls_...");

export const publicQuerySchema = z.object({ token: linkToken.default("") });

/** A worker as a stranger with its link sees it: nothing of its source, secrets, runs or owner. */
export const publicWorkerSchema = z.object({
  name: z.string(),
  title: z.string(),
  description: z.string(),
  actions: z.array(actionDefinitionSchema),
});
export type PublicWorker = z.infer<typeof publicWorkerSchema>;

export const startPublicRunSchema = z.strictObject({
  token: linkToken,
  inputs: inputsSchema.default({}),
  action: z.string().max(64).optional(),
});

export const publicRunStartedSchema = z.object({ run_id: runIdSchema });

/** A run as a visitor sees it: what came out and how far it is; no inputs, no log, and nothing of what went wrong inside. */
export const publicRunSchema = z.object({
  id: runIdSchema,
  status: runStatusSchema,
  progress: z.object({ percent: z.number().nullable(), message: z.string().nullable() }).nullable(),
  partial: partialOutputSchema
    .nullable()
    .describe("While it runs: the newest of what the app has handed back piece by piece."),
  message: z.string().nullable().describe("Why there is no result, in general words."),
  created_at: time,
  completed_at: time.nullable(),
  outputs: z.record(z.string(), z.json()),
  action: z.string().nullable(),
  files: z.array(
    z.object({
      id: artifactIdSchema,
      name: z.string(),
      path: z.string().describe("By which outputs name it."),
      type: z.string(),
      size_bytes: z.int().nonnegative(),
    }),
  ),
});
export type PublicRun = z.infer<typeof publicRunSchema>;

export const importShareSchema = z.strictObject({ token: linkToken });
export const importedWorkerSchema = z.object({ worker_id: z.string(), url: z.string() });
