import * as z from "zod";
import { workerIdSchema, workspaceIdSchema } from "#contract/ids";
import { failureCodes } from "#contract/runs/run-failure";
import type { FailureCodeName } from "#contract/runs/run-failure";
import { namedTemplateSchema } from "#contract/templates/template";
import { defineDocument } from "../platform/objects/stored-document.ts";
import type { DocumentStep } from "../platform/objects/stored-document.ts";

/** The archive that a build has left in its sandbox. */
const archiveSchema = z.object({
  size_bytes: z.int(),
  sha256: z.string(),
  /** What is in it, as name==version; absent where that was not told. */
  pins: z.array(z.string()).optional(),
});
export type BuiltArchive = z.infer<typeof archiveSchema>;

/** Why there is no sandbox to build in, as it is passed on to the runs that wait. */
const refusalSchema = z.object({
  code: z.custom<FailureCodeName>((code) => typeof code === "string" && Object.hasOwn(failureCodes, code)),
  message: z.string(),
  retry_after_ms: z.number().nullable(),
  waits: z.boolean(),
  doubtful: z.boolean(),
});
export type BuildRefusal = z.infer<typeof refusalSchema>;

const orderSchema = z.discriminatedUnion("kind", [
  z.object({
    kind: z.literal("dependencies"),
    workspace_id: workspaceIdSchema,
    worker_id: workerIdSchema,
    bundle_digest: z.string(),
    install_timeout_seconds: z.number(),
    sandbox_template: z.string().nullable(),
  }),
  z.object({ kind: z.literal("template"), template: namedTemplateSchema }),
]);

const buildStateSchema = z.object({
  order: orderSchema,
  /** `starting`: wants a sandbox, or the provider's word; `building`: the installers work; `storing`: what was built is kept. */
  phase: z.enum(["starting", "building", "storing", "ended"]),
  phase_since: z.number(),
  /** Names the sandbox of the current try, so that one of a former try is never taken for it. */
  attempt: z.int(),
  /** Sandboxes that were lost. */
  losses: z.int(),
  /** The sandbox in which it is built, or the provider's name of a template's build. */
  sandbox_id: z.string().nullable(),
  /** Starting: not before this. */
  retry_at: z.number(),
  refusals: z.int(),
  refusal: refusalSchema.nullable(),
  /** Of the build's journal what belongs into the log of a run that waits; the last line is a result where it failed. */
  lines: z.array(z.string()),
  /** Null when there is nothing to hand over to runs. */
  archive: archiveSchema.nullable(),
});

/** Where the build of one version's dependencies, or of one template, stands; there is none where nobody has wanted it lately. */
export type BuildState = z.infer<typeof buildStateSchema>;

/** In version 1 nothing but dependencies was built, in sandboxes of one kind. */
const sayKind: DocumentStep = ({ order, ...rest }) => {
  const former = typeof order === "object" ? order : {};
  return { ...rest, order: { kind: "dependencies", sandbox_template: null, ...former } };
};

export const buildStateDocument = defineDocument("dependency build", buildStateSchema, [sayKind]);
