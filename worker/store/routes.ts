import type { runStoreRoutes, storeRoutes } from "#contract/store/routes";
import { storeHeaders, storeMediaTypes } from "#contract/store/store";
import type { StoreKind, StoreWritten } from "#contract/store/store";
import { readIdempotencyKey } from "../http/idempotency.ts";
import type { RouteHandlers } from "../http/mount.ts";
import { readBytes } from "../http/read-body.ts";
import { toIso } from "../platform/clock.ts";
import { openStoreOfRun } from "./run-service.ts";
import type { RunStoreDeps } from "./run-service.ts";
import {
  countKey,
  deleteKey,
  executeSql,
  exportStore,
  getEntry,
  listKeys,
  openStoreOf,
  querySql,
  setKey,
} from "./service.ts";
import type { OpenedStore, StoreDeps } from "./service.ts";

/** A value as it was set. It comes as data, never as something that a browser would open. */
async function answerValue(opened: OpenedStore, key: string): Promise<Response> {
  const { kind, value, version, updated_at, expires_at } = await getEntry(opened, key);
  const headers = new Headers({
    "content-type": storeMediaTypes[kind],
    [storeHeaders.version]: version,
    [storeHeaders.updated_at]: toIso(updated_at),
  });
  if (kind === "bytes") headers.set("content-disposition", "attachment");
  if (expires_at !== null) headers.set(storeHeaders.expires_at, toIso(expires_at));
  return new Response(value.slice(), { headers });
}

function kindOf(request: Request): StoreKind {
  const [type = ""] = (request.headers.get("content-type") ?? "").split(";");
  return type.trim().toLowerCase() === storeMediaTypes.json ? "json" : "bytes";
}

async function setFromBody(
  opened: OpenedStore,
  request: Request,
  query: { key: string; ttl_seconds?: number | undefined; if_version?: string | undefined },
): Promise<StoreWritten> {
  const write = {
    key: query.key,
    kind: kindOf(request),
    value: await readBytes(request, "store_value_bytes"),
    ttl_seconds: query.ttl_seconds ?? null,
    if_version: query.if_version ?? null,
  };
  return setKey(opened, write, readIdempotencyKey(request));
}

const exportNames = {
  json: ["application/x-ndjson", "store.ndjson"],
  csv: ["text/csv; charset=utf-8", "store.csv"],
} as const;

export const storeHandlers: RouteHandlers<typeof storeRoutes, StoreDeps> = {
  async listStore(deps, { principal, query }) {
    const opened = await openStoreOf(deps, principal, { worker: query.worker, scope: "store:read" });
    return listKeys(opened, { prefix: query.prefix, cursor: query.cursor, limit: query.limit });
  },
  async getStoreValue(deps, { principal, query }) {
    const opened = await openStoreOf(deps, principal, { worker: query.worker, scope: "store:read" });
    return answerValue(opened, query.key);
  },
  async setStoreValue(deps, { principal, query, context }) {
    const opened = await openStoreOf(deps, principal, { worker: query.worker, scope: "store:write" });
    return setFromBody(opened, context.request, query);
  },
  async deleteStoreValue(deps, { principal, query, context }) {
    const opened = await openStoreOf(deps, principal, { worker: query.worker, scope: "store:write" });
    const of = { key: query.key, if_version: query.if_version ?? null };
    await deleteKey(opened, of, readIdempotencyKey(context.request));
    return undefined;
  },
  async incrementStoreValue(deps, { principal, query, json, context }) {
    const opened = await openStoreOf(deps, principal, { worker: query.worker, scope: "store:write" });
    const { key, by, ttl_seconds = null } = json;
    return countKey(opened, { key, by, ttl_seconds }, readIdempotencyKey(context.request));
  },
  async listStoreTables(deps, { principal, query }) {
    const { store } = await openStoreOf(deps, principal, { worker: query.worker, scope: "store:read" });
    return { tables: await store.listTables() };
  },
  async queryStore(deps, { principal, query, json }) {
    const opened = await openStoreOf(deps, principal, { worker: query.worker, scope: "store:read" });
    return querySql(opened, json);
  },
  async executeStore(deps, { principal, query, json, context }) {
    const opened = await openStoreOf(deps, principal, { worker: query.worker, scope: "store:write" });
    return executeSql(opened, json, readIdempotencyKey(context.request));
  },
  async exportStore(deps, { principal, query }) {
    const { store } = await openStoreOf(deps, principal, { worker: query.worker, scope: "store:read" });
    const [type, name] = exportNames[query.format];
    const body = await exportStore(store, { format: query.format, table: query.table ?? null });
    const headers = { "content-type": type, "content-disposition": `attachment; filename="${name}"` };
    return new Response(body, { headers });
  },
};

export const runStoreHandlers: RouteHandlers<typeof runStoreRoutes, RunStoreDeps> = {
  async listRunStore(deps, { principal, query }) {
    const opened = await openStoreOfRun(deps, principal, query.place);
    return listKeys(opened, { prefix: query.prefix, cursor: query.cursor, limit: query.limit });
  },
  async getRunStoreValue(deps, { principal, query }) {
    return answerValue(await openStoreOfRun(deps, principal, query.place), query.key);
  },
  async setRunStoreValue(deps, { principal, query, context }) {
    return setFromBody(await openStoreOfRun(deps, principal, query.place), context.request, query);
  },
  async deleteRunStoreValue(deps, { principal, query, context }) {
    const opened = await openStoreOfRun(deps, principal, query.place);
    const of = { key: query.key, if_version: query.if_version ?? null };
    await deleteKey(opened, of, readIdempotencyKey(context.request));
    return undefined;
  },
  async incrementRunStoreValue(deps, { principal, query, json, context }) {
    const opened = await openStoreOfRun(deps, principal, query.place);
    const { key, by, ttl_seconds = null } = json;
    return countKey(opened, { key, by, ttl_seconds }, readIdempotencyKey(context.request));
  },
  async queryRunStore(deps, { principal, query, json }) {
    return querySql(await openStoreOfRun(deps, principal, query.place), json);
  },
  async executeRunStore(deps, { principal, query, json, context }) {
    const opened = await openStoreOfRun(deps, principal, query.place);
    return executeSql(opened, json, readIdempotencyKey(context.request));
  },
};
