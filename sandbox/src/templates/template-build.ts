import { z } from "zod";
import { sandboxSizeSchema } from "../isolation/limits.ts";

/** A line of a build's log, as the API shows it. `timestamp` is ISO 8601. */
const logEntrySchema = z.object({
  timestamp: z.string(),
  level: z.enum(["info", "error"]),
  message: z.string(),
});

/** What is on disk is read by it. A field that is younger than the first records must be one that may be absent. */
export const templateBuildSchema = z.object({
  build_id: z.string(),
  template_id: z.string(),
  /** Without its tag. A later build of the same name is the same template. */
  name: z.string(),
  tags: z.array(z.string()),
  status: z.enum(["waiting", "building", "ready", "error"]),
  /** Why it failed, and at which step of those the client sent, counted from 1. */
  reason: z.object({ message: z.string(), step: z.string().exactOptional() }).nullable(),
  created_at_ms: z.number(),
  /** Digests of what its steps installed, the uppermost first. */
  layers: z.array(z.string()),
  envs: z.record(z.string(), z.string()),
  start_command: z.string().nullable(),
  /** Exits with 0 once what the start command started is ready. */
  ready_command: z.string().nullable(),
  /** How large sandboxes of it are; absent for those of all sizes. */
  size: sandboxSizeSchema.exactOptional(),
  log: z.array(logEntrySchema),
});

/** One build of a template: all that sandboxes made of it need, and how it went. Times in epoch milliseconds. */
export type TemplateBuild = z.infer<typeof templateBuildSchema>;

/** The tag that a name without one means, as at E2B. */
export const DEFAULT_TAG = "default";

/** `name:tag` in its two parts. */
export function splitName(text: string): { name: string; tag: string } {
  const at = text.lastIndexOf(":");
  return at < 0
    ? { name: text, tag: DEFAULT_TAG }
    : { name: text.slice(0, at), tag: text.slice(at + 1) || DEFAULT_TAG };
}
