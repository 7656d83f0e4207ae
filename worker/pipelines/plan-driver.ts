import type { ToolDriver } from "../tools/gate-api.ts";

export const APPROVE_PLAN = "approve_plan";

/** approve_plan: the gate holds it until a person has decided; its answer is the plan as they have approved it. */
export const planDriver: ToolDriver = {
  list: () => [
    {
      name: APPROVE_PLAN,
      description: "Asks a person to approve a plan before anything of it runs.",
      source: "builtin",
      effect: "read",
      method: null,
      approval: "always",
      calls_per_minute: null,
      repeatable: true,
      untrusted: false,
      input_schema: {
        type: "object",
        properties: { plan: {} },
        required: ["plan"],
        additionalProperties: false,
      },
    },
  ],
  prepare: ({ arguments: given }) => ({ request: given, credentials: [] }),
  execute: async ({ arguments: given }) => ({ ok: true, content: given }),
};
