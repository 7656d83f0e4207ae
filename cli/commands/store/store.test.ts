import { afterEach, beforeEach, expect, it } from "vitest";
import type { StoreWritten } from "#contract/store/store";
import { callCli } from "../../../test/support/cli-host.ts";
import { startFakeEdge } from "../../../test/support/fake-edge.ts";
import type { FakeEdge } from "../../../test/support/fake-edge.ts";
import { verifies } from "../../../test/verifies.ts";

const usage = {
  entries: 2,
  entries_limit: 50_000,
  bytes: 40,
  bytes_limit: 67_108_864,
  database_bytes: 32_768,
  database_bytes_limit: 134_217_728,
};
const written = (key: string): StoreWritten => ({
  key,
  kind: "json",
  size_bytes: 16,
  version: "v1",
  updated_at: "2026-03-02T09:00:00.000Z",
  expires_at: null,
  staged: false,
  usage,
});

let edge: FakeEdge;
let stored: { type: string; body: Buffer };
beforeEach(async () => {
  stored = { type: "application/json", body: Buffer.from('{"n": 9007199254740993}') };
  edge = await startFakeEdge({
    getStoreValue: ({ response }) => {
      const headers = { "content-type": stored.type, "x-floom-version": "v1" };
      response.writeHead(200, headers).end(stored.body);
    },
    setStoreValue: ({ query }) => written(query["key"] ?? ""),
    deleteStoreValue: () => undefined,
    incrementStoreValue: () => ({ ...written("n"), value: "9007199254740994" }),
    listStore: () => ({ items: [written("a"), written("b\u009b")], next_cursor: "abc", usage }),
    queryStore: () => ({
      columns: ["id", "big", "raw"],
      rows: [[1, { integer: "9007199254740993" }, { bytes: "AP8=" }]],
      truncated: true,
      rows_written: 0,
      staged: false,
    }),
    executeStore: () => ({ columns: [], rows: [], truncated: false, rows_written: 3, staged: false }),
    listStoreTables: () => ({
      tables: [
        {
          name: "seen",
          sql: "CREATE TABLE seen (\n  id INTEGER\n)",
          indexes: ["CREATE INDEX i ON seen (id)"],
        },
      ],
    }),
    exportStore: ({ response }) => {
      response.writeHead(200, { "content-type": "application/x-ndjson" }).end('{"key":"a"}\n');
    },
  });
});
afterEach(() => edge.close());

const store = (argv: readonly string[], options: Parameters<typeof callCli>[1] = {}) =>
  callCli(["store", ...argv], { edge, ...options });
const last = () => {
  const { routeId, query, body, headers } = edge.requests.at(-1) ?? {};
  return {
    routeId,
    query,
    body: body?.toString(),
    type: headers?.["content-type"],
    once: headers?.["idempotency-key"],
  };
};

it("prints a value as it was written, large whole numbers included, alone or in a document", async () => {
  verifies("store:cli");
  expect(await store(["get", "k", "-w", "bot"])).toMatchObject({
    exitCode: 0,
    stdout: '{"n": 9007199254740993}\n',
  });
  expect(last()).toMatchObject({ routeId: "getStoreValue", query: { key: "k", worker: "bot" } });
  const { stdout } = await store(["get", "k", "--json"]);
  expect(stdout).toContain('"value":{"n": 9007199254740993}}');
  expect(JSON.parse(stdout)).toMatchObject({ key: "k", kind: "json", version: "v1" });
  stored = { type: "application/octet-stream", body: Buffer.from([0, 255]) };
  expect((await store(["get", "k"])).stdout).toBe("\u0000\u00ff");
  expect((await store(["get", "k"], { isTerminal: true })).exitCode).toBe(2);
  expect(JSON.parse((await store(["get", "k", "--json"])).stdout)).toMatchObject({ base64: "AP8=" });
});

it("takes a value from its words or standard input: JSON as it is, other text as a string, bytes as bytes", async () => {
  verifies("store:cli");
  const set = async (argv: string[], stdin?: string | Uint8Array) => {
    const done = await store(["set", ...argv], stdin === undefined ? {} : { stdin });
    expect(done.exitCode, done.stderr).toBe(0);
    return last();
  };
  expect(await set(["k", "9007199254740993"])).toMatchObject({
    body: "9007199254740993",
    type: "application/json",
  });
  expect(await set(["k", "hello"])).toMatchObject({ body: '"hello"' });
  expect(await set(["k"], '{"a": 1}\n')).toMatchObject({ body: '{"a": 1}' });
  const more = await set(["k", "1", "--ttl", "60", "--if-version", "none", "--once", "order-1", "-w", "bot"]);
  expect(more).toMatchObject({
    once: "order-1",
    query: { ttl_seconds: "60", if_version: "none", worker: "bot" },
  });
  const bytes = await set(["k", "--bytes"], Uint8Array.from([0, 255]));
  expect(bytes.type).toBe("application/octet-stream");
  expect([...(edge.requests.at(-1)?.body ?? [])]).toEqual([0, 255]);
  expect((await store(["set", "k", "1"])).stdout).toBe("Set k, 16 B.\n");
});

it("counts, deletes and lists, and says how full the store is", async () => {
  verifies("store:cli");
  expect((await store(["increment", "n", "9007199254740993"])).stdout).toBe("9007199254740994\n");
  expect(last().body).toBe('{"key":"n","by":"9007199254740993"}');
  expect((await store(["increment", "n", "--", "-5"])).exitCode).toBe(0);
  expect((await store(["increment", "n", "1.5"])).exitCode).toBe(2);
  expect((await store(["delete", "k"])).stdout).toBe("Deleted k.\n");
  const listed = await store(["list", "a/"]);
  expect(listed.stdout).not.toContain("\u009b");
  expect(listed.stderr).toContain("2 keys in the store, 40 B of 64 MiB.");
  expect(listed.stderr).toContain("--cursor abc");
  expect(last()).toMatchObject({ query: { prefix: "a/" } });
});

it("asks and changes tables with parameters that keep what they are, and exports", async () => {
  verifies("store:cli");
  const asked = await store([
    "query",
    "SELECT ?",
    "-p",
    "7",
    "-p",
    "x",
    "-p",
    "9007199254740993",
    "-p",
    "null",
  ]);
  expect(asked.stdout).toMatch(/1 +9007199254740993 +base64:AP8=/);
  expect(asked.stderr).toContain("There are more");
  expect(last()).toMatchObject({
    routeId: "queryStore",
    body: JSON.stringify({ sql: "SELECT ?", params: [7, "x", { integer: "9007199254740993" }, null] }),
  });
  const changed = await store(["query", "--write"], { stdin: "DELETE FROM t" });
  expect(changed.stderr).toBe("0 rows, 3 rows written.\n");
  expect(last().routeId).toBe("executeStore");
  expect((await store(["export", "--format", "csv", "--table", "t"])).stdout).toBe('{"key":"a"}\n');
  expect(last().query).toEqual({ format: "csv", table: "t" });
});

it("lists tables, each on one line", async () => {
  const { stdout } = await store(["tables", "--worker", "dedupe"]);
  expect(last()).toMatchObject({ routeId: "listStoreTables", query: { worker: "dedupe" } });
  expect(stdout.trim().split("\n")).toHaveLength(2);
  expect(stdout).toMatch(/seen +1 +CREATE TABLE seen/);
});
