import type { deadLetterRoutes } from "#contract/dead-letters/routes";
import type { RouteHandlers } from "../../http/mount.ts";
import { dismissDeadLetters, listDeadLetters, redriveDeadLetters } from "./dead-letters.ts";
import type { StartDeps } from "../start/start-run.ts";

interface DeadLetterRouteDeps extends StartDeps {
  publicUrl: string;
}

export const deadLetterHandlers: RouteHandlers<typeof deadLetterRoutes, DeadLetterRouteDeps> = {
  listDeadLetters: (deps, { query, principal }) => listDeadLetters(deps, principal, query),
  redriveDeadLetters: (deps, { json, principal, context }) =>
    redriveDeadLetters(deps, principal, { request: json, apiUrl: deps.publicUrl || context.origin }),
  dismissDeadLetters: (deps, { json, principal }) => dismissDeadLetters(deps, principal, json),
};
