import type { ContextDeps } from "../contexts/service.ts";
import type { Host } from "./host.ts";

/** For whoever looks after contexts. */
export function contextDeps(host: Host): ContextDeps {
  return {
    db: host.db,
    files: host.files,
    clock: host.clock,
    newContextId: (nowMs) => host.newId("ctx", nowMs),
  };
}
