import { createHash } from "node:crypto";
import { execFileSync } from "node:child_process";
import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { QueryAction, QueryPlan } from "#contract/queries/query";
import { askQueries, planOf } from "../../../test/support/workerd/query/ask-query.ts";
import { hostileStatements, hostileValues } from "../../../test/support/workerd/query/hostile-statements.ts";
import { verifies } from "../../../test/verifies.ts";
import { whyNoStatement } from "../../registry/query/judge-sql.ts";

const folder = mkdtempSync(join(tmpdir(), "floom-attacks-"));
const database = join(folder, "sales.sqlite");
const digest = () => createHash("sha256").update(readFileSync(database)).digest("hex");

beforeAll(() => {
  const program = `
import sqlite3, sys
db = sqlite3.connect(sys.argv[1])
db.executescript("""
create table sales(id integer primary key autoincrement, country text, amount real, cost_price real);
create table secrets(value text);
insert into secrets values ('the key');
create view hidden_view as select value from secrets;
create virtual table sales_index using fts5(country, content='sales', content_rowid='id');
""")
db.executemany("insert into sales(country, amount, cost_price) values (?, ?, ?)", [(("DE", "FR", "IT")[n % 3], n * 1.5, n) for n in range(300)])
db.execute("insert into sales_index(sales_index) values ('rebuild')")
db.execute("analyze")
db.commit()`;
  execFileSync("/usr/bin/python3", ["-c", program, database]);
});
afterAll(() => {
  rmSync(folder, { recursive: true });
});

const manifest = (source: string) => `schema_version: "0.3"
name: sales
title: Sales
version: 0.1.0
exec: {mode: query}
query:
  source: {${source}}
  table: sales
  columns: {id: integer, country: string, amount: number}
  id_column: id
  fts_fields: [country]
  filter_fields: {country: country, part: {column: country, op: contains}, some: {column: country, op: in}}
  stats_groups: [country]
  timeout_seconds: 1
  statements:
    own: {sql: "SELECT id FROM sales WHERE country = :country", parameters: {country: string}}
`;
const ofFile = manifest("file: sales.sqlite");
const withIndex = ofFile.replace("fts_fields:", "fts_table: sales_index\n  fts_fields:");

/** The plan of a statement as if a push had let it through. */
function planOfStatement(sql: string): QueryPlan {
  const plan = planOf(ofFile, "own");
  const parameters = [{ name: "country", type: "string" as const }];
  return { ...plan, action: { kind: "statement", name: "own", sql, parameters, returns: null } };
}

describe("hostile statements", () => {
  it("are more than two hundred, and no two are the same", () => {
    expect(new Set(hostileStatements).size).toBe(hostileStatements.length);
    expect(hostileStatements.length).toBeGreaterThan(200);
  });

  it("are each answered by an error in the sandbox, whatever a push has let through, and change nothing", async () => {
    verifies("queries:hostile:only-errors");
    const before = { digest: digest(), files: readdirSync(folder) };
    const inputs = { country: "DE" };
    const answers = await askQueries(
      hostileStatements.map((sql) => ({ plan: planOfStatement(sql), inputs, folder })),
    );
    const wrong = hostileStatements.flatMap((sql, at) => {
      const answer = answers[at];
      return answer?.status === "error" ? [] : [{ sql: sql.slice(0, 100), answer }];
    });
    expect(wrong).toEqual([]);
    expect({ digest: digest(), files: readdirSync(folder) }).toEqual(before);
  }, 240_000);

  it("are refused at push as far as their words tell", () => {
    verifies("queries:hostile:refused-at-push");
    const letThrough = hostileStatements.filter((sql) => whyNoStatement(sql, []) === null);
    // What only the database itself knows: which tables and columns there are, and what something costs.
    const words =
      /\b(?:insert|update|delete|drop|create|alter|attach|pragma|vacuum|recursive|randomblob|zeroblob|printf|load_extension)\b/i;
    expect(letThrough.filter((sql) => words.test(sql))).toEqual([]);
    expect(letThrough.length).toBeLessThan(hostileStatements.length / 2);
  });
});

describe("hostile values", () => {
  const withValue = (action: string, name: string, { isList = false, source = ofFile }) =>
    hostileValues.map((value) => ({
      plan: planOf(source, action),
      inputs: { [name]: isList ? [value, value] : value },
      folder,
    }));

  it.each([
    ["filter", "country", {}],
    ["filter", "part", {}],
    ["filter", "some", { isList: true }],
    ["own", "country", {}],
    ["search", "query", {}],
  ])("are bound by %s (%s) and fit no row", async (action, name, options) => {
    verifies("queries:hostile:values-are-values");
    const before = digest();
    const answers = await askQueries(withValue(action, name, options));
    for (const [at, answer] of answers.entries()) {
      const value = hostileValues[at];
      expect({ value, status: answer.status }).not.toMatchObject({ status: "raised" });
      if (answer.status === "success") expect({ value, ...answer.outputs }).toMatchObject({ results: [] });
    }
    expect(digest()).toBe(before);
  });

  it("are words to an index, and no language", async () => {
    verifies("queries:hostile:values-are-values");
    const answers = await askQueries(withValue("search", "query", { source: withIndex }));
    expect(answers.map(({ status }) => status)).not.toContain("raised");
    const rows = answers.flatMap(({ outputs }) => outputs?.["results"] ?? []).flat();
    // Those that are DE and marks around it find what is DE.
    expect(rows.length).toBeGreaterThan(0);
    for (const row of rows) expect(row).toMatchObject({ country: "DE" });
  });

  it("name no column to sort or group by", async () => {
    verifies("queries:hostile:values-are-values");
    const questions = hostileValues.flatMap((value) => [
      { plan: planOf(ofFile, "filter"), inputs: { order_by: value }, folder },
      { plan: planOf(ofFile, "stats"), inputs: { group_by: value }, folder },
    ]);
    const more = ["cost_price", "-cost_price", "--id", "id DESC", "id; DELETE FROM sales", "1", "rowid"].map(
      (value) => ({ plan: planOf(ofFile, "filter"), inputs: { order_by: value }, folder }),
    );
    const answers = await askQueries([...questions, ...more]);
    expect(answers.map(({ status }) => status)).not.toContain("raised");
    const told = answers.filter(({ status }) => status === "success");
    expect(told).toEqual([]);
  });
});

it("a plan that somebody has bent asks for nothing either: names are names", async () => {
  verifies("queries:hostile:only-errors");
  const plan = planOf(ofFile, "get");
  const bent: QueryAction[] = [
    { kind: "get", name: "get", id: 'id" = 1 --', columns: ["id"] },
    { kind: "search", name: "search", columns: ["id"], fields: ['country" OR 1 --'] },
  ];
  const answers = await askQueries(
    bent.map((action) => ({ plan: { ...plan, action }, inputs: { query: "x", 'id" = 1 --': 1 }, folder })),
  );
  expect(answers.map(({ error_code }) => error_code)).toEqual(["query_refused", "query_refused"]);
});
