import type * as z from "zod";
import type { healthSchema } from "#contract/system/routes";
import { toIso } from "../platform/clock.ts";
import type { SystemDeps } from "./routes.ts";
import { pingDatabase } from "./store.ts";

/** Whether what everything stands on answers. */
export async function getHealth(deps: SystemDeps): Promise<z.output<typeof healthSchema>> {
  const database = (await pingDatabase(deps.db)) ? ("ok" as const) : ("failed" as const);
  return {
    status: database === "ok" ? "ok" : "degraded",
    version: deps.version,
    time: toIso(deps.clock()),
    checks: { database, sandboxes: deps.sandboxesConfigured ? "configured" : "missing" },
  };
}
