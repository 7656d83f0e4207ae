import * as z from "zod";
import { actionNameSchema } from "../ids.ts";
import { escalationRuleSchema } from "../gate/escalation-rule.ts";
import { httpWorkerSchema } from "./http-tool.ts";
import { workerModeSchema } from "../worker-mode.ts";
import { storedCouncilSchema } from "../councils/council.ts";
import { storedPipelineSchema } from "../pipelines/stage.ts";
import { storedQuerySchema } from "../queries/query.ts";
import { storedActionSchema } from "./stored-action.ts";
import { trustSchema } from "./trust-keys.ts";
import { plainSchemes } from "../hooks/signature-schemes.ts";

/** A worker's name: 3 to 64 characters; it is the worker's address in every path. */
export const workerNameSchema = z
  .string()
  .regex(/^[a-z0-9][a-z0-9-]{1,62}[a-z0-9]$/, "must be 3 to 64 lower-case letters, digits and hyphens");

const fieldBoundsSchema = z.strictObject({
  minimum: z.number().optional(),
  maximum: z.number().optional(),
  min_length: z.int().nonnegative().optional(),
  max_length: z.int().nonnegative().optional(),
});

/** One declared input or output, as it stands after parsing: defaults filled in, aliases resolved. */
export const fieldSchema = z.strictObject({
  name: z.string().regex(/^[A-Za-z_][A-Za-z0-9_]*$/),
  kind: z.enum(["scalar", "file"]),
  type: z.string(),
  label: z.string(),
  required: z.boolean(),
  description: z.string().optional(),
  placeholder: z.string().optional(),
  default: z.json().optional(),
  options: z.array(z.json()).optional(),
  examples: z.array(z.json()).optional(),
  bounds: fieldBoundsSchema.optional(),
  format: z.string().optional(),
  media_type: z.string().optional(),
  path: z.string().optional(),
  accepts: z.array(z.string()).optional(),
  accept_csv: z.boolean().optional(),
  max_size_mb: z.number().positive().optional(),
  columns: z.array(z.string()).optional(),
  json_required_keys: z.array(z.string()).optional(),
});
export type Field = z.infer<typeof fieldSchema>;

/** What becomes of occurrences that came due while nobody could start them: none, the newest, or all of them. */
export const missedRuleSchema = z.enum(["skip", "once", "all"]);
export type MissedRule = z.infer<typeof missedRuleSchema>;

/** A trigger's name among those of its worker. */
export const triggerNameSchema = z
  .string()
  .regex(/^[a-z0-9](?:[a-z0-9-]{0,62}[a-z0-9])?$/, "must be 1 to 64 lower-case letters, digits and hyphens");

export const manifestTriggerSchema = z.strictObject({
  type: z.enum(["manual", "schedule", "webhook", "composio"]),
  name: triggerNameSchema.optional(),
  cron: z.string().optional(),
  timezone: z.string().optional(),
  missed: missedRuleSchema.optional(),
  action: actionNameSchema.optional(),
  inputs: z.record(z.string(), z.json()).optional(),
  webhook: z
    .strictObject({
      secret: z.boolean(),
      allowed_methods: z.array(z.string()),
      signature: z.enum(plainSchemes).optional(),
      reply: z.enum(["202", "wait"]).optional(),
    })
    .optional(),
  composio: z
    .strictObject({ event: z.string(), connection_id: z.string(), filters: z.record(z.string(), z.json()) })
    .optional(),
});
export type ManifestTrigger = z.infer<typeof manifestTriggerSchema>;

const runtimeSchema = z.enum(["python311", "node22", "bash", "skill", "none"]);

/** How a worker is executed, after parsing: entry, mode, command and runtime are all decided. */
const execSchema = z.strictObject({
  entry: z.string(),
  mode: workerModeSchema,
  command: z.string(),
  runtime: runtimeSchema,
  runner: z.string(),
  template_profile: z.string().optional(),
  disable_tools: z.array(z.string()),
  inputs: z.array(fieldSchema),
  outputs: z.array(fieldSchema),
  secrets: z.array(z.string()),
  resources: z.strictObject({ memory_mb: z.int(), cpu_count: z.int() }).partial().optional(),
  /** Whether a run may get the sandbox of an earlier one of the same version; absent: never. */
  reuse: z.literal("worker").optional(),
});

/** The parsed worker.yml (schema 0.3), complete: what the platform stores with a version and acts on. */
export const manifestSchema = z.strictObject({
  schema_version: z.literal("0.3"),
  name: workerNameSchema,
  title: z.string(),
  description: z.string(),
  long_description: z.string().optional(),
  use_cases: z.array(z.string()).optional(),
  example_input: z.record(z.string(), z.json()).optional(),
  example_output: z.string().optional(),
  how_it_works: z.string().optional(),
  is_example: z.boolean(),
  system_worker: z.boolean(),
  archived: z.boolean(),
  archive_reason: z.string().optional(),
  stage: z.string().optional(),
  /** Absent: the worker keeps what it has, a new one is the workspace's. */
  visibility: z.enum(["private", "workspace"]).optional(),
  paused: z.boolean(),
  folder: z.string().optional(),
  tags: z.array(z.string()),
  version: z.string(),
  authors: z.array(z.strictObject({ name: z.string(), email: z.string().optional() })),
  license: z.string().optional(),
  homepage: z.string().optional(),
  repository: z.string().optional(),
  targets: z.array(z.string()),
  model: z.string().optional(),
  system_prompt: z.string().optional(),
  csv_required_columns: z.array(z.string()).optional(),
  calls: z.array(z.string()),
  /** What a new version has to pass before it is activated. */
  deploy: z.strictObject({ gate: z.literal("evals").optional() }).optional(),
  transactional: z.boolean().optional(),
  limits: z.strictObject({
    timeout_seconds: z.int(),
    max_tool_iterations: z.int(),
    max_output_tokens: z.int(),
    max_total_tokens: z.int(),
    max_monthly_cost_usd: z.number().optional(),
  }),
  exec: execSchema,
  /** How far it is trusted; absent where worker.yml does not say. */
  runtime: trustSchema.optional(),
  /** The functions of the entry that can be called, read from their signatures; absent for a script and an agent. */
  actions: z.array(storedActionSchema).optional(),
  /** The requests of declared HTTP tools; absent for every other kind. */
  http: httpWorkerSchema.optional(),
  /** The stages of a pipeline; absent for every other kind. */
  pipeline: storedPipelineSchema.optional(),
  /** What a query worker asks; absent for every other kind. */
  query: storedQuerySchema.optional(),
  /** Who discusses, and how; absent for every other kind. */
  council: storedCouncilSchema.optional(),
  escalation_rules: z.array(escalationRuleSchema).optional(),
  triggers: z.array(manifestTriggerSchema),
  connections: z.array(z.record(z.string(), z.json())),
  contexts: z.array(z.record(z.string(), z.json())),
  memory: z.json().optional(),
  approvals: z.strictObject({
    required: z.boolean(),
    label: z.string(),
    expires_in_seconds: z.int().positive().optional(),
    on_expiry: z.enum(["reject", "approve"]).optional(),
    not_by_requester: z.boolean().optional(),
    approvers_needed: z.int().positive().optional(),
    decide_in_client: z.boolean().optional(),
  }),
  capabilities: z.strictObject({
    secrets: z.array(z.string()),
    files: z.array(z.string()),
    network: z.strictObject({
      egress: z.boolean(),
      allow_out: z.array(z.string()),
      deny_out: z.array(z.string()),
    }),
  }),
  retry: z
    .strictObject({
      max_attempts: z.int(),
      delay_seconds: z.number(),
      backoff: z.enum(["fixed", "exponential"]).optional(),
      on: z.array(z.string()),
      rules: z
        .record(
          z.string(),
          z.strictObject({
            max_attempts: z.int(),
            delay_seconds: z.number(),
            backoff: z.enum(["fixed", "exponential"]).optional(),
          }),
        )
        .optional(),
    })
    .optional(),
  notify: z.record(z.string(), z.json()).optional(),
  concurrency: z
    .strictObject({
      limit: z.int().positive(),
      key: z.string().optional(),
      on_conflict: z.enum(["queue", "skip", "cancel_previous"]),
      ttl_seconds: z.int().positive().optional(),
    })
    .optional(),
  /** What its tools are called by in place of its name. */
  mcp: z
    .strictObject({ name: z.string().optional(), actions: z.record(z.string(), z.string()).optional() })
    .optional(),
});
export type Manifest = z.infer<typeof manifestSchema>;

/** A finding of the manifest parser. Errors refuse a push; warnings are shown and the push goes on. */
export const manifestFindingSchema = z.object({
  severity: z.enum(["error", "warning"]),
  code: z.string().describe("A stable name of the rule, e.g. unknown_key, bad_cron."),
  pointer: z.string().describe("JSON Pointer into worker.yml."),
  file: z.string().optional().describe("The file it is about, where that is not worker.yml."),
  line: z.int().positive(),
  column: z.int().positive(),
  message: z.string().describe("What is wrong and why."),
  fix: z.string().describe("What to write instead."),
});
export type ManifestFinding = z.infer<typeof manifestFindingSchema>;
