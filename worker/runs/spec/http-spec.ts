import * as z from "zod";
import { httpToolSchema } from "#contract/manifest/http-tool";
import type { Manifest } from "#contract/manifest/manifest";
import { toolsInForce } from "../../registry/http/build-http.ts";

/** The declared HTTP tool that a run calls. */
export const httpSpecSchema = z.object({ tool: httpToolSchema });
export type HttpSpec = z.infer<typeof httpSpecSchema>;

/** Which declared HTTP tool an action is; null for a version of another kind. Pure. */
export function buildHttpSpec(manifest: Manifest, action: string | null): HttpSpec | null {
  if (manifest.exec.mode !== "http") return null;
  const tools = toolsInForce(manifest);
  const tool = tools.find(({ name }) => name === action) ?? tools[0];
  return tool === undefined ? null : { tool };
}
