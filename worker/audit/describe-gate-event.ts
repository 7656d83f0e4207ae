import type { AuditOutcome } from "#contract/audit/audit";
import { gateEventKindSchema } from "#contract/audit/gate-events";
import type { GateEventKind, ToldEvent } from "#contract/audit/gate-events";
import type { AuditEventId, WorkspaceId } from "#contract/ids";
import type { Json } from "#contract/json";
import { limits } from "#contract/limits";
import { canonicalJson } from "../platform/canonical-json.ts";
import type { AuditRow } from "./describe-call.ts";
import { redactCall } from "./redact-call.ts";

const MOST_TEXT = 1000;
const MOST_NAME = 200;
const MOST_LIST = 50;
const SAMPLE_CHARACTERS = 1000;
/** What a call of the edge itself comes from. */
const EDGE = "edge";

/** What an event was told with besides itself. */
interface Telling {
  id: AuditEventId;
  workspaceId: WorkspaceId;
  /** Values that nobody may read. */
  secrets: readonly string[];
  /** Hex SHA-256. */
  digest: (text: string) => Promise<string>;
}

/** What the event on record is: a request that changed something, or which event of the gate. Pure. */
export function kindOf(row: Pick<AuditRow, "action" | "worker">): GateEventKind | "request" {
  if (row.worker === null) return "request";
  return gateEventKindSchema.safeParse(row.action).data ?? "request";
}

/**
 * By what a repeat of an event is known; null for what is no event of the gate. It is read from the row, so that it is the
 * same for one that has waited in a file. Pure.
 */
export function repeatKeyOf(row: AuditRow): string | null {
  if (row.worker === null) return null;
  const { action, actor_id, request_id, outcome, code, at, details } = row;
  return canonicalJson([action, actor_id, request_id, outcome, code, at, details["credential"] ?? null]);
}

/** An event of the gate as it is kept: redacted, and of a bounded size whatever it was told with. */
export async function describeGateEvent(event: ToldEvent, telling: Telling): Promise<AuditRow> {
  const text = (value: string) => clip(redactCall(value, telling.secrets), MOST_TEXT);
  const message = event.message === null ? {} : { message: text(event.message) };
  const shared = {
    workspace_id: telling.workspaceId,
    id: telling.id,
    at: Math.floor(event.at),
    action: event.event,
    address: EDGE,
    worker: clip(event.worker.name, MOST_NAME),
  };
  if (event.event === "lifecycle") {
    const { actor, step, step_id, version_id, worker } = event;
    return {
      ...shared,
      outcome: "done",
      code: null,
      actor_kind: actor.kind,
      actor_id: clip(actor.id, MOST_NAME),
      user_id: actor.user_id,
      resource_kind: "version",
      resource_id: clip(version_id, MOST_NAME),
      request_id: await shorten(step_id, telling),
      details: { worker_id: worker.id, step, ...message },
    };
  }
  return {
    ...shared,
    ...judge(event),
    actor_kind: "run",
    actor_id: clip(event.run_id, MOST_NAME),
    user_id: null,
    resource_kind: "tool",
    resource_id: clip(text(event.tool), MOST_NAME),
    request_id: await shorten(event.call_id, telling),
    details: { worker_id: event.worker.id, ...message, ...(await describeFacts(event, telling)) },
  };
}

type CallEvent = Exclude<ToldEvent, { event: "lifecycle" }>;

function judge(event: CallEvent): { outcome: AuditOutcome; code: string | null } {
  switch (event.event) {
    case "tool_call": {
      const outcome = ({ success: "done", error: "failed", refused: "refused" } as const)[event.outcome];
      return { outcome, code: event.code === null ? null : clip(event.code, MOST_NAME) };
    }
    case "trust_violation":
      return { outcome: "refused", code: "tier_forbids" };
    case "credential_access":
      return event.granted
        ? { outcome: "done", code: null }
        : { outcome: "refused", code: "credential_denied" };
    case "escalation_hold":
      return { outcome: "done", code: null };
  }
}

async function describeFacts(event: CallEvent, telling: Telling): Promise<Record<string, Json>> {
  if (event.event === "credential_access") {
    const { credential, granted, hosts } = event;
    return { credential: clip(credential, MOST_NAME), granted, hosts: clipAll(hosts) };
  }
  const asked = {
    parameters: await bound(redactCall(event.parameters, telling.secrets), telling),
    request: event.request === null ? null : await bound(redactCall(event.request, telling.secrets), telling),
  };
  switch (event.event) {
    case "trust_violation":
      return { ...asked, tier: event.tier, forbidden: clip(event.forbidden, MOST_NAME) };
    case "escalation_hold":
      return { ...asked, approval_id: event.approval_id, rule: clipOrNull(event.rule) };
    case "tool_call": {
      const { source, effect, method, duration_ms, credentials, approval_id, rate } = event;
      const made = { source: clip(source, MOST_NAME), effect, method: clipOrNull(method), duration_ms };
      return { ...asked, ...made, credentials: clipAll(credentials), approval_id, rate };
    }
  }
}

/** A value of any size as one that is kept: of a large one its beginning, its size and its digest, all redacted. */
async function bound(value: Json, { digest }: Telling): Promise<Json> {
  const text = canonicalJson(value);
  if (text.length <= limits.audit_call_bytes.value) return value;
  return {
    truncated: true,
    characters: text.length,
    sha256: await digest(text),
    begins: clip(text, SAMPLE_CHARACTERS),
  };
}

/** An id of any length as one that is kept and still is its own. */
async function shorten(id: string, { digest }: Telling): Promise<string> {
  return id.length <= MOST_NAME ? id.toWellFormed() : `sha256:${await digest(id)}`;
}

function clip(text: string, characters: number): string {
  return text.slice(0, characters).toWellFormed();
}

function clipOrNull(text: string | null): string | null {
  return text === null ? null : clip(text, MOST_NAME);
}

function clipAll(texts: readonly string[]): string[] {
  return texts.slice(0, MOST_LIST).map((text) => clip(text, MOST_NAME));
}
