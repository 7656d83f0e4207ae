import { describe, expect, it } from "vitest";
import { manifestSchema } from "#contract/manifest/manifest";
import { verifies } from "../../../test/verifies.ts";
import { parseManifest } from "../parse-manifest.ts";

const good = `schema_version: "0.3"
name: sales
title: Sales
version: 0.1.0
exec: {mode: query}
query:
  source: {file: data/sales.csv}
  table: sales
  columns:
    id: integer
    day: {type: date, description: The day.}
    city: string
    amount: {type: number, from: Amount in euros}
    note: string
  id_column: id
  full_text_column: note
  fts_fields: [city, note]
  filter_fields:
    city: city
    min_amount: amount >= ?
    cities: {column: city, op: in}
    has_note: {column: note, op: is_set}
    round: {sql: "ROUND(amount) = ? OR id = ?", type: integer}
  default_order_by: day DESC
  stats_groups: {city: city, month: "substr(day, 1, 7)"}
  stats_aggregates: [SUM(amount) AS total]
  statements:
    best:
      sql: SELECT city FROM sales WHERE amount > :least
      parameters: {least: {type: number, default: 10}}
      returns: {city: string}
`;
const paths = new Set(["worker.yml", "data/sales.csv"]);
const codesOf = (source: string) =>
  parseManifest(source, { paths }).findings.map(({ severity, code, line }) => `${severity} ${code} ${line}`);
const lineOf = (text: string) => good.split("\n").findIndex((line) => line.includes(text)) + 1;

describe("a query worker", () => {
  it("becomes a complete manifest with an action for each of the four and each statement", () => {
    verifies("queries:manifest:checked", "queries:tools:read-only");
    const { manifest, findings } = parseManifest(good, { paths });
    expect(findings).toEqual([]);
    expect(manifestSchema.parse(manifest)).toEqual(manifest);
    expect(manifest?.exec).toMatchObject({ mode: "query", entry: "worker.yml" });
    expect(manifest?.actions?.map(({ name }) => name)).toEqual(["search", "filter", "stats", "get", "best"]);
    expect(manifest?.query).toMatchObject({
      source: { kind: "file", path: "data/sales.csv", format: null },
      max_rows: 1000,
      timeout_seconds: 30,
      columns: expect.arrayContaining([{ name: "amount", type: "number", from: "Amount in euros" }]),
    });
  });

  it("takes typed inputs, with what columns say of themselves, and gives typed rows", () => {
    verifies("queries:tools:read-only");
    const actions = parseManifest(good).manifest?.actions;
    const [search, filter, stats, get, best] = actions ?? [];
    expect(search?.input_schema).toMatchObject({ required: ["query"], additionalProperties: false });
    expect(filter?.input_schema).toMatchObject({
      properties: {
        city: { type: "string" },
        min_amount: { type: "number" },
        cities: { type: "array", items: { type: "string" } },
        has_note: { type: "boolean" },
        round: { type: "integer" },
        limit: { default: 20, maximum: 1000 },
        order_by: { enum: expect.arrayContaining(["day", "-day"]) },
      },
    });
    expect(filter?.output_schema).toMatchObject({
      properties: {
        results: {
          items: {
            properties: { day: { type: ["string", "null"], description: "The day." } },
            required: ["id", "day", "city", "amount"],
          },
        },
      },
      required: ["results", "total", "truncated"],
    });
    expect(stats?.input_schema).toMatchObject({
      properties: { group_by: { enum: ["city", "month"], default: "city" }, min_amount: { type: "number" } },
    });
    expect(get?.input_schema).toMatchObject({ properties: { id: { type: "integer" } }, required: ["id"] });
    expect(best?.input_schema).toMatchObject({ properties: { least: { type: "number", default: 10 } } });
    expect(best?.input_schema).not.toHaveProperty("required");
  });

  it("has those actions for which there is what they need, or those it names", () => {
    const few = good.replace(/ {2}fts_fields.*\n/, "").replace(/ {2}id_column.*\n/, "");
    const named = good.replace("  id_column: id\n", "  actions: [get, stats]\n");
    const actions = (source: string) =>
      parseManifest(source).manifest?.query?.actions.map(({ name }) => name);
    expect(actions(few)).toEqual(["filter", "stats", "best"]);
    expect(actions(named)).toEqual(["stats", "get", "best"]);
  });

  it.each([
    ["a file that is not there", "data/sales.csv", "data/sale.csv", "error file_missing"],
    ["a file of a kind that is not read", "data/sales.csv", "data/sales.parquet", "error source_unsupported"],
    ["a file that leads out", "data/sales.csv", "../sales.csv", "error bad_path"],
    ["two sources", "file: data/sales.csv", "file: data/sales.csv, upload: true", "error bad_source"],
    ["no source", "{file: data/sales.csv}", "{format: csv}", "error bad_source"],
    [
      "a header of a file",
      "file: data/sales.csv",
      "file: data/sales.csv, headers: {a: b}",
      "error no_effect",
    ],
    ["a misspelt key", "{type: date,", "{typ: date,", "error unknown_key"],
    [
      "a misspelt key of a parameter",
      "{type: number, default: 10}",
      "{type: number, defalt: 10}",
      "error unknown_key",
    ],
    ["a misspelt type", "city: string", "city: sting", "error wrong_type"],
    ["an unknown column to find by", "id_column: id", "id_column: ident", "error unknown_column"],
    ["an unknown column to look in", "[city, note]", "[city, notes]", "error unknown_column"],
    ["a filter on no column", "city: city", "city: town", "error bad_condition"],
    ["a filter of another statement", "amount >= ?", '"amount >= ? OR 1) --"', "error bad_condition"],
    ["a filter that asks elsewhere", "amount >= ?", '"amount >= (SELECT ?)"', "error bad_condition"],
    ["a filter with a hidden function", "amount >= ?", '"amount >= randomblob(?)"', "error bad_condition"],
    ["a filter without what is given", "amount >= ?", "amount >= 3", "error bad_condition"],
    ["a filter called as an input", "min_amount:", "limit:", "error duplicate_name"],
    ["an order by no column", "day DESC", "days DESC", "error bad_expression"],
    ["a group over nothing", "substr(day, 1, 7)", "substr(dya, 1, 7)", "error bad_expression"],
    [
      "an aggregate that ends early",
      "SUM(amount) AS total",
      '"SUM(amount)) FROM sales; --"',
      "error bad_expression",
    ],
    [
      "a statement that writes",
      "SELECT city FROM sales WHERE amount > :least",
      "DELETE FROM sales WHERE amount > :least",
      "error bad_statement",
    ],
    ["a parameter that is not used", "WHERE amount > :least", "", "error bad_statement"],
    ["a parameter that is not declared", ":least", ":last", "error bad_statement"],
    ["a statement called as an action", "best:", "get:", "error duplicate_name"],
    [
      "an approval of reading",
      "exec: {mode: query}",
      "exec: {mode: query}\napprovals: {required: true}",
      "error mixed_worker_kinds",
    ],
    ["code of its own", "{mode: query}", "{mode: query, entry: run.py}", "error mixed_worker_kinds"],
  ])("is refused for %s, with its place", (_what, from, to, code) => {
    verifies("queries:manifest:checked");
    const line = lineOf(from.split("\n")[0] ?? "");
    const found = codesOf(good.replace(from, to));
    expect(found.some((one) => one.startsWith(`${code} `))).toBe(true);
    const lines = found.map((one) => Number(one.split(" ").at(-1)));
    expect(lines.some((at) => Math.abs(at - line) <= 2)).toBe(true);
    expect(parseManifest(good.replace(from, to), { paths }).manifest).toBeNull();
  });

  it("is refused where its mode and its query do not belong together", () => {
    verifies("queries:manifest:checked");
    expect(codesOf(good.slice(0, good.indexOf("query:\n")))).toEqual(["error missing_key 5"]);
    expect(codesOf(good.replace("{mode: query}", "{entry: run.py}"))).toContain("error mixed_worker_kinds 6");
  });

  it("mounts the context that it asks, and is handed the secrets of its headers", () => {
    const ofContext = good.replace("file: data/sales.csv", "context: shop, path: sales.csv");
    expect(parseManifest(ofContext).manifest?.contexts).toEqual([
      { name: "shop", writeable: false, source: "local", paths: ["sales.csv"] },
    ]);
    const fetched = good.replace(
      "file: data/sales.csv",
      'url: "https://data.example.com/x.csv", headers: {Authorization: "Bearer {{secret:DATA_KEY}}"}',
    );
    expect(parseManifest(fetched).manifest?.exec.secrets).toEqual(["DATA_KEY"]);
    const elsewhere = `${fetched}capabilities: {network: {allow_out: [other.example.com]}}\n`;
    expect(codesOf(elsewhere)).toContain(`error host_not_allowed ${lineOf("source:")}`);
    expect(codesOf(fetched.replace("DATA_KEY", "FLOOM_RUN_TOKEN"))).toContain(
      `error bad_secret_name ${lineOf("source:")}`,
    );
  });

  it("takes a file with each call where it is to be uploaded", () => {
    const actions = parseManifest(good.replace("file: data/sales.csv", "upload: true, format: csv")).manifest
      ?.actions;
    for (const { input_schema } of actions ?? []) {
      expect(input_schema).toMatchObject({
        properties: { file: { type: "string", format: "floom-file", "x-floom-accept": [".csv"] } },
      });
      expect(input_schema["required"]).toEqual(expect.arrayContaining(["file"]));
    }
  });
});

describe("other tables", () => {
  const withTables = (tables: string, source = good.replace("data/sales.csv", "shop.db")) =>
    source.replace("  id_column: id\n", `  id_column: id\n  tables: ${tables}\n`);
  const line = lineOf("id_column: id") + 1;
  const judge = (source: string) =>
    parseManifest(source, { paths: new Set(["shop.db", ...paths]) }).findings.map(
      ({ code, line: at }) => `${code} ${at}`,
    );

  it("are a SQLite file's, for statements, and each there once", () => {
    verifies("queries:tables:joined");
    expect(judge(withTables("{customers: [id, name]}"))).toEqual([]);
    expect(judge(withTables("{customers: [id]}", good))).toEqual([`no_effect ${line}`]);
    expect(judge(withTables("{customers: [id]}").replace(/ {2}statements:[\s\S]*/, ""))).toEqual([
      `no_effect ${line}`,
    ]);
    expect(judge(withTables("{Sales: [id]}"))).toEqual([`duplicate_name ${line}`]);
    const many = Array.from({ length: 11 }, (_, at) => `t${at}: [id]`).join(", ");
    expect(judge(withTables(`{${many}}`))).toEqual([`too_many ${line}`]);
  });
});
