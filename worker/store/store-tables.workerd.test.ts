import { expect, it } from "vitest";
import { limits } from "#contract/limits";
import { hostileSql } from "../../test/support/hostile-sql.ts";
import { storeTablesSchema } from "#contract/store/store";
import { callApi, seedWorker, strangerToken } from "../../test/support/workerd/api-harness.ts";
import {
  askStore,
  refused,
  setValue,
  sql,
  told,
  valueOf,
  workerStore,
  workspaceStore,
} from "../../test/support/workerd/store-calls.ts";
import { verifies } from "../../test/verifies.ts";

async function openTables(name: string) {
  await seedWorker(name);
  const store = workerStore(name);
  const execute = (text: string, params: Parameters<typeof sql>[2]["params"] = []) =>
    sql(store, "execute", { sql: text, params });
  const query = (text: string, params: Parameters<typeof sql>[2]["params"] = []) =>
    sql(store, "query", { sql: text, params });
  return { store, execute, query };
}

it("tables are made, filled and asked with parameters, and a question that writes is refused", async () => {
  const { execute, query } = await openTables("sql-plain");
  await told(execute("CREATE TABLE seen (id INTEGER PRIMARY KEY, url TEXT UNIQUE, score REAL)"));
  const put = await told(
    execute("INSERT INTO seen (url, score) VALUES (?, ?) RETURNING id", ["https://a", 0.5]),
  );
  expect(put).toMatchObject({ columns: ["id"], rows: [[1]], staged: false });
  expect((await told(query("SELECT url, score FROM seen WHERE url = ?", ["https://a"]))).rows).toEqual([
    ["https://a", 0.5],
  ]);
  const again = await refused(execute("INSERT INTO seen (url) VALUES (?)", ["https://a"]));
  expect(again).toMatchObject({ code: "sql_refused", detail: expect.stringContaining("UNIQUE") });
  for (const text of ["DELETE FROM seen", "INSERT INTO seen (url) VALUES ('b')", "DROP TABLE seen"])
    expect((await refused(query(text))).code).toBe("sql_refused");
  expect((await told(query("SELECT count(*) FROM seen"))).rows).toEqual([[1]]);
});

it("whole numbers of 64 bits and bytes pass unchanged, or are refused by name", async () => {
  verifies("store:sql:exact");
  const { execute, query } = await openTables("sql-exact");
  await told(execute("CREATE TABLE n (a INTEGER, b)"));
  const large = { integer: "9223372036854775807" };
  const bytes = { bytes: btoa("\u0000\u00ff") };
  await told(execute("INSERT INTO n VALUES (?, ?), (?, ?), (?, ?)", [large, bytes, 5, 7, null, 1e300]));
  expect((await told(query("SELECT a, b, typeof(b) FROM n ORDER BY rowid"))).rows).toEqual([
    [large, bytes, "blob"],
    [5, 7, "integer"],
    [null, 1e300, "real"],
  ]);
  expect((await told(query("SELECT a FROM n WHERE a = ?", [large]))).rows).toEqual([[large]]);
  const returning = await refused(execute("UPDATE n SET b = 1 WHERE a = ? RETURNING a", [large]));
  expect(returning.detail).toContain("RETURNING");
  expect((await told(query("SELECT typeof(b) FROM n WHERE a = ?", [large]))).rows).toEqual([["blob"]]);
});

it("no hostile statement is carried out, and the store's own tables stay as they are", async () => {
  verifies("store:sql:guarded");
  const { store, execute, query } = await openTables("sql-hostile");
  await setValue(store, "kept", "1");
  await told(execute("CREATE TABLE t (a)"));
  for (const text of hostileSql) {
    for (const how of [execute, query]) {
      const answer = await how(text);
      expect([text, answer.status >= 400 && answer.status < 500]).toEqual([text, true]);
    }
  }
  expect(await valueOf(store, "kept")).toBe("1");
  expect((await told(query("SELECT count(*) FROM t"))).rows).toEqual([[0]]);
  // What another worker has made is another database.
  await seedWorker("sql-other");
  expect(
    (await refused(sql(workerStore("sql-other"), "query", { sql: "SELECT * FROM t" }))).detail,
  ).toContain("no such table");
});

it("answers end at their limits, and a join that would take for ever is not begun", async () => {
  const { execute, query } = await openTables("sql-limits");
  await told(execute("CREATE TABLE big (a)"));
  const rows = Array.from({ length: 500 }, (_, index) => `(${index})`).join(",");
  for (let round = 0; round < 3; round++) await told(execute(`INSERT INTO big VALUES ${rows}`));
  const page = await told(query("SELECT a FROM big"));
  expect([page.rows.length, page.truncated]).toEqual([limits.sql_answer_rows.value, true]);
  const join = await refused(query("SELECT count(*) FROM big x, big y, big z"));
  expect(join.detail).toContain("multiplied");
  expect((await told(query("SELECT count(*) FROM big x JOIN big y ON x.a = y.a"))).rows).toEqual([[4500]]);
  for (let index = 0; index < limits.sql_tables.value - 1; index++)
    await told(execute(`CREATE TABLE t${index} (a)`));
  expect((await refused(execute("CREATE TABLE one_more (a)"))).code).toBe("store_full");
  expect((await refused(query("SELECT * FROM one_more"))).detail).toContain("no such table");
});

it("an export has every key, value and row, as JSON or CSV", async () => {
  verifies("store:export:whole");
  const { store, execute } = await openTables("exported");
  const keys = Array.from({ length: 120 }, (_, index) => `k${String(index).padStart(3, "0")}`);
  for (const key of keys) await setValue(store, key, "9007199254740993");
  await setValue(store, "bytes", new Uint8Array([0, 255]));
  await told(execute("CREATE TABLE t (a INTEGER, b TEXT)"));
  for (let index = 0; index < 3; index++)
    await told(execute("INSERT INTO t VALUES (?, ?)", [index, '=1+1,\n"q"']));
  const json = await (await askStore(store, { method: "GET", path: "/export" })).text();
  const lines = json.trimEnd().split("\n");
  expect(lines).toHaveLength(keys.length + 1 + 3);
  expect(lines[1]).toContain('"key":"k000"');
  expect(lines[1]).toContain('"value":9007199254740993}');
  expect(lines[0]).toContain('"base64":"AP8="');
  expect(lines.at(-1)).toBe('{"table":"t","row":{"a":2,"b":"=1+1,\\n\\"q\\""}}');
  const csv = async (query: Record<string, string>) =>
    (await askStore(store, { method: "GET", path: "/export", query: { format: "csv", ...query } })).text();
  expect((await csv({})).split("\n")[1]).toMatch(/^bytes,bytes,AP8=,/);
  expect(await csv({ table: "t" })).toContain('a,b\n0,"\'=1+1,\n""q"""\n');
  expect((await askStore(store, { method: "GET", path: "/export", query: { table: "none" } })).status).toBe(
    400,
  );
  expect(await (await askStore(workspaceStore, { method: "GET", path: "/export" })).text()).not.toContain(
    "k000",
  );
});

it("the tables of a store are listed with how they were made, and none of another store or of its own", async () => {
  const { store, execute } = await openTables("sql-listed");
  const list = async (of: string) =>
    storeTablesSchema.parse(await (await callApi("GET", `/api/store/tables${of}`)).json()).tables;
  expect(await list("?worker=sql-listed")).toEqual([]);
  await setValue(store, "kept", "1");
  await told(execute("CREATE TABLE seen (id INTEGER PRIMARY KEY, url TEXT)"));
  await told(execute("CREATE INDEX seen_by_url ON seen (url)"));
  await told(execute("CREATE TABLE also (a)"));
  expect(await list("?worker=sql-listed")).toEqual([
    { name: "also", sql: "CREATE TABLE also (a)", indexes: [] },
    {
      name: "seen",
      sql: "CREATE TABLE seen (id INTEGER PRIMARY KEY, url TEXT)",
      indexes: ["CREATE INDEX seen_by_url ON seen (url)"],
    },
  ]);
  await seedWorker("sql-unlisted");
  expect(await list("?worker=sql-unlisted")).toEqual([]);
  expect((await callApi("GET", "/api/store/tables?worker=sql-none")).status).toBe(404);
  const stranger = await callApi("GET", "/api/store/tables?worker=sql-listed", {
    token: await strangerToken(),
  });
  expect(stranger.status).toBe(404);
});
