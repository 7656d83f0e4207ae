import * as z from "zod";
import { templateLimits } from "./limits.ts";

/** Where a worker's folder has its template. */
export const TEMPLATE_PATH = "template.yml";

const most = templateLimits.template_packages.value;

/**
 * Package names end up in a command line. Each pattern lets through what its index calls a name and a version, and no
 * space, quote, option or shell sign: nothing but a package can be written there.
 */
const aptName = /^[a-z0-9][a-z0-9+.-]{0,99}(=[A-Za-z0-9][A-Za-z0-9+.:~-]{0,99})?$/;
const pipBounds = "(===|==|~=|!=|<=|>=|<|>)[A-Za-z0-9][A-Za-z0-9.+!*_-]{0,49}";
const pipName = new RegExp(
  String.raw`^[A-Za-z0-9]([A-Za-z0-9._-]{0,98}[A-Za-z0-9])?(\[[A-Za-z0-9,._-]{1,100}\])?(${pipBounds}(,${pipBounds}){0,4})?$`,
);
const npmName =
  /^(@[a-z0-9][a-z0-9._-]{0,99}\/)?[a-z0-9][a-z0-9._-]{0,99}(@[\^~]?[A-Za-z0-9][A-Za-z0-9.+-]{0,49})?$/;
const variableName = /^[A-Za-z_][A-Za-z0-9_]{0,99}$/;
/** What the platform itself sets, and what would put other programs in the place of the runner's. */
const reservedVariable =
  /^(FLOOM|WORKEROS|E2B|COMPOSIO)_|^(PATH|HOME|USER|SHELL|LD_.*|PYTHONHOME|NODE_OPTIONS)$/i;

const packages = (pattern: RegExp, rule: string) =>
  z.array(z.string().regex(pattern, rule)).max(most, `At most ${most} packages.`).default([]);
const command = z
  .string()
  .max(2000, "At most 2,000 characters.")
  .regex(
    /^[^\0-\x08\x0b-\x1f\x7f]*\S[^\0-\x08\x0b-\x1f\x7f]*$/,
    "Write a command, without control characters.",
  );

const templateFields = {
  apt: packages(aptName, "Write the name of a Debian package, perhaps with =version."),
  pip: packages(
    pipName,
    "Write the name of a Python package, perhaps with ==version; no option, address or path.",
  ),
  npm: packages(
    npmName,
    "Write the name of an npm package, perhaps with @version; no option, address or path.",
  ),
  env: z
    .record(
      z
        .string()
        .regex(variableName, "Use letters, digits and _, with no digit first.")
        .refine(
          (name) => !reservedVariable.test(name),
          "This name belongs to the platform or to the system.",
        ),
      z
        .string("Write text; put numbers and true or false in quotes.")
        .max(2000, "At most 2,000 characters.")
        .regex(/^[^\0\r\n]*$/, "Write one line."),
    )
    .refine(
      (env) => Object.keys(env).length <= templateLimits.template_variables.value,
      `At most ${templateLimits.template_variables.value} variables.`,
    )
    .default({}),
  cpu_count: z.int().min(1, "At least 1.").max(8, "At most 8.").optional(),
  memory_mb: z.int().min(128, "At least 128.").max(8192, "At most 8192.").optional(),
  start_command: command.optional(),
  ready_command: command.optional(),
};

/** A template's name in its workspace. */
export const templateNameSchema = z
  .string()
  .regex(/^[A-Za-z0-9][A-Za-z0-9_-]{0,63}$/, "Use 1 to 64 letters, digits, underscores and hyphens.");

/** template.yml as it is written. */
export const authoredTemplateSchema = z
  .strictObject({ name: templateNameSchema.optional(), ...templateFields })
  .refine(({ start_command, ready_command }) => ready_command === undefined || start_command !== undefined, {
    path: ["ready_command"],
    message: "Write start_command, too: it says when what that starts is ready.",
  });

/** What a template installs, sets and starts; the name is no part of it. */
export const templateSpecSchema = z.object(templateFields);
export type TemplateSpec = z.infer<typeof templateSpecSchema>;

/** A template as it is built: by which name the provider knows it, and what is in it. */
export const namedTemplateSchema = z.object({ name: z.string(), spec: templateSpecSchema });
export type NamedTemplate = z.infer<typeof namedTemplateSchema>;

/** The workspace's template of this name is that of all workers that have none of their own and name none. */
export const DEFAULT_TEMPLATE = "default";

/** Body of `PUT /api/templates/{template}`. */
export const putTemplateSchema = z.strictObject({
  template_yml: z.string().describe("The text of a template.yml. A `name` in it must be that of the path."),
});

export const templateDetailSchema = z.object({
  name: z.string(),
  provider_name: z.string().describe("By which the sandbox provider knows it: made of its content."),
  apt: z.array(z.string()),
  pip: z.array(z.string()),
  npm: z.array(z.string()),
  env: z.record(z.string(), z.string()),
  cpu_count: z.int().nullable(),
  memory_mb: z.int().nullable().describe("In MiB; null for as much as sandboxes have without."),
  start_command: z.string().nullable(),
  ready_command: z.string().nullable(),
  updated_at: z.iso.datetime(),
});
export type TemplateDetail = z.infer<typeof templateDetailSchema>;
