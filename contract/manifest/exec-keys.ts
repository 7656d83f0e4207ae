import * as z from "zod";
import { actionNameSchema } from "../ids.ts";
import { plainSchemes } from "../hooks/signature-schemes.ts";
import { workerModeSchema } from "../worker-mode.ts";
import { environmentName, flag, text, texts } from "./key-kinds.ts";

const authoredBoundsSchema = z.strictObject({
  minimum: z.number().optional().meta({ description: "Smallest number.", rule: "Write a number." }),
  maximum: z.number().optional().meta({ description: "Largest number.", rule: "Write a number." }),
  min_length: z
    .int()
    .nonnegative()
    .optional()
    .meta({ description: "Fewest characters, or items of an array.", rule: "Write a whole number from 0." }),
  max_length: z
    .int()
    .nonnegative()
    .optional()
    .meta({ description: "Most characters, or items of an array.", rule: "Write a whole number from 0." }),
});

/** One input or output as authors write it. */
const authoredFieldSchema = z.strictObject({
  name: z
    .string()
    .regex(/^[A-Za-z_][A-Za-z0-9_]*$/)
    .meta({
      description: "The field's name in inputs.json and in the API.",
      rule: "Begin with a letter or underscore; then letters, digits and underscores.",
      code: "bad_field_name",
    }),
  kind: z
    .enum(["scalar", "file"])
    .optional()
    .meta({ description: "A value, or a file.", rule: "Write scalar or file.", default: "scalar" }),
  type: text(
    "What a scalar holds: string, text, number, integer, boolean, select, url, email, date, datetime, json, object, array.",
    "Write the name of a type, e.g. string.",
  ),
  label: text("The name people see.", "Write text; by default it is made from the name."),
  description: text("Help below the field."),
  placeholder: text("Grey text in the empty field."),
  required: flag("Whether a run needs a value (an output: whether a run must produce it)."),
  default: z.json().optional().meta({ description: "The value when none is given.", rule: "Write a value." }),
  options: z
    .array(z.json())
    .optional()
    .meta({ description: "The only values there are; makes a select.", rule: "Write a list of values." }),
  enum: z
    .array(z.json())
    .optional()
    .meta({ description: "The same as options.", rule: "Write a list of values." }),
  examples: z
    .array(z.json())
    .optional()
    .meta({ description: "Values to show as examples.", rule: "Write a list of values." }),
  bounds: authoredBoundsSchema
    .optional()
    .meta({ description: "Limits of the value.", rule: "Write minimum, maximum, min_length, max_length." }),
  format: text(
    "A further rule for text: email, url, uuid, date, date-time, time, hostname, ipv4, ipv6, slug.",
  ),
  media_type: text("Media type of a file, e.g. text/csv.", "Write a media type such as text/csv."),
  path: text(
    "Where the file is put or expected, relative to the work directory.",
    "Write a relative path such as out/report.csv.",
  ),
  accepts: texts("Media types or extensions a file input takes, e.g. text/csv or .csv."),
  accept_csv: flag("Show the CSV column mapper for this file."),
  max_size_mb: z
    .number()
    .positive()
    .optional()
    .meta({ description: "Largest file, in MiB.", rule: "Write a number above 0." }),
  columns: texts("Headers a CSV file must have."),
  json_required_keys: texts("Keys a JSON file must have at its top."),
});
export type AuthoredField = z.infer<typeof authoredFieldSchema>;

/** What starts a run, as authors write it. */
export const authoredTriggerSchema = z.strictObject({
  type: z.enum(["manual", "schedule", "webhook", "composio"]).optional().meta({
    description: "What starts a run.",
    rule: "Write manual, schedule, webhook or composio.",
    default: "manual",
  }),
  name: z
    .string()
    .regex(/^[a-z0-9](?:[a-z0-9-]{0,62}[a-z0-9])?$/)
    .optional()
    .meta({
      description: "Its name among the worker's triggers; schedule-1, webhook-1 and so on when left out.",
      rule: "Use 1 to 64 lower-case letters, digits and hyphens.",
    }),
  cron: text("When, as five cron fields.", 'Write five fields in quotes, e.g. "0 9 * * 1-5".'),
  timezone: text(
    "IANA time zone of the cron fields; UTC when left out.",
    "Write a zone such as Europe/Berlin.",
  ),
  missed: z.enum(["skip", "once", "all"]).optional().meta({
    description:
      "What becomes of times that passed while nothing could start: skip, once (the newest) or all.",
    rule: "Write skip, once or all.",
    default: "once",
  }),
  action: actionNameSchema.optional().meta({
    description: "Which of the worker's actions it starts; may be left out where there is one.",
    rule: "Write the name of one of the functions.",
  }),
  inputs: z.record(z.string(), z.json()).optional().meta({
    description: "Inputs of the runs it starts; defaults fill in the rest.",
    rule: "Write a mapping of input names and values.",
    default: {},
  }),
  webhook: z
    .strictObject({
      secret: z
        .boolean()
        .optional()
        .meta({ description: "Demand a signature.", rule: "Write true.", default: true }),
      allowed_methods: z
        .array(z.enum(["POST", "PUT"]))
        .optional()
        .meta({ description: "HTTP methods.", rule: "Write [POST].", default: ["POST"] }),
      signature: z
        .enum(plainSchemes)
        .optional()
        .meta({
          description: "How the sender signs: Standard Webhooks, or the scheme of one it knows.",
          rule: `Write ${plainSchemes.join(", ")}.`,
          default: "standard",
        }),
      reply: z.enum(["202", "wait"]).optional().meta({
        description: "Answer at once, or wait for the run and answer its outputs.",
        rule: 'Write "202" or wait.',
        default: "202",
      }),
    })
    .optional()
    .meta({ description: "Settings of a webhook trigger.", rule: "Write secret and allowed_methods." }),
  composio: z
    .strictObject({
      event: z
        .string()
        .min(1)
        .meta({ description: "Event, e.g. gmail.new_message.", rule: "Write an event name." }),
      connection_id: z
        .string()
        .min(1)
        .meta({ description: "Connection, e.g. ca_...", rule: "Write a connection id." }),
      filters: z
        .record(z.string(), z.json())
        .optional()
        .meta({ description: "Values the event must have.", rule: "Write a mapping.", default: {} }),
    })
    .optional()
    .meta({ description: "Settings of an app-event trigger.", rule: "Write event and connection_id." }),
});
export type AuthoredTrigger = z.infer<typeof authoredTriggerSchema>;

/** The key exec: what runs, with what inputs and outputs. */
export const authoredExecSchema = z.strictObject({
  entry: text(
    "The file that runs: .py, .js, .mjs or .sh (a script) or .md (an agent).",
    "Write the path of the script or of SKILL.md.",
  ),
  mode: workerModeSchema.optional().meta({
    description:
      "Decided by the entry; functions: the typed functions of a .py, .js or .mjs entry are its actions; http: the tools of exposes are; pipeline: its stages are what runs; query: the actions of query are; council: its members discuss.",
    rule: "Leave it out, or write functions for a .py, .js or .mjs file of typed functions, http for declared HTTP tools, pipeline for stages, query for a table that is asked, or council for members that discuss.",
  }),
  command: z.string().regex(/\S/).optional().meta({
    description: "Command of a script.",
    rule: "Write a command such as python run.py.",
    code: "blank",
  }),
  runtime: z.enum(["python311", "node22", "bash", "skill", "none"]).optional().meta({
    description: "What the entry needs; made from its ending when left out.",
    rule: "Write python311, node22, bash, skill or none.",
  }),
  runner: z
    .string()
    .regex(/^(e2b|self-hosted(:[A-Za-z0-9._-]+)?)$/)
    .optional()
    .meta({ description: "Where it runs.", rule: "Write e2b.", code: "bad_runner", default: "e2b" }),
  template_profile: z
    .string()
    .regex(/^[A-Za-z0-9][A-Za-z0-9_-]*$/)
    .optional()
    .meta({
      description: "Name of one of the workspace's sandbox templates; instead of template.yml in the folder.",
      rule: "Use letters, digits, underscores and hyphens.",
      code: "bad_template_profile",
    }),
  disable_tools: texts("Tools an agent may not use, by name."),
  inputs: z
    .array(authoredFieldSchema)
    .optional()
    .meta({ description: "What a run takes.", rule: "Write a list of fields.", default: [] }),
  outputs: z
    .array(authoredFieldSchema)
    .optional()
    .meta({ description: "What a run gives.", rule: "Write a list of fields.", default: [] }),
  secrets: z.array(environmentName).optional().meta({
    description: "Secrets handed over as environment variables.",
    rule: "Write a list of names.",
    default: [],
  }),
  resources: z
    .strictObject({
      memory_mb: z
        .int()
        .min(128)
        .max(8192)
        .optional()
        .meta({ description: "Memory in MiB.", rule: "Write a whole number from 128 to 8192." }),
      cpu_count: z
        .int()
        .min(1)
        .max(8)
        .optional()
        .meta({ description: "Processors.", rule: "Write a whole number from 1 to 8." }),
    })
    .optional()
    .meta({ description: "Size of the sandbox.", rule: "Write memory_mb and cpu_count." }),
  reuse: z.enum(["worker"]).optional().meta({
    description:
      "worker: a run may get the sandbox of an earlier run of the same version, with what that left outside of its work directory.",
    rule: "Write worker, or leave it out: then every run has a sandbox of its own.",
  }),
});
export type AuthoredExec = z.infer<typeof authoredExecSchema>;
