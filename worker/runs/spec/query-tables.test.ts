import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, it } from "vitest";
import * as z from "zod";
import type { QueryAction } from "#contract/queries/query";
import { askQueries, planOf } from "../../../test/support/workerd/query/ask-query.ts";
import { verifies } from "../../../test/verifies.ts";

const folder = mkdtempSync(join(tmpdir(), "floom-query-"));
afterAll(() => {
  rmSync(folder, { recursive: true });
});

it("find words without an index by no other case and accents than with one, and with the best first", async () => {
  verifies("queries:search:without-an-index");
  writeFileSync(
    join(folder, "words.csv"),
    "id,city,note\n1,ÅRHUS,one word of many others about the sea and the wind\n2,Århus,århus århus\n3,Rom,Straße\n4,Oslo,\n",
  );
  const source = `schema_version: "0.3"
name: words
title: Words
version: 0.1.0
exec: {mode: query}
query: {source: {file: words.csv}, columns: {id: integer, city: string, note: string}, fts_fields: [city, note]}`;
  const plan = { ...planOf(source, "search"), index_rows: 0 };
  const idsOf = async (query: string, limit = 20) => {
    const [found] = await askQueries([{ plan, inputs: { query, limit }, folder }]);
    const { results, total } = z
      .object({ results: z.array(z.looseObject({ id: z.int(), score: z.number() })), total: z.int() })
      .parse(found?.outputs);
    return [results.map(({ id }) => id), total];
  };
  expect(await idsOf("arhus")).toEqual([[2, 1], 2]);
  expect(await idsOf("ÅRHUS", 1)).toEqual([[2], 2]);
  expect(await idsOf("STRASSE rom")).toEqual([[3], 1]);
  expect(await idsOf("arhus rom")).toEqual([[], 0]);
});

it("may have other tables beside the one, which statements join and nothing else reads", async () => {
  verifies("queries:tables:joined");
  const program = `
import sqlite3, sys
db = sqlite3.connect(sys.argv[1])
db.executescript("create table orders(id integer primary key, customer integer, total real); create table customers(id integer primary key, name text, iban text); create table secrets(k text)")
db.execute("insert into customers values (7, 'Ada', 'DE1')")
db.execute("insert into orders values (1, 7, 5), (2, 7, 6), (3, 8, 1)")
db.commit()`;
  execFileSync("/usr/bin/python3", ["-c", program, join(folder, "shop.sqlite")]);
  const sql = (text: string) => `schema_version: "0.3"
name: shop
title: Shop
version: 0.1.0
exec: {mode: query}
query:
  source: {file: shop.sqlite}
  table: orders
  columns: {id: integer, customer: integer, total: number}
  tables: {customers: [id, name]}
  id_column: id
  statements: {best: {sql: ${JSON.stringify(text)}}}`;
  const joined =
    "SELECT c.name, SUM(o.total) AS total FROM orders o JOIN customers c ON c.id = o.customer GROUP BY c.name";
  const plan = planOf(sql(joined), "best");
  const hostile = [
    joined,
    "SELECT c.iban FROM orders o JOIN customers c ON c.id = o.customer",
    "SELECT c.* FROM customers c",
    "SELECT k FROM secrets",
    "SELECT name FROM customers UNION ALL SELECT sql FROM sqlite_master",
  ];
  const [good, ...bad] = await askQueries(
    hostile.map((text) => ({
      plan: { ...plan, action: { ...plan.action, sql: text } as QueryAction },
      inputs: {},
      folder,
    })),
  );
  expect(good?.outputs).toMatchObject({ results: [{ name: "Ada", total: 11 }] });
  expect(bad.map(({ error_code }) => error_code)).toEqual(Array.from({ length: 4 }, () => "query_refused"));
  const [found] = await askQueries([{ plan: planOf(sql(joined), "get"), inputs: { id: 1 }, folder }]);
  expect(found?.outputs).toMatchObject({ document: { id: 1, total: 5 } });
  const gone = { ...planOf(sql(joined), "best"), tables: [{ name: "clients", columns: ["id"] }] };
  const [none] = await askQueries([{ plan: gone, inputs: {}, folder }]);
  expect(none?.error).toBe("The database has no table clients; it has customers, orders, secrets.");
});
