import * as z from "zod";
import { convergenceMethodSchema, councilProtocolSchema, memberNamePattern } from "./council.ts";
import { councilLimits } from "./limits.ts";

const worker = (description: string) =>
  z
    .string()
    .regex(/\S/)
    .optional()
    .meta({ description, rule: "Write the name of a worker of this workspace." });

const authoredMemberSchema = z.strictObject({
  name: z.string().regex(memberNamePattern).meta({
    description: "What the others call it.",
    rule: "Begin with a lower-case letter; then at most 47 lower-case letters, digits, underscores and hyphens.",
    code: "bad_member_name",
  }),
  worker: worker("The worker that speaks for it, most often an agent; not for a person."),
  human: z.boolean().optional().meta({
    description: "A person speaks, who is asked by the inbox of approvals.",
    rule: "Write true or false.",
    default: false,
  }),
  role: z
    .string()
    .optional()
    .meta({ description: "What it stands for; it is told so.", rule: "Write text." }),
  sees: z
    .array(z.string())
    .min(1)
    .optional()
    .meta({
      description: "Members whose statements it is told; all when left out.",
      rule: "Write [all], or a list of members.",
      default: ["all"],
    }),
  contexts: z.array(z.string()).optional().meta({
    description:
      "The only contexts that its worker may have: a turn with another one does not count. [] is none. Left out: those that the worker mounts.",
    rule: "Write a list of contexts.",
  }),
});
export type AuthoredMember = z.infer<typeof authoredMemberSchema>;

/** Keys of worker.yml for councils. */
export const councilKeys = {
  council: z
    .strictObject({
      protocol: councilProtocolSchema.optional().meta({
        description:
          "round_robin: one after the other. debate: openings, rebuttals, closings. delphi: in rounds, without names.",
        rule: "Write round_robin, debate or delphi.",
        default: "round_robin",
      }),
      rounds: z
        .int()
        .min(1)
        .max(councilLimits.council_rounds.value)
        .optional()
        .meta({
          description: "Rounds at most.",
          rule: `Write a whole number from 1 to ${councilLimits.council_rounds.value}.`,
          default: 4,
        }),
      members: z
        .array(authoredMemberSchema)
        .min(2)
        .max(councilLimits.council_members.value)
        .meta({
          description: "Who discusses.",
          rule: `Write a list of 2 to ${councilLimits.council_members.value} members.`,
        }),
      convergence: z
        .strictObject({
          method: convergenceMethodSchema.optional().meta({
            description:
              "How it is known that they agree: position_stability compares what each has said in the last two rounds, judge asks a worker.",
            rule: "Write none, position_stability or judge.",
            default: "none",
          }),
          threshold: z.number().min(0).max(1).optional().meta({
            description: "From where on they do.",
            rule: "Write a number from 0 to 1.",
            default: 0.8,
          }),
          worker: worker("Who judges, for the method judge: it gives agreement, from 0 to 1."),
        })
        .optional()
        .meta({ description: "When it ends before its last round.", rule: "Write method and threshold." }),
      synthesis: worker("The worker that writes what came out; left out, the last statements are listed."),
    })
    .optional()
    .meta({
      description: "Members of a council (exec.mode council), and how they discuss the input topic.",
      rule: "Write protocol, rounds, members, convergence and synthesis.",
    }),
};
