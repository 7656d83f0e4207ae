// Owns what the gate tells the record of changes: one entry for each outcome of a call, and for each step of a version.
// Never keeps a secret's value, and never loses an event: where the chain does not answer it waits in a file.
// Appends to the workspace's chain (AuditObject), which copies it to audit_events in D1.
import type { GateEvent } from "#contract/audit/gate-events";
import { gateEventSchema } from "#contract/audit/gate-events";
import type { WorkspaceId } from "#contract/ids";
import { sha256Hex } from "../platform/crypto.ts";
import { describeGateEvent } from "./describe-gate-event.ts";
import { appendOrStrand } from "./service.ts";
import type { AuditDeps } from "./service.ts";

export interface GateEventDeps extends Pick<AuditDeps, "chain" | "newEventId" | "strand"> {
  /** Values that nobody may read, wherever they stand, besides those that are found by their names and looks. */
  secrets?: readonly string[];
}

/**
 * Puts an outcome on record, once however often it is told: a repeat is the same event, `at` included. Once this has
 * ended it lasts. Throws where neither the chain nor a file took it; it is to be told again then.
 */
export async function recordToolCall(
  deps: GateEventDeps,
  workspaceId: WorkspaceId,
  event: GateEvent,
): Promise<void> {
  const told = gateEventSchema.parse(event);
  const { secrets = [] } = deps;
  const id = deps.newEventId(told.at);
  await appendOrStrand(deps, await describeGateEvent(told, { id, workspaceId, secrets, digest: sha256Hex }));
}
