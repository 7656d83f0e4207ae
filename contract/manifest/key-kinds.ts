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

const OCTET = String.raw`(?:25[0-5]|2[0-4]\d|1\d\d|[1-9]?\d)`;

/** E2B shuts out networks and not names, and a sandbox there has no IPv6. */
export const ipv4Network = z
  .string()
  .regex(new RegExp(String.raw`^${OCTET}(?:\.${OCTET}){3}(?:/(?:3[0-2]|[12]?\d))?$`))
  .meta({
    code: "bad_network",
    rule: "Use addresses and networks, e.g. 203.0.113.0/24: a sandbox shuts out no names. To open some names alone, list them in allow_out.",
  });
