import type { deadLetterRoutes } from "#contract/dead-letters/routes";
import type { RouteHandlers } from "../../http/mount.ts";
import { dismissDeadLetters, listDeadLetters, redriveDeadLetters } from "./dead-letters.ts";
import type { ReplayDeps } from "../replay/replay.ts";

export const deadLetterHandlers: RouteHandlers<typeof deadLetterRoutes, ReplayDeps> = {
  listDeadLetters: (deps, { query, principal }) => listDeadLetters(deps, principal, query),
  redriveDeadLetters: (deps, { json, principal }) => redriveDeadLetters(deps, principal, json),
  dismissDeadLetters: (deps, { json, principal }) => dismissDeadLetters(deps, principal, json),
};
