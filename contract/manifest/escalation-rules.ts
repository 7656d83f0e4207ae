import * as z from "zod";

/** A rule by which a call waits for a person, as authors write it. */
export const authoredEscalationRuleSchema = z.strictObject({
  name: z.string().min(1).max(100).meta({ description: "Name of the rule.", rule: "Write a name." }),
  reason: z
    .string()
    .max(500)
    .optional()
    .meta({ description: "Why, for whoever decides.", rule: "Write at most 500 characters." }),
  tool: z.string().min(1).max(200).optional().meta({
    description: "Which tools: a name, with * for any characters.",
    rule: "Write a name, e.g. delete-*.",
  }),
  access: z
    .enum(["read", "write"])
    .optional()
    .meta({ description: "Which kind of tools.", rule: "Write read or write." }),
  param_gt: z.record(z.string().min(1), z.number()).optional().meta({
    description: "Fits where a parameter is greater.",
    rule: "Write a mapping of parameter and number.",
  }),
  param_eq: z
    .record(z.string().min(1), z.union([z.string(), z.number(), z.boolean()]))
    .optional()
    .meta({
      description: "Fits where a parameter is this; upper and lower case are the same.",
      rule: "Write a mapping of parameter and value.",
    }),
  param_contains: z.record(z.string().min(1), z.string().min(1)).optional().meta({
    description: "Fits where a parameter contains this text.",
    rule: "Write a mapping of parameter and text.",
  }),
});
