import type { Principal } from "#contract/access/access";
import type { AuditOutcome } from "#contract/audit/audit";
import { auditedReads, unauditedRoutes } from "#contract/audit/unaudited";
import type { AuditEventId, WorkspaceId } from "#contract/ids";
import type { Json } from "#contract/json";
import type { ProblemCode } from "#contract/problem-registry";
import type { Route } from "#contract/route";
import { describeNetwork } from "../platform/network/ip-address.ts";
import { redactBody } from "./redact-body.ts";

/** A request to a route once it has come to an end, and before it is answered. */
export interface EndedCall {
  request: Request;
  requestId: string;
  params: Readonly<Record<string, string>>;
  /** Null where nobody is known. */
  principal: Principal | null;
  /** The body, where it was JSON that the route takes. */
  json: unknown;
  /** What the handler answered; undefined where it threw. */
  answer: unknown;
  /** What it is answered instead; null where nothing was thrown. */
  refusal: { code: ProblemCode; status: number } | null;
}

/** An event as it is kept; `at` is epoch milliseconds. */
export interface AuditRow {
  workspace_id: WorkspaceId;
  id: AuditEventId;
  at: number;
  action: string;
  outcome: AuditOutcome;
  code: string | null;
  actor_kind: string;
  actor_id: string;
  user_id: string | null;
  resource_kind: string | null;
  resource_id: string | null;
  request_id: string;
  address: string;
  details: Record<string, Json>;
  /** The name of the worker whose call it tells of; null for a request. */
  worker: string | null;
}

/** Refusals that a sender can have as many of as it likes: writing each down would do its work for it. */
const UNWRITTEN: ReadonlySet<ProblemCode> = new Set(["rate_limit_exceeded", "unauthenticated"]);

/** Whether a call of this route is to be put on record. Pure. */
export function isAudited({ id, method }: Pick<Route, "id" | "method">): boolean {
  if (method === "GET") return Object.hasOwn(auditedReads, id);
  return !Object.hasOwn(unauditedRoutes, id);
}

/** Whether a call that ended so is. Nobody's is not: it reached no workspace. Pure. */
export function leavesEvent(route: Pick<Route, "id" | "method">, { principal, refusal }: EndedCall): boolean {
  if (!isAudited(route) || principal === null) return false;
  return refusal === null || !UNWRITTEN.has(refusal.code);
}

/** The event of a call. Pure. */
export function describeCall(
  route: Pick<Route, "id" | "path">,
  call: EndedCall & { principal: Principal },
  made: { id: AuditEventId; at: number },
): AuditRow {
  const { principal, params, request, requestId, json } = call;
  const resource = findResource(route.path, params, call.answer);
  return {
    ...made,
    workspace_id: principal.workspace_id,
    action: route.id,
    ...judgeOutcome(call.refusal),
    actor_kind: principal.kind,
    actor_id: principal.id,
    user_id: "user_id" in principal ? principal.user_id : null,
    resource_kind: resource?.kind ?? null,
    resource_id: resource?.id ?? null,
    request_id: requestId,
    address: describeNetwork(request.headers.get("cf-connecting-ip") ?? ""),
    details: {
      ...(Object.keys(params).length > 0 ? { path: redactBody(asNamed(params)) } : {}),
      ...(json === undefined ? {} : { body: redactBody(json) }),
    },
    worker: null,
  };
}

/** Names of secrets and ids of tokens stand in paths: pairs, so that their names alone do not hide them. */
function asNamed(params: Readonly<Record<string, string>>): Record<string, string>[] {
  return Object.entries(params).map(([kind, id]) => ({ kind, id }));
}

function judgeOutcome(refusal: EndedCall["refusal"]): { outcome: AuditOutcome; code: string | null } {
  if (refusal === null) return { outcome: "done", code: null };
  return { outcome: refusal.status < 500 ? "refused" : "failed", code: refusal.code };
}

/** What the path names first; where it names nothing, what was made: `/api/workers` makes a worker. */
function findResource(
  path: string,
  params: Readonly<Record<string, string>>,
  answer: unknown,
): { kind: string; id: string } | null {
  const [first] = [...path.matchAll(/\{(\w+)\}/g)].map(([, name]) => name ?? "");
  if (first !== undefined) return { kind: first, id: params[first] ?? "" };
  const id = idOf(answer);
  const collection = path.split("/")[2] ?? "";
  return id === null ? null : { kind: collection.replace(/s$/, ""), id };
}

function idOf(answer: unknown): string | null {
  if (typeof answer !== "object" || answer === null || answer instanceof Response) return null;
  return "id" in answer && typeof answer.id === "string" ? answer.id : null;
}
