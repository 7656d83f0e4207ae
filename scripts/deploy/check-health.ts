import * as z from "zod";
import type { DeployDeps } from "./deployment.ts";

const TRIES = 30;
const PAUSE_MS = 2000;

const healthSchema = z.object({ status: z.enum(["ok", "degraded"]), version: z.string() });

/**
 * Null once the edge answers that it is well; else why not, in a sentence, after a minute. A new address takes a while
 * to be known.
 */
export async function findFault(deps: DeployDeps, publicUrl: string): Promise<string | null> {
  let fault = "";
  for (let tried = 0; tried < TRIES; tried++) {
    if (tried > 0) await deps.sleep(PAUSE_MS);
    fault = await askOnce(deps, publicUrl);
    if (fault === "") return null;
  }
  return fault;
}

async function askOnce(deps: DeployDeps, publicUrl: string): Promise<string> {
  try {
    const response = await deps.fetch(`${publicUrl}/api/health`, { redirect: "manual" });
    const body = healthSchema.safeParse(await response.json().catch(() => null));
    if (!body.success) return `${publicUrl}/api/health answers ${response.status} and no state.`;
    return body.data.status === "ok" ? "" : `${publicUrl}/api/health says that it is ${body.data.status}.`;
  } catch (error) {
    return `${publicUrl} does not answer: ${error instanceof Error ? error.message : String(error)}.`;
  }
}
