import * as z from "zod";
import {
  actionNameSchema,
  approvalIdSchema,
  contextIdSchema,
  runIdSchema,
  versionIdSchema,
  workerIdSchema,
  workerNameSchema,
  workspaceIdSchema,
} from "#contract/ids";
import { fieldSchema, manifestSchema } from "#contract/manifest/manifest";
import { querySpecSchema } from "#contract/queries/query";
import { storedCouncilSchema } from "#contract/councils/council";
import { keptPlanSchema, keptStageSchema, storedPipelineSchema } from "#contract/pipelines/stage";
import { storedActionSchema } from "#contract/manifest/stored-action";
import { namedTemplateSchema } from "#contract/templates/template";
import { prioritySchema, triggerSourceSchema } from "#contract/runs/run";
import { defineDocument, storedValuesSchema } from "../../platform/objects/stored-document.ts";
import type { DocumentStep } from "../../platform/objects/stored-document.ts";
import { approvalRuleSchema } from "../lifecycle/hold-state.ts";
import { agentSpecSchema } from "./agent-spec.ts";
import { gateRulesSchema } from "./gate-rules.ts";
import { httpSpecSchema } from "./http-spec.ts";
import { wantedConnectionSchema } from "./wanted-connection.ts";
import { trustFactsSchema } from "./trust-facts.ts";
import { retryRuleSchema } from "../lifecycle/run-state.ts";

/** A file that a run finds in its work directory: which upload, and where the worker wants it. */
export const inputFileSchema = z.object({
  name: z.string(),
  sha256: z.string(),
  path: z.string(),
  /** The run that left the file, for one that is no upload. */
  run_id: runIdSchema.optional(),
});
export type InputFile = z.infer<typeof inputFileSchema>;

/** The runs above a run that another one called. */
const runLineageSchema = z.object({
  parent_run_id: runIdSchema,
  root_run_id: runIdSchema,
  /** 1 below the first caller. */
  depth: z.int(),
  /** Ids of the workers above, the first caller's first. */
  callers: z.array(workerIdSchema).readonly(),
  /** When the caller's time is over, epoch milliseconds. */
  deadline_at: z.number(),
  /** The attempt of the caller that sleeps until this run has ended; absent where none does. */
  waiting_attempt: z.int().optional(),
});
export type RunLineage = z.infer<typeof runLineageSchema>;

/** A context that a run is to find in its work directory. */
export const contextMountSchema = z.object({
  context_id: contextIdSchema,
  name: z.string(),
  writeable: z.boolean(),
  /** Patterns of the files that are mounted; none: all. */
  paths: z.array(z.string()).readonly(),
});
export type MountedByRun = z.infer<typeof contextMountSchema>;

const runSpecSchema = z.object({
  run_id: runIdSchema,
  workspace_id: workspaceIdSchema,
  worker_id: workerIdSchema,
  worker_name: workerNameSchema,
  worker_title: z.string(),
  version_id: versionIdSchema,
  version: z.int(),
  bundle_digest: z.string(),
  entry: z.string(),
  /** Which function of the entry it calls; null for a script. */
  action: actionNameSchema.nullable().default(null),
  /** What its types are, where the code forgets them as it starts: JavaScript's. Null for all others. */
  action_schema: storedActionSchema
    .pick({ input_schema: true, output_schema: true })
    .nullable()
    .default(null),
  /** What its function says that it returns, where `action_schema` does not; null for scripts and for one that says nothing. */
  output_schema: storedActionSchema.shape.output_schema.nullable().default(null),
  command: z.string(),
  runtime: z.string(),
  secrets: z.array(z.string()),
  outputs: z.array(fieldSchema),
  input_fields: z.array(fieldSchema),
  /** Checked and converted; a file input holds its path in the work directory. */
  inputs: storedValuesSchema,
  /** As they were given; what people see. */
  given_inputs: storedValuesSchema,
  input_files: z.array(inputFileSchema),
  /** Which contexts it mounts; which version of them is settled as an attempt begins. */
  contexts: z.array(contextMountSchema).optional(),
  network: z.object({ allow_out: z.array(z.string()), deny_out: z.array(z.string()) }),
  timeout_seconds: z.number(),
  install_timeout_seconds: z.number(),
  retry: retryRuleSchema.nullable().default(null),
  /** Whom the version wants to be told of the end. */
  notify: manifestSchema.shape.notify.nullable().default(null),
  priority: prioritySchema,
  /** How long it may wait for its turn. */
  queue_ttl_seconds: z.number(),
  /** How people are asked before it may act; null for a worker that acts at once. */
  approvals: approvalRuleSchema.nullable().default(null),
  /** Set by the platform on the follow-up of an approval: which one, and the run that asked. */
  approval: z.object({ id: approvalIdSchema, run_id: runIdSchema }).nullable().default(null),
  /** Token or trigger that asked for the run; a called run's is its caller's. */
  requester: z.string().nullable().default(null),
  /** Tokens of those whose the trigger is that asked: they may decide no more than it may. */
  co_requesters: z.array(z.string()).readonly().optional(),
  /** As the manifest says; a follow-up run is admitted by it. */
  concurrency: manifestSchema.shape.concurrency.nullable().default(null),
  trigger_source: triggerSourceSchema,
  trigger_ref: z.string().nullable(),
  /** Origin the runner posts to. */
  api_url: z.string(),
  created_at: z.number(),
  /** What came in from outside, for `event.json`; its text is null when it is one of the input files because of its size. */
  event: z.object({ text: z.string().nullable() }).nullable().default(null),
  /** Names of the workers it may call. */
  calls: z.array(z.string()).readonly().default([]),
  /** The run that it replays. */
  replay_of: runIdSchema.nullable().default(null),
  /** Nothing may leave the sandbox: no network but the edge, calls answered from the replayed run. */
  dry: z.boolean().default(false),
  /** What it writes to the store waits for its end, and is kept only if that is a good one. */
  transactional: z.boolean().default(false),
  /** What its sandbox costs a second, in dollars, by the prices of when it was accepted. */
  usd_per_second: z.number().default(0),
  /** The month's cap of its worker, as its version says; null for none. */
  max_monthly_cost_usd: z.number().nullable().default(null),
  /** Null when no run called this one. */
  lineage: runLineageSchema.nullable().default(null),
  /** What its sandbox is made of; null for what every sandbox is made of. */
  template: namedTemplateSchema.nullable().default(null),
  /** Whether it may have the sandbox of an earlier run of its version, and leave its own to a later one. */
  reuse: z.boolean().default(false),
  /** What an agent is: its model, limits and tools. Null for whatever is none. */
  agent: agentSpecSchema.nullable().default(null),
  /** Which declared HTTP tool it calls, and how. Null for whatever is none. */
  http: httpSpecSchema.nullable().default(null),
  /** The stages of a pipeline. Null for whatever is none. */
  pipeline: storedPipelineSchema.nullable().default(null),
  /** What a query worker is asked. Null for whatever is none. */
  query: querySpecSchema.nullable().default(null),
  /** Who discusses in a council. Null for whatever is none. */
  council: storedCouncilSchema.nullable().default(null),
  /** Stages that it takes over from the run that it replays. */
  kept_stages: z.array(keptStageSchema).default([]),
  /** The plan that it goes on with, from the same run. Null for none. */
  kept_plan: keptPlanSchema.nullable().default(null),
  /** The connections that it may call. */
  connections: z.array(wantedConnectionSchema).default([]),
  /** What the gate holds its calls to; null for a run that makes none. */
  gate: gateRulesSchema.nullable().default(null),
  /** How far it is trusted; null for a script that says nothing of it. */
  trust: trustFactsSchema.nullable().default(null),
});

/**
 * All that a run will ever need, frozen when it is accepted: nothing is looked up again, so that a new push, a deleted
 * worker or a changed setting cannot change a run that is on its way. Replay starts from it too.
 */
export type RunSpec = z.infer<typeof runSpecSchema>;

/** Version 1 told three cases of `event` apart by a member that was absent, null or a text. */
const nestEvent: DocumentStep = ({ event, ...rest }) => ({
  ...rest,
  event: event === undefined ? null : { text: event },
});

/** A spec as it waits in a queue and lies in a run's record. */
export const runSpecDocument = defineDocument("run spec", runSpecSchema, [nestEvent]);
