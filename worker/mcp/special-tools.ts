import * as z from "zod";
import type { Approval } from "#contract/approvals/approval";
import { parseJson } from "#contract/json";
import type { Json } from "#contract/json";
import { routes } from "#contract/routes";
import { prioritySchema } from "#contract/runs/run";
import { mayDecideAsPerson } from "../access/policy.ts";
import { IDEMPOTENCY_KEY } from "../http/idempotency.ts";
import type { McpCaller } from "./caller.ts";
import { readBundle } from "./read-bundle.ts";
import { showRun } from "./show-files.ts";
import { startRun } from "./start-run.ts";
import { refuse, refuseArguments, tell } from "./tool-result.ts";
import type { ToolResult } from "./tool-result.ts";
import type { ToolAnswer, ToolCall } from "./tool-source.ts";
import { LONGEST_WAIT_SECONDS, waitForRun } from "./wait-for-run.ts";

/** A tool that is more than one request with its arguments at their places. */
export interface SpecialTool {
  args: z.ZodObject;
  /** Refuses arguments that are none of `args`. */
  call: (caller: McpCaller, call: ToolCall) => Promise<ToolAnswer>;
}

function special<Args extends z.ZodObject>(
  args: Args,
  act: (caller: McpCaller, args: z.output<Args>, call: ToolCall) => Promise<ToolAnswer>,
): SpecialTool {
  return {
    args,
    call: async (caller, call) => {
      const given = args.safeParse(call.args);
      return given.success ? act(caller, given.data, call) : refuseArguments(given.error);
    },
  };
}

const worker = z.string().describe("The worker's name.");
const run = z.string().describe("The run's id (run_...).");
const storeOf = z.string().optional().describe("Whose store; the workspace's when left out.");
const inputs = z.record(z.string(), z.json()).describe("By name; worker_get says which.");
const verbose = z.boolean().default(false).describe("Give everything, however long.");

/** By the names of their tools. */
export const specialTools: Readonly<Record<string, SpecialTool>> = {
  worker_files: special(
    z.strictObject({
      worker,
      path: z.string().optional().describe("Which file to read; all are listed when left out."),
      version: z.string().optional().describe("Of which version; the active one when left out."),
    }),
    readFiles,
  ),
  run_start: special(
    z.strictObject({
      worker,
      action: z.string().optional().describe("Which function, where the worker has several."),
      inputs: inputs.default({}),
      wait: z.number().min(0).max(LONGEST_WAIT_SECONDS).default(25).describe("Seconds to wait for the end."),
      priority: prioritySchema.optional(),
      idempotency_key: z
        .string()
        .min(1)
        .max(200)
        .regex(IDEMPOTENCY_KEY, "Write printable characters without spaces.")
        .optional()
        .describe("The same key again starts nothing twice."),
      verbose,
    }),
    (caller, { idempotency_key: key, ...args }, call) =>
      startRun(caller, { ...args, key: key ?? call.idempotencyKey }, call),
  ),
  run_wait: special(
    z.strictObject({
      run,
      seconds: z.number().min(0).max(LONGEST_WAIT_SECONDS).default(25).describe("How long at most."),
      verbose,
    }),
    async (caller, args, { progress, signal }) =>
      showRun(
        caller,
        await waitForRun(caller, args.run, { seconds: args.seconds, progress, signal }),
        args.verbose,
      ),
  ),
  store_get: special(z.strictObject({ worker: storeOf, key: z.string() }), async (caller, query) => {
    const answer = await caller.api.open(routes.getStoreValue, { query });
    const of = new URLSearchParams({
      ...(query.worker === undefined ? {} : { worker: query.worker }),
      key: query.key,
    });
    const rest = `The whole is at ${caller.publicUrl}/api/store/entry?${of.toString()} for whoever shows a token there.`;
    return tell({ key: query.key, value: readValue(await answer.text()) }, { verbose: true, rest });
  }),
  store_set: special(
    z.strictObject({
      worker: storeOf,
      key: z.string(),
      value: z.json().describe("Any JSON."),
      ttl_seconds: z
        .number()
        .int()
        .positive()
        .optional()
        .describe("How long it is kept; for ever when left out."),
    }),
    async (caller, { value, ...query }) => {
      const headers = { "content-type": "application/json" };
      return tell(
        await caller.api.call(routes.setStoreValue, { query, headers, body: JSON.stringify(value) }),
      );
    },
  ),
  schedule_set: special(
    z.strictObject({
      worker,
      trigger: z.string().optional().describe("The schedule to change; a new one is made when left out."),
      cron: z.string().describe("Five fields, e.g. `0 9 * * 1` for Mondays at nine."),
      timezone: z.string().optional().describe("An IANA name, e.g. Europe/Berlin; UTC when left out."),
      action: z.string().optional(),
      inputs: inputs.optional(),
      name: z.string().optional().describe("What the schedule is called."),
    }),
    setSchedule,
  ),
  schedule_list: special(z.strictObject({ worker: worker.optional() }), async (caller, args) =>
    tell(
      args.worker === undefined
        ? await caller.api.call(routes.listTriggers)
        : await caller.api.call(routes.listWorkerTriggers, { params: { worker: args.worker } }),
    ),
  ),
  approval_decide: special(
    z.strictObject({
      approval: z.string().describe("The approval's id (apr_...)."),
      decision: z.enum(["approve", "reject"]),
      reason: z.string().optional().describe("Why; it reaches the worker and the record."),
      edited_output: z
        .record(z.string(), z.json())
        .optional()
        .describe("What is to be done instead of what was proposed."),
    }),
    decide,
  ),
};

function readValue(text: string): Json {
  try {
    return parseJson(text);
  } catch {
    return text;
  }
}

async function readFiles(
  caller: McpCaller,
  {
    worker: name,
    path,
    version,
  }: { worker: string; path?: string | undefined; version?: string | undefined },
): Promise<ToolResult> {
  const files = await readBundle(caller, { worker: name, version });
  if (path === undefined)
    return tell({ files: files.map((file) => ({ path: file.path, bytes: file.size })) }, { verbose: true });
  const file = files.find((one) => one.path === path);
  if (file === undefined) {
    const detail = `The worker has no file ${path}. It has: ${files.map((one) => one.path).join(", ")}.`;
    return refuse({ code: "not_found", detail });
  }
  const content = new TextDecoder().decode(await file.read());
  const rest = `The whole is in the folder that \`floom workers pull ${name}\` writes.`;
  return tell({ path, content }, { verbose: true, rest });
}

async function setSchedule(
  caller: McpCaller,
  { worker: name, trigger, ...said }: { worker: string; trigger?: string | undefined; cron: string },
): Promise<ToolResult> {
  if (trigger === undefined) {
    const json = { type: "schedule" as const, ...said };
    return tell(await caller.api.call(routes.createTrigger, { params: { worker: name }, json }));
  }
  return tell(await caller.api.call(routes.changeTrigger, { params: { trigger }, json: said }));
}

interface Decision {
  approval: string;
  decision: "approve" | "reject";
  reason?: string | undefined;
  edited_output?: Record<string, Json> | undefined;
}

const workerOf = ({ owner_id, worker_id }: Approval) => ({ workspace_id: owner_id, worker_name: worker_id });

/** Decides where the worker leaves that to clients; else whoever asks is led to the page: never a decision by a model. */
async function decide(
  caller: McpCaller,
  { approval, decision, reason, edited_output }: Decision,
): Promise<ToolResult> {
  const params = { approval };
  const asked = await caller.api.call(routes.getApproval, { params });
  if (asked.decide_in_client && mayDecideAsPerson(caller.principal, workerOf(asked))) {
    const said = reason === undefined ? {} : { reason };
    const edits = decision === "reject" || edited_output === undefined ? {} : { edited_output };
    return tell(
      await caller.api.call(routes.decideInClient, { params, json: { decision, ...said, ...edits } }),
    );
  }
  if (asked.status !== "pending")
    return refuse({ code: "approval_decided", detail: `It is decided: ${asked.status}.` });
  const note = "People decide this: give the person decide_at, then call run_wait.";
  const led = {
    status: "approval_required",
    approval_id: approval,
    run_id: asked.run_id,
    decide_at: `${caller.publicUrl}/runs/${asked.run_id}`,
    next: note,
  };
  return tell(led, { note });
}
