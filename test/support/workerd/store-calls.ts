import type * as z from "zod";
import { problemSchema } from "#contract/problem";
import type { SqlValue } from "#contract/store/store";
import {
  sqlAnswerSchema,
  storeCountedSchema,
  storePageSchema,
  storeWrittenSchema,
} from "#contract/store/store";
import { callApi } from "./api-harness.ts";
import type { ApiCall } from "./api-harness.ts";

/** A store as one asker reaches it: below /api/store with a token of a workspace, or below a run with the run's own. */
export interface StoreCaller {
  base: string;
  query: Record<string, string>;
  token?: string;
}

export const workspaceStore: StoreCaller = { base: "/api/store", query: {} };
export const workerStore = (worker: string, token?: string): StoreCaller => ({
  base: "/api/store",
  query: { worker },
  ...(token === undefined ? {} : { token }),
});
export const runStore = (run: string, token: string, place = "worker"): StoreCaller => ({
  base: `/api/runs/${run}/store`,
  query: { place },
  token,
});

/** One request to a store. */
export function askStore(
  { base, query, token }: StoreCaller,
  { method, path = "", ...call }: ApiCall & { method: string; path?: string; query?: Record<string, string> },
): Promise<Response> {
  const search = new URLSearchParams({ ...query, ...call.query });
  const given = token === undefined ? call : { ...call, token };
  return callApi(method, `${base}${path}?${search}`, given);
}

/** Sets a key to a value that is JSON text, or bytes. */
export function setValue(
  store: StoreCaller,
  key: string,
  value: string | Uint8Array<ArrayBuffer>,
  more: { query?: Record<string, string>; headers?: Record<string, string> } = {},
): Promise<Response> {
  const type = typeof value === "string" ? "application/json" : "application/octet-stream";
  const headers = { "content-type": type, ...more.headers };
  return askStore(store, {
    method: "PUT",
    path: "/entry",
    body: value,
    headers,
    query: { key, ...more.query },
  });
}

export const getValue = (store: StoreCaller, key: string) =>
  askStore(store, { method: "GET", path: "/entry", query: { key } });
export const deleteValue = (store: StoreCaller, key: string, query: Record<string, string> = {}) =>
  askStore(store, { method: "DELETE", path: "/entry", query: { key, ...query } });
export const count = (store: StoreCaller, json: object, headers: Record<string, string> = {}) =>
  askStore(store, { method: "POST", path: "/increment", json, headers });
export const sql = (
  store: StoreCaller,
  how: "query" | "execute",
  statement: { sql: string; params?: SqlValue[] },
  headers: Record<string, string> = {},
) => askStore(store, { method: "POST", path: `/${how}`, json: statement, headers });

const read =
  <S extends z.ZodType>(schema: S) =>
  async (answer: Response | Promise<Response>): Promise<z.output<S>> =>
    schema.parse(await (await answer).json());

export const written = read(storeWrittenSchema);
export const counted = read(storeCountedSchema);
export const told = read(sqlAnswerSchema);
export const pageOf = read(storePageSchema);
export const refused = read(problemSchema);

/** The text of a value, or the code of its refusal. */
export async function valueOf(store: StoreCaller, key: string): Promise<string> {
  const answer = await getValue(store, key);
  return answer.ok ? answer.text() : (await refused(answer)).code;
}

/** All keys that a prefix finds, page by page. */
export async function keysOf(store: StoreCaller, prefix = "", limit = 50): Promise<string[]> {
  const keys: string[] = [];
  let cursor: string | null = null;
  do {
    const query: Record<string, string> = { prefix, limit: String(limit), ...(cursor ? { cursor } : {}) };
    const page: z.output<typeof storePageSchema> = await pageOf(askStore(store, { method: "GET", query }));
    keys.push(...page.items.map(({ key }) => key));
    cursor = page.next_cursor;
  } while (cursor !== null);
  return keys;
}
