import * as z from "zod";
import { pinsSchema } from "./pins.ts";
import { partialTellingShape } from "../runs/partial.ts";
import { stageViewSchema } from "../pipelines/stage.ts";
import { agentPartOptions } from "../agents/agent-part.ts";

/**
 * What the edge and the runner (the program inside the sandbox) say to each other.
 * The runner keeps an append-only journal file, one JSON document a line, and posts it by byte offset; a repeated or
 * overlapping post is harmless because the edge takes only the bytes it does not have yet.
 */
const at = z.int().nonnegative().describe("Epoch milliseconds by the sandbox's clock.");

/** What a file holds, as the name it is kept under. */
export const sha256Schema = z.string().regex(/^[0-9a-f]{64}$/);

export const runPhaseSchema = z.enum(["unpack", "install", "run", "collect"]);

/** The last entry of a journal: how the attempt ended, as the runner saw it. */
export const runnerResultSchema = z.object({
  type: z.literal("result"),
  at,
  outcome: z.enum(["success", "failure"]),
  // The journal lies in the script's reach: a code that the runner would not have written is none.
  error_code: z
    .string()
    .regex(/^[A-Za-z0-9_.-]{1,64}$/)
    .nullable()
    .catch(null)
    .describe("A code of run-failure.ts, or the script's own, when outcome is failure."),
  error: z.string().nullable().describe("A sentence for people."),
  error_raw: z.string().nullable().describe("The end of stderr, at most 4 KiB."),
  exit_code: z.int().nullable(),
  outputs: z
    .record(z.string(), z.json())
    .nullable()
    .describe("Null when they were uploaded as the file result.json."),
  outputs_sha256: sha256Schema.optional().describe("Of that file, when outputs is null."),
  decision_required: z.json().optional(),
  await_external: z.json().optional(),
  usage: z.object({
    wall_ms: z.int(),
    cpu_ms: z.int(),
    max_memory_bytes: z.int(),
    log_bytes: z.int(),
    model_usd: z
      .number()
      .nonnegative()
      .optional()
      .describe("What models have asked, in dollars; the edge alone says it, of what it carries out itself."),
    model_tokens: z
      .int()
      .nonnegative()
      .optional()
      .describe("Tokens that models read and wrote, as said of those dollars."),
  }),
});
export type RunnerResult = z.infer<typeof runnerResultSchema>;

export const journalEntrySchema = z.discriminatedUnion("type", [
  z.object({ type: z.literal("phase"), at, phase: runPhaseSchema, detail: z.string().optional() }),
  z.object({
    type: z.literal("log"),
    at,
    stream: z.enum(["stdout", "stderr", "system"]),
    level: z.enum(["debug", "info", "warning", "error", "critical"]),
    text: z.string().describe("One or more whole lines joined by \\n, without the last \\n."),
  }),
  z.object({
    type: z.literal("progress"),
    at,
    percent: z.number().nullable(),
    message: z.string().nullable(),
  }),
  z.object({ type: z.literal("partial"), at, ...partialTellingShape }),
  // The edge alone tells them, of an agent that it carries out itself.
  ...agentPartOptions({ at }),
  // The edge alone tells them as well, of a pipeline: all stages as they are then.
  z.object({ type: z.literal("stages"), at, stages: z.array(stageViewSchema) }),
  z.object({
    type: z.literal("file"),
    at,
    kind: z.enum(["output", "artifact"]),
    name: z.string(),
    path: z.string(),
    media_type: z.string(),
    size_bytes: z.int().nonnegative(),
    sha256: z.string(),
    pins: pinsSchema.describe("Of a build's archive: the packages in it, as name==version."),
  }),
  z.object({
    type: z.literal("context_file"),
    at,
    context: z.string(),
    path: z.string().describe("Relative to the context."),
    size_bytes: z.int().nonnegative(),
    sha256: z.string(),
  }),
  runnerResultSchema,
]);
export type JournalEntry = z.infer<typeof journalEntrySchema>;

export const journalPostQuerySchema = z.object({
  attempt: z.coerce.number().int().positive(),
  offset: z.coerce.number().int().nonnegative().describe("Where the body starts in the journal, in bytes."),
});

/** What the edge answers to a post. The runner goes on from `next_offset`, whatever it had sent. */
export const journalAnswerSchema = z.object({
  next_offset: z.int().nonnegative(),
  flush_ms: z
    .int()
    .positive()
    .describe("Post again after this long at the latest when there is something new."),
  heartbeat_ms: z.int().positive().describe("Post, if need be an empty body, at least this often."),
  stop: z.boolean().describe("The run has ended here: kill the script and exit."),
  stop_proof: z
    .string()
    .optional()
    .describe(
      "With stop: HMAC-SHA256 in hex, keyed by the run token, of `stop:<run id>:<attempt>`. Without it nobody stops.",
    ),
});
export type JournalAnswer = z.infer<typeof journalAnswerSchema>;

export const runFileQuerySchema = z.object({
  attempt: z.coerce.number().int().positive(),
  path: z
    .string()
    .min(1)
    .max(512)
    .describe("Relative to the work directory; result.json for outputs too large for the journal."),
  sha256: sha256Schema.describe("Of the body. Content that has another one is refused."),
  media_type: z.string().max(128).optional(),
});

/** Field the runner needs of a declared input or output file. */
const runnerFileSchema = z.object({
  name: z.string(),
  path: z.string(),
  media_type: z.string(),
  required: z.boolean(),
  columns: z.array(z.string()).optional().describe("Headers that a CSV file must have."),
  json_required_keys: z.array(z.string()).optional().describe("Keys that a JSON file must have at its top."),
});

const logLimitsSchema = z.object({
  log_bytes: z.int(),
  log_tail_bytes: z.int(),
  log_line_bytes: z.int(),
  journal_post_bytes: z.int(),
});

/** `/home/user/.floom/run.json`: all that the runner needs to know. Written by the edge, read once. */
export const runnerConfigSchema = z.object({
  run_id: z.string(),
  worker: z.string(),
  attempt: z.int().positive(),
  api_url: z.string().describe("Origin of the edge, e.g. http://127.0.0.1:8787; routes are below /api."),
  run_token: z.string(),
  bundle_path: z.string(),
  work_dir: z.string(),
  entry: z.string(),
  command: z.string(),
  runtime: z.string(),
  inputs: z.record(z.string(), z.json()),
  input_files: z
    .array(z.object({ source: z.string(), path: z.string() }))
    .describe("Uploaded files: from source (absolute) to path (in the work directory)."),
  contexts: z
    .array(z.object({ name: z.string(), archive: z.string(), writeable: z.boolean() }))
    .optional()
    .describe(
      "Zips to be unpacked below context/; what is changed in a writeable one is handed over at the end.",
    ),
  event: z.string().optional().describe("What becomes event.json: the webhook that started the run."),
  dependencies: z
    .object({ path: z.string(), sha256: z.string() })
    .optional()
    .describe(
      "The version's dependencies as they were built apart; absent: whatever is missing is installed here.",
    ),
  output_files: z.array(runnerFileSchema),
  output_scalars: z.array(z.object({ name: z.string(), required: z.boolean(), type: z.string().optional() })),
  secrets: z.record(z.string(), z.string()),
  connections: z
    .record(z.string(), z.string())
    .optional()
    .describe("What becomes connections.json: ids of the declared connections by name."),
  environment: z.record(z.string(), z.string()),
  timeout_seconds: z.number().positive(),
  install_timeout_seconds: z.number().positive(),
  use: z
    .int()
    .min(2)
    .optional()
    .describe("Which run of its version it is in this sandbox; absent: the first, or the only one."),
  reuse: z.literal(true).optional().describe("Another run may follow in this sandbox."),
  give_up_at: z.int().describe("Epoch milliseconds after which nobody waits for the runner any more."),
  flush_ms: z.int().positive(),
  limits: logLimitsSchema.extend({
    result_bytes: z.int(),
    inline_outputs_bytes: z.int(),
    artifact_bytes: z.int(),
    artifacts_per_run: z.int(),
    context_written_files: z.int().optional(),
    context_file_bytes: z.int().optional(),
  }),
});
export type RunnerConfig = z.infer<typeof runnerConfigSchema>;

/**
 * `/home/user/.floom/run.json` of a sandbox that builds a version's dependencies and does nothing else: it is told of no
 * run, no input, no secret, no token and no edge. Its journal ends with a `file` that is the archive, if there is one
 * to keep, and a `result`.
 */
export const buildConfigSchema = z.object({
  mode: z.literal("build"),
  attempt: z.literal(1),
  bundle_path: z.string(),
  work_dir: z.string(),
  archive_path: z.string(),
  pins: z
    .array(z.string())
    .optional()
    .describe("What an earlier build of the same version installed: these versions and no others."),
  install_timeout_seconds: z.number().positive(),
  limits: logLimitsSchema.extend({ dependencies_bytes: z.int() }),
});
export type BuildConfig = z.infer<typeof buildConfigSchema>;

/**
 * Where a sandbox may bring the runner along, unpacked, in a folder named for the archive's SHA-256: a template does, and
 * the local sandbox server. `--wait` in the place of `--go` starts one that waits for its orders.
 */
export const runnerProgram = { dir: "/opt/agent/start", digest_chars: 16 } as const;

/** Where things lie inside a sandbox. */
export const sandboxPaths = {
  control_dir: "/home/user/.floom",
  runner: "/home/user/.floom/runner.pyz",
  config: "/home/user/.floom/run.json",
  journal: "/home/user/.floom/journal.ndjson",
  bundle: "/home/user/.floom/bundle.zip",
  uploads: "/home/user/.floom/uploads",
  contexts: "/home/user/.floom/contexts",
  dependencies: "/home/user/.floom/dependencies.tar.gz",
  work_dir: "/home/user/worker",
} as const;

/**
 * Where things lie for the nth run in a sandbox. What the edge puts there and what the runner writes has a folder of its own
 * for each, so that what is late of one run never lands in the next one's: a runner that begins takes the newest. The work
 * directory and the runner are the same for all.
 */
export function sandboxPathsOf(use: number): Record<keyof typeof sandboxPaths, string> {
  if (use === 1) return sandboxPaths;
  const { control_dir: base } = sandboxPaths;
  const control = `${base}/use-${use}`;
  const place = (path: string) => path.replace(base, control);
  return {
    ...sandboxPaths,
    control_dir: control,
    config: place(sandboxPaths.config),
    journal: place(sandboxPaths.journal),
    bundle: place(sandboxPaths.bundle),
    uploads: place(sandboxPaths.uploads),
    contexts: place(sandboxPaths.contexts),
    dependencies: place(sandboxPaths.dependencies),
  };
}
