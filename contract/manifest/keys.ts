import * as z from "zod";
import { alertLimits } from "../alerts/limits.ts";
import { approvalLimits } from "../approvals/limits.ts";
import { runLimits } from "../runs/limits.ts";
import { workerNameSchema } from "./manifest.ts";
import { authoredContextSchema, authoredMemorySchema } from "./context-keys.ts";
import { authoredConnectionSchema } from "./connection-keys.ts";
import { authoredExecSchema, authoredTriggerSchema } from "./exec-keys.ts";
import { councilKeys } from "../councils/council-keys.ts";
import { httpKeys } from "./http-keys.ts";
import { pipelineKeys } from "./pipeline-keys.ts";
import { environmentName, flag, ipv4Network, text, texts } from "./key-kinds.ts";
import { mcpKeys } from "./mcp-keys.ts";
import { queryKeys } from "../queries/query-keys.ts";
import { trustKeys } from "./trust-keys.ts";

const authoredLimitsSchema = z.strictObject({
  timeout_seconds: z
    .int()
    .min(1)
    .max(runLimits.run_timeout_seconds.value)
    .optional()
    .meta({
      description: "How long a run may take.",
      rule: `Write whole seconds from 1 to ${runLimits.run_timeout_seconds.value}.`,
      default: runLimits.run_timeout_default_seconds.value,
    }),
  max_tool_iterations: z
    .int()
    .min(1)
    .optional()
    .meta({ description: "Turns of an agent.", rule: "Write a whole number from 1.", default: 12 }),
  max_output_tokens: z.int().min(1).max(1_000_000).optional().meta({
    description: "Tokens of one answer.",
    rule: "Write a whole number up to 1000000.",
    default: 1_000_000,
  }),
  max_total_tokens: z.int().min(1).max(2_000_000).optional().meta({
    description: "Tokens of one run.",
    rule: "Write a whole number up to 2000000.",
    default: 1_000_000,
  }),
  max_monthly_cost_usd: z
    .number()
    .min(0)
    .max(100_000)
    .optional()
    .meta({ description: "Dollars a month.", rule: "Write a number from 0 to 100000." }),
});

const authoredCapabilitiesSchema = z.strictObject({
  secrets: z
    .array(environmentName)
    .optional()
    .meta({ description: "Secrets the worker says it reads.", rule: "Write a list of names.", default: [] }),
  connections: z.array(authoredConnectionSchema).optional().meta({
    description: "Apps the worker says it uses; the same as in connections.",
    rule: "Write a list of connections, e.g. - app: gmail.",
    default: [],
  }),
  files: texts("Paths the worker says it reads."),
  network: z
    .strictObject({
      egress: flag("Whether the worker says it uses the internet."),
      allow_out: texts("Hosts it may reach."),
      deny_out: z
        .array(ipv4Network)
        .optional()
        .meta({ description: "Networks it may not reach.", rule: "Write a list of networks.", default: [] }),
    })
    .optional()
    .meta({ description: "Use of the network.", rule: "Write egress, allow_out and deny_out." }),
});

const retryKeys = {
  max_attempts: z
    .int()
    .min(1)
    .max(10)
    .optional()
    .meta({ description: "Attempts in all.", rule: "Write a whole number from 1 to 10.", default: 3 }),
  delay_seconds: z
    .number()
    .min(0)
    .max(3600)
    .optional()
    .meta({ description: "Wait before the next.", rule: "Write seconds from 0 to 3600.", default: 60 }),
  backoff: z.enum(["fixed", "exponential"]).optional().meta({
    description: "Always the same delay, or twice as long each time up to an hour.",
    rule: "Write fixed or exponential.",
    default: "exponential",
  }),
};

const identityKeys = {
  schema_version: z.literal("0.3").meta({
    description: "Version of this format.",
    rule: 'Write "0.3" in quotes.',
  }),
  name: workerNameSchema.meta({
    description: "The worker's address.",
    rule: "Use 3 to 64 lower-case letters, digits and hyphens, e.g. csv-enricher.",
    code: "bad_name",
  }),
  title: z
    .string()
    .min(1)
    .max(120)
    .meta({ description: "The name people see.", rule: "Write 1 to 120 characters." }),
  description: z.string().max(500).optional().meta({
    description: "What it does, in a sentence.",
    rule: "Write at most 500 characters.",
    default: "the title",
  }),
  version: z
    .string()
    .regex(/^\d+\.\d+\.\d+(-[a-zA-Z0-9.-]+)?$/)
    .meta({
      description: "The author's version; the platform numbers pushes by itself.",
      rule: "Write three numbers, e.g. 0.1.0.",
      code: "bad_semver",
    }),
  long_description: z
    .string()
    .max(2000)
    .optional()
    .meta({ description: "More about it, as Markdown.", rule: "Write at most 2000 characters." }),
  use_cases: z
    .array(z.string().min(1))
    .max(5)
    .optional()
    .meta({ description: "What people use it for: 3 to 5 texts.", rule: "Write 3 to 5 texts." }),
  example_input: z
    .record(z.string(), z.json())
    .optional()
    .meta({ description: "Inputs to try it with.", rule: "Write a mapping of input names and values." }),
  example_output: text("What comes out, as Markdown."),
  how_it_works: text("How it does it, as Markdown."),
  stage: text("A label such as draft or live."),
  visibility: z.enum(["private", "workspace"]).optional().meta({
    description:
      "Who sees it: its maker, those it is granted to and admins, or the whole workspace. Without it a worker keeps what it has, and a new one is the workspace's.",
    rule: "Write private or workspace.",
  }),
  folder: z.string().min(1).max(64).optional().meta({
    description: "Group in the list of workers.",
    rule: "Write a relative path of at most 64 characters.",
  }),
  tags: z
    .array(
      z
        .string()
        .regex(/^[^/]+$/)
        .meta({ rule: "Write a text without a slash.", code: "bad_tag" }),
    )
    .max(8)
    .optional()
    .meta({ description: "Labels.", rule: "Write at most 8 texts.", default: [] }),
  authors: z
    .array(
      z.strictObject({
        name: z.string().min(1).meta({ description: "Name.", rule: "Write a name." }),
        email: z
          .string()
          .regex(/^[^\s@]+@[^\s@]+$/)
          .optional()
          .meta({ description: "Address.", rule: "Write an e-mail address.", code: "bad_email" }),
      }),
    )
    .optional()
    .meta({ description: "Who wrote it.", rule: "Write a list of name and email.", default: [] }),
  license: text("Licence, e.g. MIT."),
  homepage: text("Address of a page about it."),
  repository: text("Address of its source."),
  targets: z
    .array(z.string())
    .optional()
    .meta({ description: "For information.", rule: "Write a list of texts.", default: ["generic"] }),
  is_example: flag("Marks an example."),
  system_worker: flag("Hides it from lists."),
  archived: flag("Starts archived: hidden, refuses runs."),
  archive_reason: text("Why it is archived."),
  paused: flag("Starts paused: refuses runs."),
};

/**
 * worker.yml as authors write it (schema 0.3): the one table of its keys. Parser, suggestions, JSON Schema and reference
 * page are derived from it. Lifted, renamed and legacy keys are moved here before; relations: registry/manifest/rules-*.
 */
export const authoredManifestSchema = z.strictObject({
  ...identityKeys,
  ...trustKeys,
  exec: authoredExecSchema.meta({
    description: "What runs, with what.",
    rule: "Write entry, inputs and outputs.",
  }),
  trigger: authoredTriggerSchema.optional().meta({
    description: "The one trigger; the same as a list of one in triggers.",
    rule: "Write a trigger.",
  }),
  triggers: z
    .array(authoredTriggerSchema)
    .optional()
    .meta({
      description: "What starts runs.",
      rule: "Write a list of triggers.",
      default: [{ type: "manual" }],
    }),
  limits: authoredLimitsSchema.optional().meta({ description: "Bounds of a run.", rule: "Write a mapping." }),
  model: text("Model of an agent, e.g. anthropic/claude-sonnet-4-6."),
  system_prompt: text("Comes before the agent's instructions."),
  ...httpKeys,
  ...pipelineKeys,
  ...queryKeys,
  ...councilKeys,
  connections: z.array(authoredConnectionSchema).optional().meta({
    description:
      "Apps and MCP servers it uses; each item has exactly one of app, composio, mcp, browser_session.",
    rule: "Write a list of connections, e.g. - app: gmail.",
    default: [],
  }),
  contexts: z
    .array(authoredContextSchema)
    .optional()
    .meta({ description: "Bundles of files to mount.", rule: "Write a list of names.", default: [] }),
  memory: authoredMemorySchema.optional().meta({
    description:
      "Whether an agent remembers what it has learned, and what the folder of that is called; no when left out.",
    rule: "Write true, false, the name of its folder, or a mapping, e.g. memory: true.",
  }),
  calls: z
    .array(z.string())
    .optional()
    .meta({ description: "Workers it may call.", rule: "Write a list of worker names.", default: [] }),
  transactional: flag("What it writes to the store is kept only if the run succeeds."),
  deploy: z
    .strictObject({
      gate: z.enum(["evals"]).optional().meta({
        description: "What a new version has to pass before it is activated; nothing when left out.",
        rule: "Write evals.",
      }),
    })
    .optional()
    .meta({ description: "How new versions come to be active.", rule: "Write a mapping, e.g. gate: evals." }),
  csv_required_columns: texts("Columns the CSV mapper asks for."),
  approvals: z
    .strictObject({
      required: flag("A person must approve before side effects."),
      label: text("What is approved.", "Write text, e.g. Send the e-mail."),
      expires_in_seconds: z
        .int()
        .min(1)
        .max(approvalLimits.approval_most_seconds.value)
        .optional()
        .meta({
          description: "How long it waits for a decision.",
          rule: `Write whole seconds from 1 to ${approvalLimits.approval_most_seconds.value}.`,
          default: approvalLimits.approval_seconds.value,
        }),
      on_expiry: z.enum(["reject", "approve"]).optional().meta({
        description: "What becomes of it when nobody decides in time.",
        rule: "Write reject or approve.",
        default: "reject",
      }),
      not_by_requester: flag("Who started the run, or made the trigger that did, may not approve it."),
      approvers_needed: z.int().min(1).max(10).optional().meta({
        description: "How many different people must approve; one rejection is enough.",
        rule: "Write a whole number from 1 to 10.",
        default: 1,
      }),
      decide_in_client: flag("A client of MCP may say its person's decision: for low risk."),
    })
    .optional()
    .meta({
      description: "Human approval before side effects.",
      rule: "Write required, and if need be label, expires_in_seconds, on_expiry, not_by_requester, approvers_needed, decide_in_client.",
    }),
  capabilities: authoredCapabilitiesSchema.optional().meta({
    description: "What the worker says it needs.",
    rule: "Write secrets, connections, files and network.",
  }),
  retry: z
    .strictObject({
      ...retryKeys,
      on: z
        .union([
          z.array(z.string().min(1)).min(1),
          z.record(z.string().min(1), z.strictObject(retryKeys)).refine((map) => Object.keys(map).length > 0),
        ])
        .optional()
        .meta({
          description:
            "Error codes to retry, or all; as a mapping, each code may have its own max_attempts, delay_seconds and backoff.",
          rule: "Write a list of codes, or a mapping of code and rule.",
          default: ["all"],
        }),
    })
    .optional()
    .meta({
      description: "Start again after a failure.",
      rule: "Write max_attempts, delay_seconds, backoff and on.",
    }),
  notify: z
    .strictObject({
      url: text("Address to post to."),
      email_to: z
        .array(z.email())
        .max(alertLimits.alert_email_items.value)
        .optional()
        .meta({
          description: "Addresses to write to.",
          rule: `Write a list of at most ${alertLimits.alert_email_items.value} plain mail addresses, e.g. ada@example.com.`,
          default: [],
        }),
      on: z
        .array(z.enum(["failed", "completed"]))
        .optional()
        .meta({ description: "When.", rule: "Write failed or completed.", default: ["failed"] }),
      secret: text("Name of the secret that signs the post."),
      email_subject: text("Subject; {worker_name} and {status} are filled in."),
    })
    .optional()
    .meta({ description: "Tell somebody how a run ended.", rule: "Write a mapping." }),
  concurrency: z
    .strictObject({
      limit: z
        .int()
        .min(1)
        .max(1000)
        .meta({ description: "Runs at the same time.", rule: "Write a whole number from 1." }),
      key: text(
        "Groups runs; each group has its own limit. The name of an input, or a text with ${inputs.<name>} in it.",
        "Write the name of an input, or e.g. ${inputs.customer}-${inputs.region}.",
      ),
      on_conflict: z.enum(["queue", "skip", "cancel_previous"]).optional().meta({
        description: "What happens over the limit.",
        rule: "Write queue, skip or cancel_previous.",
        default: "queue",
      }),
      ttl_seconds: z
        .int()
        .min(1)
        .max(runLimits.queue_seconds.value)
        .optional()
        .meta({
          description: "How long a run may wait for its turn.",
          rule: `Write whole seconds from 1 to ${runLimits.queue_seconds.value}.`,
          default: runLimits.queue_seconds.value,
        }),
    })
    .optional()
    .meta({ description: "Runs at the same time.", rule: "Write limit and on_conflict." }),
  ...mcpKeys,
});
export type AuthoredManifest = z.infer<typeof authoredManifestSchema>;
