import { ASK } from "../../agents/tools/approval-driver.ts";
import type { Json } from "#contract/json";
import { recordToolCall } from "../../audit/tool-call-service.ts";
import { Masker } from "../../platform/redaction/masker.ts";
import { isObject } from "../../registry/actions/compile-schema.ts";
import { listValuesToMask, openForHosts } from "../../secrets/vault-service.ts";
import { stageOfCall } from "../../pipelines/plan.ts";
import type { RunSpec } from "../../runs/spec/run-spec.ts";
import { TAKE_TURN } from "../../councils/person-driver.ts";
import { CallRecords } from "../../tools/call-records.ts";
import { CallGate } from "../../tools/gate.ts";
import type { HoldVerdict, Holds } from "../../tools/gate.ts";
import type { ToolDriver } from "../../tools/gate-api.ts";
import { auditDeps } from "../guard-deps.ts";
import { vaultDeps } from "../secret-deps.ts";
import { findReplayedAnswer } from "./replayed-answer.ts";
import type { ProgramTools } from "./attempt-deps.ts";

const PREVIEW_CHARACTERS = 500;
/** Tools whose `title` and `description` are what people are asked. */
const OWN_WORDS: ReadonlySet<string> = new Set([ASK, TAKE_TURN]);

/** The gate of an attempt, in front of what makes its calls. Throws for a run whose version says nothing of calls. */
export function openGate(
  { host, entries, order, launch }: ProgramTools,
  drivers: readonly ToolDriver[],
): CallGate {
  const { spec } = order;
  if (spec.gate === null) throw new Error(`The run ${spec.run_id} may make no calls.`);
  const { workspace_id: workspaceId, worker_id: workerId, run_id: runId } = spec;
  return new CallGate({
    records: new CallRecords(entries),
    drivers,
    rules: spec.gate,
    of: { run_id: runId, worker: { id: workerId, name: spec.worker_name } },
    clock: host.clock,
    takeCall: (call) => host.worker(workerId).rates.takeCall(call),
    holds: openHolds({ host, entries, order, launch }),
    // Of a stage people are shown its inputs, and those are what they edit.
    ...(spec.pipeline === null
      ? {}
      : {
          applyEdits: (given: Json, edited: Json) =>
            isObject(given) && "inputs" in given ? { ...given, inputs: edited } : edited,
        }),
    openCredentials: (wanted) => openForHosts(vaultDeps(host), workspaceId, { workerId, runId, wanted }),
    mask: openMask({ host, order }),
    tell: (event) => recordToolCall(auditDeps(host), workspaceId, event),
    replayed: spec.dry ? ({ digest }) => findReplayedAnswer(host, order, digest) : null,
  });
}

/** Takes the values of the run's secrets out of what is kept; they are looked up once for each life of the object. */
export function openMask({
  host,
  order: { spec },
}: Pick<ProgramTools, "host" | "order">): <Value extends Json>(value: Value) => Promise<Value> {
  let loading: Promise<Masker> | null = null;
  const load = async () => {
    const want = { names: spec.secrets, since: spec.created_at };
    return new Masker(await listValuesToMask(vaultDeps(host), spec.workspace_id, want));
  };
  return async (value) => {
    if (spec.secrets.length === 0) return value;
    // A failure is not kept: the next one asks again.
    loading ??= load().catch((error: unknown) => {
      loading = null;
      throw error;
    });
    return (await loading).json(value);
  };
}

/** People are asked by the run's own object, where a run's approvals are. */
function openHolds({ host, order, launch }: ProgramTools): Holds {
  const { spec, attempt } = order;
  return {
    ask: async ({ call_id, tool, arguments: given, request, reason }) => {
      const run = host.run(spec.run_id);
      const reply = await run.askInPlace(
        { attempt, launch },
        {
          call_id,
          ...describeAsk(`${spec.gate?.asking.label ?? "Approve"}: ${tool.name}`, { tool, given, reason }),
          ...describeStage(spec, call_id),
          preview_payload: { tool: tool.name, effect: tool.effect, arguments: given, request },
          proposed: proposedOf(spec, given),
          rule: spec.gate?.asking ?? NO_RULE,
        },
      );
      if (reply.kind === "busy") return null;
      if (reply.kind === "asked") return { approval_id: reply.approval_id };
      return { refused: REFUSED[reply.kind] };
    },
    read: async (approvalId): Promise<HoldVerdict> => {
      const verdict = await host.run(spec.run_id).answerTo(approvalId);
      if (verdict === null) return { kind: "pending" };
      const { status, edited_output: edited, by_time: byTime } = verdict;
      // What the platform says of a time that is over is nobody's word.
      const reason = byTime ? null : verdict.reason;
      return status === "approved" ? { kind: status, edited, reason } : { kind: status, reason };
    },
  };
}

/** What people read first. An agent or a council that asks by itself says it in its own words, all else is named by its tool. */
function describeAsk(
  named: string,
  { tool, given, reason }: { tool: { name: string; source: string }; given: Json; reason: string },
): { label: string; preview: string } {
  const own = tool.source === "builtin" && OWN_WORDS.has(tool.name) && isObject(given) ? given : {};
  const { title, description } = own;
  return {
    label: typeof title === "string" ? title : named,
    preview: (typeof description === "string" ? description : reason).slice(0, PREVIEW_CHARACTERS),
  };
}

/** Which stage of a pipeline is asked about; nothing for all else. */
function describeStage({ pipeline }: RunSpec, callId: string): { label: string; preview: string } | object {
  if (pipeline?.plan !== undefined && callId.startsWith("plan:")) {
    const preview = "Nothing of it runs before you approve it; edit it, or reject it and say why.";
    return { label: pipeline.plan.approval?.label ?? "Approve the plan", preview };
  }
  const stage = pipeline === null ? undefined : stageOfCall(pipeline, callId);
  if (stage === undefined) return {};
  return {
    label: stage.approval?.label ?? `Approve the stage ${stage.name}`,
    preview: `${stage.name} is about to run ${stage.worker} with these inputs.`,
  };
}

function proposedOf({ pipeline }: RunSpec, given: Json): Record<string, Json> {
  if (!isObject(given)) return {};
  const { inputs } = given;
  return pipeline !== null && isObject(inputs) ? inputs : given;
}

const REFUSED = {
  over: "The attempt is over: nobody is asked any more.",
  too_large: "The call is larger than people can be shown whole; make it smaller.",
  late: "The script's time is nearly over: nobody could answer within it. Give it a longer timeout_seconds.",
  full: "The run has asked people as often as an attempt may.",
} as const;

const NO_RULE = {
  label: "Approve",
  expires_ms: 86_400_000,
  on_expiry: "reject",
  not_by_requester: false,
  approvers_needed: 1,
} as const;
