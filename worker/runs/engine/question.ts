import * as z from "zod";
import { limits } from "#contract/limits";
import { buildFailure } from "#contract/runs/run-failure";
import type { RunFailure } from "#contract/runs/run-failure";
import type { RunnerResult } from "#contract/runner/runner";
import type { ApprovalRule, Hold } from "../lifecycle/hold-state.ts";

/** What a script's result asks for. `lasts_ms` is how long the wait may last, in milliseconds. */
export type Question = Pick<
  Hold,
  "kind" | "label" | "preview" | "preview_type" | "preview_payload" | "key"
> & {
  lasts_ms: number;
};
export type QuestionReading =
  | { kind: "none" }
  /** `unfinished`: the script itself asks, and may owe its outputs until it is answered. */
  | { kind: "asks"; ask: Question; unfinished: boolean }
  | { kind: "fault"; failure: RunFailure };

const MOST_LABEL = 200;
const text = z.string();

/** `decision_required` as scripts write it. Anything that is not a mapping only says that there is something to decide. */
const decisionSchema = z.looseObject({
  label: text.optional().catch(undefined),
  preview: z.json().optional(),
  preview_type: text.optional().catch(undefined),
  preview_payload: z.json().optional(),
});

const awaitSchema = z.looseObject({
  key: text.min(1).max(limits.approval_key_characters.value),
  label: text.optional().catch(undefined),
  timeout_seconds: z.number().min(1).max(limits.approval_most_seconds.value).optional(),
});

function readDecision(written: unknown, rule: ApprovalRule): QuestionReading {
  const unfinished = isSaid(written);
  const parsed = decisionSchema.safeParse(written);
  const { label, preview, preview_type, preview_payload } = parsed.success ? parsed.data : {};
  const isText = typeof preview === "string";
  const ask: Question = {
    kind: "approval",
    label: (label ?? (typeof written === "string" ? written : rule.label)).slice(0, MOST_LABEL),
    preview: isText ? preview : null,
    preview_type: preview_type ?? null,
    preview_payload: preview_payload ?? (isText ? null : (preview ?? null)),
    key: null,
    lasts_ms: rule.expires_ms,
  };
  if (JSON.stringify(ask).length <= limits.inline_outputs_bytes.value)
    return { kind: "asks", ask, unfinished };
  return { kind: "fault", failure: buildFailure("output_too_large", "The preview is larger than 128 KiB.") };
}

function readAwait(written: unknown): QuestionReading {
  const parsed = awaitSchema.safeParse(written);
  if (!parsed.success) {
    const message = "await_external must be an object with a key, and timeout_seconds up to 30 days.";
    return { kind: "fault", failure: buildFailure("worker_reported_error", message) };
  }
  const { key, label, timeout_seconds } = parsed.data;
  const ask: Question = {
    kind: "await_external",
    label: (label ?? key).slice(0, MOST_LABEL),
    preview: null,
    preview_type: null,
    preview_payload: null,
    key,
    lasts_ms: (timeout_seconds ?? limits.approval_seconds.value) * 1e3,
  };
  return { kind: "asks", ask, unfinished: true };
}

const isSaid = (written: unknown) => written !== undefined && written !== null && written !== false;

/**
 * What a result asks for before the run may end. `await_external` counts always. In the propose phase of a worker whose
 * manifest requires approval people are asked whatever the script says: `decision_required` only words the question, and
 * without it the outputs are what is shown. Pure.
 */
export function readQuestion(result: RunnerResult, rule: ApprovalRule | null): QuestionReading {
  const { decision_required: decision, await_external: external } = result;
  if (result.outcome !== "success") return { kind: "none" };
  if (rule && isSaid(decision)) return readDecision(decision, rule);
  if (isSaid(external)) return readAwait(external);
  return rule ? readDecision(null, rule) : { kind: "none" };
}
