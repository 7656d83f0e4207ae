import * as z from "zod";
import { text } from "./key-kinds.ts";

const toolNames = (description: string) =>
  z
    .record(z.string(), z.union([z.string(), z.number(), z.boolean()]))
    .optional()
    .meta({
      description,
      rule: "Write a mapping of parameter and value.",
    });

/** A rule by which a call waits for a person, as authors write it. */
export const authoredEscalationRuleSchema = z.strictObject({
  name: z.string().min(1).max(120).meta({ description: "Name of the rule.", rule: "Write a name." }),
  reason: text("Why, for whoever decides."),
  tool: text("Which tools: a name, with * for any characters."),
  access: z
    .enum(["read", "write"])
    .optional()
    .meta({ description: "Which kind of tools.", rule: "Write read or write." }),
  param_gt: z.record(z.string(), z.number()).optional().meta({
    description: "Fits where a parameter is greater.",
    rule: "Write a mapping of parameter and number.",
  }),
  param_eq: toolNames("Fits where a parameter is this; upper and lower case are the same."),
  param_contains: toolNames("Fits where a parameter contains this."),
});

/** A rule by which a call waits for a person: tool and access both hold, and of the parameters' tests at least one. */
export const escalationRuleSchema = authoredEscalationRuleSchema;
export type EscalationRule = z.infer<typeof escalationRuleSchema>;
