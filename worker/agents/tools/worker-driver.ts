import type { CalledRun, CallRequest } from "#contract/calls/call";
import { callRequestSchema } from "#contract/calls/call";
import type { Json } from "#contract/json";
import { attempt as tryTo } from "../../platform/attempt.ts";
import { isObject } from "../../registry/actions/compile-schema.ts";
import type { ToolDriver } from "../../tools/gate-api.ts";

export const INVOKE = "invoke_worker";
/** The same, of which a person approves each call. */
export const INVOKE_WHEN_APPROVED = "invoke_worker_when_approved";

/** What becomes of a run that was called, as its caller reads it. Pure. */
export function describeCalled({ run_id, status, outputs, failure }: CalledRun): Json {
  return { ok: status === "completed", run_id, status, outputs, error: failure?.message ?? null };
}

/** invoke_worker: starts a run of a worker that worker.yml allows, and does not wait for it. */
export function openWorkerDriver({
  calls,
  call,
  asks = false,
}: {
  calls: readonly string[];
  /** Whether there is one of which a person approves each call, too. */
  asks?: boolean;
  call: (request: CallRequest) => Promise<CalledRun>;
}): ToolDriver {
  return {
    list: () =>
      calls.length === 0
        ? []
        : [INVOKE, ...(asks ? [INVOKE_WHEN_APPROVED] : [])].map((name) => ({
            name,
            description: "Runs another worker with these inputs, and answers what it has put out.",
            source: "worker" as const,
            effect: "invoke" as const,
            method: null,
            approval: name === INVOKE ? ("never" as const) : ("always" as const),
            calls_per_minute: null,
            // The call's id is its key, by which the same child is found again.
            repeatable: true,
            untrusted: true,
            input_schema: {
              type: "object",
              properties: {
                id: { enum: [...calls] },
                inputs: { type: "object" },
                action: { type: "string" },
                timeout_seconds: { type: "number", exclusiveMinimum: 0 },
              },
              required: ["id"],
              additionalProperties: false,
            },
          })),
    prepare: ({ call_id, arguments: given, edited }) => {
      const { id, inputs = {}, action, timeout_seconds } = isObject(given) ? given : {};
      const more = {
        ...(action === undefined ? {} : { action }),
        ...(timeout_seconds === undefined ? {} : { timeout_seconds }),
      };
      // What was edited is another call than the one that a later attempt makes by itself.
      const key = edited === true ? `${call_id}+edited` : call_id;
      return { request: { worker: id ?? "", inputs, key, ...more }, credentials: [] };
    },
    execute: async ({ request }) => {
      const parsed = callRequestSchema.safeParse(request);
      if (!parsed.success) return refuse("arguments_invalid", "These are no inputs of a worker.");
      const called = await tryTo(() => call(parsed.data));
      if (!called.ok) return refuse(called.refusal.code, called.refusal.message);
      return { ok: true, content: describeCalled(called.value) };
    },
  };
}

const refuse = (code: string, message: string) =>
  ({ ok: false, code, message, retryable: false, sent: false }) as const;
