import * as z from "zod";
import { httpToolSchema } from "#contract/manifest/http-tool";
import type { Manifest } from "#contract/manifest/manifest";

/** The declared HTTP tool that a run calls. */
export const httpSpecSchema = z.object({ tool: httpToolSchema });
export type HttpSpec = z.infer<typeof httpSpecSchema>;

/** Which declared HTTP tool an action is; null for a version of another kind. Pure. */
export function buildHttpSpec({ exec, http }: Manifest, action: string | null): HttpSpec | null {
  if (exec.mode !== "http") return null;
  const tool = http?.tools.find(({ name }) => name === action) ?? http?.tools[0];
  return tool === undefined ? null : { tool };
}
