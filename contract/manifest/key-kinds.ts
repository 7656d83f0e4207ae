import * as z from "zod";

/*
 * The kinds of values that worker.yml is made of. Members of `meta`, here and in the tables: `rule` says in words what
 * a value must be and is the fix an author is shown; `code` names the finding when the value breaks the rule;
 * `default` is shown in the reference (it is filled in when a version is built).
 */
export const text = (description: string, rule = "Write text."): z.ZodOptional<z.ZodString> =>
  z.string().optional().meta({ description, rule });

export const flag = (description: string): z.ZodOptional<z.ZodBoolean> =>
  z.boolean().optional().meta({ description, rule: "Write true or false.", default: false });

export const texts = (description: string): z.ZodOptional<z.ZodArray<z.ZodString>> =>
  z.array(z.string()).optional().meta({ description, rule: "Write a list of texts.", default: [] });

export const environmentName = z
  .string()
  .regex(/^[A-Za-z_][A-Za-z0-9_]{0,127}$/)
  .meta({ code: "bad_secret_name", rule: "Use letters, digits and underscores, e.g. OPENAI_API_KEY." });
