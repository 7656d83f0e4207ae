import type { SandboxRecord } from "../host/sandbox-record.ts";
import { ApiError } from "./api-error.ts";

export interface ListQuery {
  metadata: [string, string][];
  states: ReadonlySet<string>;
  startedAfterMs: number | null;
  template: string | null;
  order: "asc" | "desc";
  limit: number;
  after: { startedAtMs: number; id: string } | null;
}

const MAX_LIMIT = 100;

function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

function parseToken(token: string): NonNullable<ListQuery["after"]> {
  const [startedAt, id] = Buffer.from(token, "base64url").toString("utf8").split(",");
  const startedAtMs = Number(startedAt);
  if (!Number.isSafeInteger(startedAtMs) || id === undefined || id === "")
    throw new ApiError(400, "nextToken is not valid");
  return { startedAtMs, id };
}

function parseStates(params: URLSearchParams): Set<string> {
  const states = new Set(
    params
      .getAll("state")
      .flatMap((value) => value.split(","))
      .filter((value) => value !== ""),
  );
  for (const state of states) {
    if (state !== "running" && state !== "paused")
      throw new ApiError(400, `state: ${state} is not running or paused`);
  }
  return states;
}

function parseLimit(text: string | null): number {
  if (text === null) return MAX_LIMIT;
  const limit = Number(text);
  if (!Number.isInteger(limit) || limit < 1 || limit > MAX_LIMIT)
    throw new ApiError(400, `limit must be 1 to ${MAX_LIMIT}`);
  return limit;
}

/** Reads the query of a list. Metadata pairs arrive encoded twice, as the SDK sends them. Throws ApiError. */
export function parseListQuery(params: URLSearchParams): ListQuery {
  const startedAfter = params.get("startedAfter");
  const startedAfterMs = startedAfter === null ? null : Date.parse(startedAfter);
  if (Number.isNaN(startedAfterMs)) throw new ApiError(400, "startedAfter is not a date");
  const order = params.get("order") ?? "desc";
  if (order !== "asc" && order !== "desc") throw new ApiError(400, "order must be asc or desc");
  const token = params.get("nextToken");
  const states = parseStates(params);
  return {
    metadata: [...new URLSearchParams(params.get("metadata") ?? "")].map(([key, value]) => [
      decode(key),
      decode(value),
    ]),
    states: states.size === 0 ? new Set(["running", "paused"]) : states,
    startedAfterMs,
    template: params.get("template"),
    order,
    limit: parseLimit(params.get("limit")),
    after: token === null || token === "" ? null : parseToken(token),
  };
}

interface SortKey {
  startedAtMs: number;
  id: string;
}

const sortKeyOf = (record: SandboxRecord): SortKey => ({ startedAtMs: record.started_at_ms, id: record.id });

function compareKeys(a: SortKey, b: SortKey): number {
  return a.startedAtMs - b.startedAtMs || (a.id < b.id ? -1 : Number(a.id > b.id));
}

/**
 * One page of the records that match, and the token of the next. Position is by start time and id, so a page
 * stays right when sandboxes come and go between two calls.
 */
export function selectPage(
  records: readonly SandboxRecord[],
  query: ListQuery,
): { page: SandboxRecord[]; nextToken: string | null } {
  const direction = query.order === "asc" ? 1 : -1;
  const { after } = query;
  const matching = records
    .filter((record) => query.states.has(record.state))
    .filter((record) => query.startedAfterMs === null || record.started_at_ms >= query.startedAfterMs)
    .filter((record) => query.template === null || record.template_id === query.template)
    .filter((record) => query.metadata.every(([key, value]) => record.metadata[key] === value))
    .filter((record) => after === null || direction * compareKeys(sortKeyOf(record), after) > 0)
    .sort((a, b) => direction * compareKeys(sortKeyOf(a), sortKeyOf(b)));
  const page = matching.slice(0, query.limit);
  const last = page.at(-1);
  const hasMore = matching.length > page.length && last !== undefined;
  return {
    page,
    nextToken: hasMore ? Buffer.from(`${last.started_at_ms},${last.id}`).toString("base64url") : null,
  };
}
