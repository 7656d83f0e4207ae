import { openAskingDriver } from "../tools/asking-driver.ts";

export const APPROVE_PLAN = "approve_plan";

/** approve_plan: its answer is the plan as people have approved it. */
export const planDriver = openAskingDriver({
  name: APPROVE_PLAN,
  description: "Asks a person to approve a plan before anything of it runs.",
  calls_per_minute: null,
  input_schema: {
    type: "object",
    properties: { plan: {} },
    required: ["plan"],
    additionalProperties: false,
  },
  answer: (given) => given,
});
