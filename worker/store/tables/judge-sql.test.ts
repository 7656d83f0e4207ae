import { expect, it } from "vitest";
import { AppError } from "../../platform/app-error.ts";
import { verifies } from "../../../test/verifies.ts";
import { countVisits, judgeSql } from "./judge-sql.ts";
import { hostileSql } from "../../../test/support/hostile-sql.ts";
import { scanSql } from "../../platform/sql/scan-sql.ts";
import { bindSql } from "./sql-values.ts";

const allowed = [
  "SELECT 1",
  "select a, b from t where a = ? and b like ? order by a limit 10;",
  "VALUES (1), (2)",
  "INSERT INTO t (a, b) VALUES (?, ?) ON CONFLICT (a) DO UPDATE SET b = excluded.b RETURNING *",
  "REPLACE INTO t VALUES (?, ?)",
  "UPDATE t SET temp = temp + 1.5e-3 WHERE a IN (SELECT a FROM u)",
  "DELETE FROM t",
  "CREATE TABLE IF NOT EXISTS t (a INTEGER PRIMARY KEY, b TEXT NOT NULL DEFAULT 'none', c BLOB) STRICT",
  "CREATE UNIQUE INDEX t_b ON t (b)",
  "DROP TABLE t",
  "ALTER TABLE t ADD COLUMN c REAL",
  "SELECT x'00ff', 'it''s', \"a b\", [c d], `e f` FROM t -- and a comment",
  "SELECT /* ; */ count(*) FROM t; -- done",
  "SELECT json_extract(a, '$.b') FROM t",
];

it("statements of people's own tables are let through, with comments, quotes and a semicolon behind them", () => {
  for (const sql of allowed) expect(() => judgeSql(sql), sql).not.toThrow();
  expect(judgeSql("SELECT 1 ; ; -- x").sql).toBe("SELECT 1");
  expect(allowed.map((sql) => judgeSql(sql).reads).filter(Boolean)).toHaveLength(6);
});

it("what reaches beyond one statement and people's own tables is refused", () => {
  verifies("store:sql:guarded");
  expect(hostileSql.length).toBeGreaterThanOrEqual(60);
  for (const sql of hostileSql) {
    const refusal = (() => {
      try {
        return judgeSql(sql);
      } catch (error) {
        return error;
      }
    })();
    expect(refusal, sql).toBeInstanceOf(AppError);
  }
});

it("what a statement may cost is bounded by its tables multiplied, whatever they are called there", () => {
  const rows = (name: string) => ({ t: 1000, u: 200 })[name];
  const visits = (sql: string) => countVisits(scanSql(sql), rows);
  expect(visits("SELECT t.a, t.b FROM t WHERE t.a = 1")).toBe(1000);
  expect(visits("SELECT * FROM t AS x, T AS y")).toBe(1_000_000);
  expect(visits('SELECT * FROM "t" JOIN [u] ON 1')).toBe(200_000);
  expect(visits("INSERT INTO t SELECT * FROM u")).toBe(200);
  const made = "(SELECT 1 UNION ALL SELECT 2 UNION ALL SELECT 3)";
  expect(visits(`SELECT count(*) FROM ${Array.from({ length: 12 }, () => made).join(", ")}`)).toBeGreaterThan(
    1e12,
  );
});

it("parameters are bound by place, whole numbers as whole numbers", () => {
  const bind = (sql: string, params: Parameters<typeof bindSql>[1]) => bindSql(judgeSql(sql), params);
  expect(bind("SELECT '?', ? + ?", [1, { integer: "9007199254740993" }])).toEqual({
    sql: "SELECT '?', CAST(? AS INTEGER) + CAST(? AS INTEGER)",
    values: ["1", "9007199254740993"],
  });
  expect(bind("SELECT ?, ?, ?", ["a", null, 0.5]).values).toEqual(["a", null, 0.5]);
  expect(() => bind("SELECT ?", [])).toThrow(/1 of \?/);
  expect(() => bind("SELECT 1", [1])).toThrow(/0 of \?/);
});
