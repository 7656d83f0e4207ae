import type { ContextDeps } from "../contexts/service.ts";
import type { MemoryDeps } from "../memory/service.ts";
import type { Host } from "./host.ts";

/** For whoever looks after contexts. */
export function contextDeps(host: Host): ContextDeps {
  return {
    db: host.db,
    files: host.files,
    clock: host.clock,
    takeMark: host.takeMark,
    newContextId: (nowMs) => host.newId("ctx", nowMs),
  };
}

/** For whoever looks at what agents remember, and for those agents. */
export function memoryDeps(host: Host): MemoryDeps {
  return {
    db: host.db,
    clock: host.clock,
    newLearningId: () => host.newId("lrn", host.clock()),
    newFeedbackId: () => host.newId("wfb", host.clock()),
  };
}
