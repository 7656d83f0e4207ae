import * as z from "zod";
import { actionDefinitionSchema } from "../actions/action.ts";
import { manifestFindingSchema } from "../manifest/manifest.ts";
import { versionStateSchema } from "../trust/version-state.ts";
import { sourceFileSchema } from "../workers/worker.ts";

const nameHint = z
  .string()
  .min(1)
  .max(100)
  .optional()
  .describe("What a folder without worker.yml is to be called; after its file when left out.");

/** Body of `POST /api/deploy`: one file of Python or JavaScript, or the files of a folder. */
export const deployRequestSchema = z
  .strictObject({
    name: nameHint,
    code: z.string().optional().describe("Source of one file of Python or JavaScript."),
    filename: z
      .string()
      .max(100)
      .regex(
        /^[A-Za-z0-9_][A-Za-z0-9_.-]*\.(?:py|js|mjs)$/,
        "must be a file's name that ends in .py, .js or .mjs",
      )
      .optional()
      .describe("What the code's file is called, which says its language; app.py when left out."),
    files: z.array(sourceFileSchema).min(1).optional(),
    requirements: z
      .array(z.string().regex(/^[^\r\n]{1,200}$/, "must be one line of requirements.txt"))
      .max(200)
      .optional()
      .describe("Lines of requirements.txt, where the folder has none."),
    quarantine: z
      .boolean()
      .optional()
      .describe("Nothing runs the version before an owner or admin has promoted it; a person does that."),
  })
  .refine(({ code, files }) => (code === undefined) !== (files === undefined), "give either code or files")
  .refine(({ code, filename }) => filename === undefined || code !== undefined, {
    path: ["filename"],
    message: "names the file of code, and there is none",
  });
export type DeployRequest = z.infer<typeof deployRequestSchema>;

export const deployZipQuerySchema = z.object({
  name: nameHint,
  folder: z
    .string()
    .max(200)
    .optional()
    .describe("What the folder is called; names a worker whose file has a name like app.py."),
});

/** One action of what was deployed, with where it is called. */
export const deployedActionSchema = actionDefinitionSchema.extend({
  api: z.string().describe("POST inputs here to run it."),
  tool: z.string().describe("Its name as a tool."),
});

/** A library that is installed for a version. */
export const deployedRequirementSchema = z.object({
  name: z.string(),
  line: z.string().describe("As it stands in requirements.txt."),
  added: z.boolean().describe("It stood in no file: the source imports it."),
  version: z
    .string()
    .nullable()
    .describe(
      "What the version's build installed, and installs again. Null before its first build, which the first run starts, and where nothing could be pinned.",
    ),
});
export type DeployedRequirement = z.infer<typeof deployedRequirementSchema>;

/** All that whoever deployed needs to go on. */
export const deployedSchema = z.object({
  worker: z.string(),
  version: z.int().positive(),
  state: versionStateSchema.describe(
    "Quarantined: nothing runs it until a person lets it in, and what is said of actions is of the active version.",
  ),
  created: z.boolean().describe("The worker is new."),
  changed: z.boolean().describe("A new version was made; false when the same was deployed again."),
  url: z.string().describe("The worker's page. Private until it is shared."),
  api: z.string().describe("Where its first action is run."),
  openapi: z.string().describe("Its actions as OpenAPI 3.1."),
  tools: z.array(z.string()),
  actions: z.array(deployedActionSchema),
  missing_secrets: z.array(z.string()).describe("Secrets that its code reads and that are not set for it."),
  requirements: z
    .array(deployedRequirementSchema)
    .describe("What is installed for its functions; by requirements.txt, or made of what they import."),
  warnings: z.array(manifestFindingSchema),
});
export type Deployed = z.infer<typeof deployedSchema>;
