import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { convertV4MiniflareOptions, Miniflare } from "miniflare";
import type { V4WorkerOptions } from "miniflare";
import { afterAll, beforeAll, expect, it } from "vitest";
import { verifies } from "../../../../test/verifies.ts";
import { buildLocalWorker } from "../../../build/edge.ts";
import { serveWorkerd } from "../run-workerd.ts";
import type { RunningWorkerd } from "../run-workerd.ts";
import { buildEdgeConfig } from "../workerd-config.ts";

/** Does to its database what it is told, and says all that it was answered. */
const asker = `
import { DurableObject } from "cloudflare:workers";
export class RunObject extends DurableObject {}
const values = (list) => (list ?? []).map((value) => Array.isArray(value) ? new Uint8Array(value) : value);
async function act({ way, sql, params, all }, db) {
  if (way === "exec") return db.exec(sql);
  if (way === "batch") return db.batch(all.map((one) => db.prepare(one.sql).bind(...values(one.params))));
  const statement = db.prepare(sql).bind(...values(params));
  if (way === "put") return (await db.batch(Array.from({ length: 18 }, (_, at) => db.prepare(sql).bind("é".repeat(500000), at)))).length;
  if (way === "large") return (await statement.all()).results.map((row) => row.text.length);
  return way === "raw" ? statement.raw({ columnNames: true }) : statement[way]();
}
export default {
  async fetch(request, { DB }) {
    const told = [];
    for (const one of await request.json()) {
      try {
        told.push(await act(one, DB));
      } catch (error) {
        told.push({ error: error.message, cause: error.cause?.message });
      }
    }
    return Response.json(told);
  },
};`;

interface Act {
  way: "run" | "all" | "first" | "raw" | "exec" | "batch" | "put" | "large";
  sql?: string;
  params?: unknown[];
  all?: { sql: string; params?: unknown[] }[];
}

let dir: string;
let workerd: RunningWorkerd;
let miniflare: Miniflare;

beforeAll(async () => {
  dir = mkdtempSync(join(tmpdir(), "floom-database-"));
  const bundle = {
    name: "floom",
    rootPath: dir,
    compatibilityDate: "2026-08-01",
    modules: [{ type: "ESModule", path: join(dir, "index.js"), contents: asker }],
    modulesRoot: dir,
    d1Databases: { DB: { id: "00000000-0000-0000-0000-000000000001" } },
    durableObjects: { RUN_OBJECT: { className: "RunObject", useSQLite: true } },
    assets: {
      directory: dir,
      run_worker_first: ["/"],
      routerConfig: { has_user_worker: true, static_routing: { asset_worker: [], user_worker: ["/"] } },
    },
  } as V4WorkerOptions;
  miniflare = new Miniflare(
    convertV4MiniflareOptions({ cf: false, telemetry: { enabled: false }, workers: [bundle] }),
  );
  const config = await buildEdgeConfig({
    bundle,
    stateDir: join(dir, "state"),
    front: await buildLocalWorker("front"),
    database: {
      object: await buildLocalWorker("databaseObject"),
      binding: await buildLocalWorker("databaseBinding"),
    },
  });
  workerd = await serveWorkerd(config, { host: "127.0.0.1", port: 0 });
});

afterAll(async () => {
  workerd.kill();
  await workerd.ended;
  await miniflare.dispose();
  rmSync(dir, { recursive: true, force: true });
});

/** How long something took and who did it is nobody's promise. */
const withoutTimes = (told: string): unknown =>
  JSON.parse(told, (key, value: unknown) =>
    ["duration", "served_by", "timings", "size_after"].includes(key) ? undefined : value,
  );

const toInit = (acts: Act[]) => ({ method: "POST", body: JSON.stringify(acts) });

async function askOurs(acts: Act[]): Promise<string> {
  return (await fetch(`http://127.0.0.1:${workerd.port}/`, toInit(acts))).text();
}

/** What both answer to the same acts, in this order. */
async function askBoth(acts: Act[]): Promise<{ ours: unknown; theirs: unknown }> {
  const ours = await askOurs(acts);
  const theirs = await (await miniflare.dispatchFetch("http://edge/", toInit(acts))).text();
  return { ours: withoutTimes(ours), theirs: withoutTimes(theirs) };
}

it("answers as Miniflare's D1 does, whatever it is asked", async () => {
  verifies("edge:database:same");
  const put = "INSERT INTO kept (word, data, size) VALUES (?, ?, ?)";
  const { ours, theirs } = await askBoth([
    {
      way: "exec",
      sql: "CREATE TABLE kept (id INTEGER PRIMARY KEY, word TEXT UNIQUE, data BLOB, size REAL)",
    },
    { way: "run", sql: put, params: ["a", [1, 2, 255], 1.5] },
    { way: "run", sql: put, params: ["b", null, true] },
    { way: "run", sql: put, params: ["a", null, 0] },
    { way: "all", sql: "SELECT * FROM kept ORDER BY id" },
    { way: "raw", sql: "SELECT id, word AS w, size AS w FROM kept" },
    { way: "first", sql: "SELECT data FROM kept WHERE word = ?1 OR word = ?1", params: ["a"] },
    { way: "first", sql: "SELECT data FROM kept WHERE word = 'nowhere'" },
    { way: "run", sql: "UPDATE kept SET size = size + 1 RETURNING id, size" },
    { way: "run", sql: "UPDATE kept SET size = 0 WHERE word = 'nowhere'" },
    {
      way: "batch",
      all: [
        { sql: put, params: ["c", null, 1] },
        { sql: put, params: ["c", null, 1] },
      ],
    },
    { way: "all", sql: "SELECT count(*) AS n FROM kept" },
    {
      way: "batch",
      all: [{ sql: put, params: ["d", null, 1] }, { sql: "SELECT word FROM kept WHERE size = 1" }],
    },
    { way: "batch", all: [] },
    { way: "all", sql: "SELEC 1" },
    { way: "all", sql: "SELECT * FROM nothing" },
    { way: "all", sql: "SELECT ?, ?", params: ["one"] },
    { way: "all", sql: "SELECT 1", params: ["one"] },
    { way: "all", sql: "  " },
    { way: "all", sql: "-- nothing but a remark" },
    { way: "all", sql: "SELECT 1 AS n; SELECT 2 AS n" },
    { way: "run", sql: "BEGIN TRANSACTION" },
    { way: "exec", sql: "INSERT INTO kept (word) VALUES ('e');\nINSERT INTO kept (word) VALUES ('e');" },
    { way: "exec", sql: "INSERT INTO kept (word) VALUES ('f'); INSERT INTO kept (word) VALUES ('g');" },
    { way: "all", sql: "SELECT word FROM kept ORDER BY id" },
    { way: "all", sql: "SELECT word FROM kept ORDER BY id LIMIT ?", params: [1] },
    { way: "all", sql: "SELECT word FROM kept WHERE word <> ? ORDER BY id limit ?", params: ["a", 2] },
    { way: "all", sql: "SELECT word FROM kept ORDER BY id LIMIT ?", params: [-1] },
    { way: "all", sql: "SELECT word FROM kept ORDER BY id LIMIT ?", params: ["1"] },
    { way: "all", sql: "SELECT word FROM kept ORDER BY id LIMIT ?", params: [1.5] },
    { way: "all", sql: "SELECT word FROM kept ORDER BY id LIMIT ?", params: [1, 2] },
    { way: "all", sql: "SELECT word FROM kept WHERE id = ? -- limit ?", params: [1] },
    { way: "all", sql: "WITH more AS (SELECT 9007199254740993 AS n) SELECT n, typeof(n) FROM more" },
    { way: "all", sql: "PRAGMA foreign_keys" },
    { way: "all", sql: "PRAGMA table_info(kept)" },
    { way: "run", sql: "DELETE FROM kept" },
    { way: "run", sql: put, params: ["x".repeat(1000), [], -0.5] },
    { way: "all", sql: "SELECT length(word) AS n, data, size, id FROM kept" },
  ]);
  expect(ours).toEqual(theirs);
});

it("reads and writes many megabytes at once", { timeout: 60_000 }, async () => {
  const numbers = JSON.stringify(Array.from({ length: 36 }, (_, at) => at));
  const sql = `SELECT hex(zeroblob(500000)) AS text FROM json_each('${numbers}')`;
  const { ours, theirs } = await askBoth([
    { way: "large", sql },
    { way: "exec", sql: "CREATE TABLE much (text TEXT, at INTEGER)" },
    { way: "put", sql: "INSERT INTO much VALUES (?, ?)" },
    { way: "first", sql: "SELECT count(*) AS n, sum(length(text)) AS characters FROM much" },
  ]);
  expect(ours).toEqual([
    Array.from({ length: 36 }, () => 1_000_000),
    { count: 1 },
    18,
    { n: 18, characters: 9_000_000 },
  ]);
  expect(ours).toEqual(theirs);
});

it("tells with each answer how large the file is by then", async () => {
  const large = "x".repeat(1_000_000);
  const told = await askOurs([
    { way: "exec", sql: "CREATE TABLE sized (text TEXT)" },
    { way: "all", sql: "SELECT 1" },
    { way: "run", sql: "INSERT INTO sized VALUES (?)", params: [large] },
    { way: "all", sql: "SELECT 1" },
  ]);
  const sizes = (JSON.parse(told) as { meta?: { size_after: number } }[]).map(({ meta }) => meta?.size_after);
  const [, before = 0, written = 0, after] = sizes;
  // Its first pages may have been free before.
  expect(written - before).toBeGreaterThan(large.length / 2);
  expect(after).toBe(written);
});
