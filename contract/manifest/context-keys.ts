import * as z from "zod";
import { flag } from "./key-kinds.ts";

const packName = z
  .string()
  .regex(/^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/)
  .meta({
    description: "Name of the bundle of files.",
    rule: "Use letters, digits, dots, underscores and hyphens.",
    code: "bad_context_name",
  });

const operators = ["equals", "eq", "not_equals", "neq", "in", "not_in", "exists", "truthy"] as const;

/** One condition on one input: a word that nobody knows must not be a condition that always holds. */
const predicate = (description: string) =>
  z
    .record(z.string(), z.json())
    .refine((rule) => {
      const { input, ...tests } = rule;
      const [operator, ...others] = Object.keys(tests);
      return typeof input === "string" && others.length === 0 && operators.some((one) => one === operator);
    })
    .optional()
    .meta({
      description,
      rule: `Write input and one of ${operators.join(", ")}, e.g. {input: mode, equals: full}.`,
    });

const memoryName = packName
  .optional()
  .meta({ description: "What its folder below context/ is called.", rule: "Write a name." });

/** What an agent may remember, as authors write it. */
export const authoredMemorySchema = z.union([
  z.boolean(),
  z.string().regex(/^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/),
  z.strictObject({
    enabled: flag("Whether it has a memory."),
    name: memoryName,
    context: memoryName,
    pack: memoryName,
    pack_name: memoryName,
    context_name: memoryName,
    writeable_when: predicate("It may add learnings only where this holds for an input."),
  }),
]);

/** A bundle of files that a worker mounts, as authors write it. */
export const authoredContextSchema = z.union([
  packName,
  z.strictObject({
    name: packName,
    writeable: flag("Whether the worker may change it."),
    source: z
      .string()
      .regex(/^(local|git\+https:\/\/\S+)$/)
      .optional()
      .meta({
        description: "local or git+https://...",
        rule: "Write local or git+https://...",
        default: "local",
      }),
    when: predicate("Mounted only where this holds for an input."),
    writeable_when: predicate("Writeable only where this holds for an input."),
    paths: z.array(z.string().min(1).max(200)).max(50).optional().meta({
      description: "Patterns of the files that are mounted: * within a step, ** over steps.",
      rule: "Write a list of patterns, e.g. - guides/**.",
      default: [],
    }),
  }),
]);
