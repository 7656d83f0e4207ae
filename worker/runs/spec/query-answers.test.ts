import { execFileSync } from "node:child_process";
import { once } from "node:events";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import type { Json } from "#contract/json";
import { askQueries, planOf } from "../../../test/support/workerd/query/ask-query.ts";
import { RunnerLab } from "../../../test/support/runner/start-runner.ts";
import { verifies } from "../../../test/verifies.ts";

const folder = mkdtempSync(join(tmpdir(), "floom-query-"));
afterAll(() => {
  rmSync(folder, { recursive: true });
});

function put(path: string, content: string | Uint8Array): string {
  const file = join(folder, path);
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, content);
  return path;
}

const columns =
  "{id: integer, day: date, city: string, amount: number, paid: boolean, at: datetime, more: json, note: string}";
const rest = `
  table: sales
  columns: ${columns}
  id_column: id
  full_text_column: note
  fts_fields: [city, note]
  filter_fields:
    city: city
    since: day >= ?
    large: {column: amount, op: more}
    starts: {column: city, op: starts_with}
    any_of: {column: city, op: in}
    has_note: {column: note, op: is_set}
    paid: paid
  default_order_by: id
  stats_groups: [city, paid]
  stats_aggregates: [SUM(amount) AS total, COUNT(*) AS n]
  statements:
    largest:
      sql: SELECT city, MAX(amount) AS most FROM sales WHERE amount < :below GROUP BY city ORDER BY most DESC
      parameters: {below: {type: number, default: 1000}}
      returns: {city: string, most: number}
`;
const worker = (source: string, more = "") => `schema_version: "0.3"
name: sales
title: Sales
version: 0.1.0
exec: {mode: query}
query:
  source: {${source}}${rest}${more}`;

const csv = `id,day,city,amount,paid,at,more,note
1,2026-01-05,Köln,12.5,yes,2026-01-05T10:00:00Z,"{""a"": [1]}","Ein Café, am Dom"
2,2026-02-01,Paris,40,no,,,
3,2026-02-03,Köln,7,yes,2026-02-03T09:30:00+01:00,[],Straße
4,,Rom,1e2,,,,"two
lines"
`;
put("sales.csv", csv);
const ofCsv = worker("file: sales.csv");

/** The one answer to an action of a worker. */
async function ask(action: string, inputs: Record<string, Json>, source = ofCsv) {
  const [answer] = await askQueries([{ plan: planOf(source, action), inputs, folder }]);
  return answer;
}
const ids = async (inputs: Record<string, Json>) => {
  const { outputs } = (await ask("filter", inputs)) ?? {};
  const rows = Array.isArray(outputs?.["results"]) ? outputs["results"] : [];
  return rows.map((row) =>
    typeof row === "object" && row !== null && !Array.isArray(row) ? row["id"] : row,
  );
};

describe("the actions of a query worker", () => {
  it("give rows with the types of their columns, and one record with its long text", async () => {
    verifies("queries:actions:answer");
    const { outputs } = (await ask("filter", { city: "Köln" })) ?? {};
    expect(outputs).toEqual({
      results: [
        {
          id: 1,
          day: "2026-01-05",
          city: "Köln",
          amount: 12.5,
          paid: true,
          at: "2026-01-05T10:00:00Z",
          more: { a: [1] },
        },
        {
          id: 3,
          day: "2026-02-03",
          city: "Köln",
          amount: 7,
          paid: true,
          at: "2026-02-03T09:30:00+01:00",
          more: [],
        },
      ],
      total: 2,
      truncated: false,
    });
    expect((await ask("get", { id: 4 }))?.outputs).toMatchObject({
      document: { id: 4, day: null, amount: 100, paid: null, note: "two\nlines" },
    });
    expect(await ask("get", { id: 5 })).toMatchObject({ status: "error", error_code: "record_not_found" });
  });

  it.each([
    [{ since: "2026-02-01" }, [2, 3]],
    [{ large: 12.5 }, [2, 4]],
    [{ starts: "P" }, [2]],
    [{ any_of: ["Rom", "Paris"] }, [2, 4]],
    [{ has_note: false }, [2]],
    [{ paid: true, since: "2026-02-01" }, [3]],
    [{ order_by: "-amount", limit: 2 }, [4, 2]],
    [{ offset: 1, limit: 2 }, [2, 3]],
    [{}, [1, 2, 3, 4]],
  ])("filter by %j", async (inputs, wanted) => {
    verifies("queries:actions:answer");
    expect(await ids(inputs)).toEqual(wanted);
  });

  it("say how many rows there are, and whether some were left out by number or by size", async () => {
    verifies("queries:actions:answer");
    const few = await ask("filter", { limit: 3 });
    expect(few?.outputs).toMatchObject({ total: 4, truncated: true });
    const plan = { ...planOf(ofCsv, "filter"), answer_bytes: 250 };
    const [small] = await askQueries([{ plan, inputs: {}, folder }]);
    expect(small?.outputs).toMatchObject({ total: 4, truncated: true });
    expect(small?.outputs?.["results"]).toHaveLength(2);
  });

  it("find words whatever their accents, with the best first, and nothing for none", async () => {
    verifies("queries:actions:answer");
    const found = await ask("search", { query: "koln cafe" });
    expect(found?.outputs).toMatchObject({ results: [{ id: 1 }], total: 1, truncated: false });
    const unindexed = { ...planOf(ofCsv, "search"), index_rows: 1 };
    const [looked, none] = await askQueries([
      { plan: unindexed, inputs: { query: "raß Köl" }, folder },
      { plan: unindexed, inputs: { query: "  " }, folder },
    ]);
    expect(looked?.outputs).toMatchObject({ results: [{ id: 3 }], total: 1 });
    expect(none?.outputs).toEqual({ results: [], total: 0, truncated: false });
  });

  it("group, sum and count, the largest first, within what is asked for", async () => {
    verifies("queries:actions:answer");
    expect((await ask("stats", {}))?.outputs).toEqual({
      results: [
        { city: "Rom", total: 100, n: 1 },
        { city: "Paris", total: 40, n: 1 },
        { city: "Köln", total: 19.5, n: 2 },
      ],
      total: 3,
      truncated: false,
    });
    expect((await ask("stats", { group_by: "paid", since: "2026-02-01" }))?.outputs).toMatchObject({
      results: [
        { paid: false, total: 40, n: 1 },
        { paid: true, total: 7, n: 1 },
      ],
    });
    expect((await ask("stats", { chart: true, paid: true }))?.outputs).toMatchObject({
      results: [{ city: "Köln" }],
      chart: {
        title: "total by city",
        data: { values: [{ city: "Köln", total: 19.5 }] },
        encoding: { x: { field: "total" }, y: { field: "city" } },
      },
    });
    expect((await ask("stats", { chart: true, city: "nowhere" }))?.outputs).toMatchObject({ chart: null });
    expect((await ask("largest", { below: 50 }))?.outputs).toEqual({
      results: [
        { city: "Paris", most: 40 },
        { city: "Köln", most: 12.5 },
      ],
      truncated: false,
    });
  });
});

describe("the data of a query worker", () => {
  const rows = [
    { id: 1, day: "2026-01-05", city: "Köln", amount: 12.5, paid: true, more: { a: 1 }, note: "x" },
    { id: 2, city: "Rom", amount: 3, note: null },
  ];

  it.each([
    [
      "tsv",
      'id\tday\tcity\tamount\tpaid\tat\tmore\tnote\n1\t2026-01-05\tKöln\t12.5\t1\t\t{""a"":1}\tx\n2\t\tRom\t3\t\t\t\t\n'.replaceAll(
        '""',
        '"',
      ),
    ],
    ["json", JSON.stringify(rows)],
    ["ndjson", rows.map((row) => `${JSON.stringify(row)}\n`).join("\n")],
    ["jsonl", `\ufeff${rows.map((row) => JSON.stringify(row)).join("\r\n")}`],
  ])("may be %s", async (ending, content) => {
    verifies("queries:sources:read");
    put(`other.${ending}`, content);
    const answer = await ask("filter", {}, worker(`file: other.${ending}`));
    expect(answer?.error).toBeUndefined();
    expect(answer?.outputs).toMatchObject({
      results: [
        { id: 1, day: "2026-01-05", city: "Köln", amount: 12.5, paid: true, more: { a: 1 } },
        { id: 2, day: null, city: "Rom", amount: 3, paid: null, more: null },
      ],
      total: 2,
    });
  });

  it("may lie deeper in a JSON document, be parted by semicolons, come with each call, or lie in a context", async () => {
    verifies("queries:sources:read");
    put("deep.json", JSON.stringify({ data: { items: rows } }));
    put("semicolons.csv", csv.replaceAll(/,(?=(?:[^"]*"[^"]*")*[^"]*$)/g, ";"));
    put("inputs/file.csv", csv);
    put("context/shop/sales.csv", csv);
    const asked = await Promise.all([
      ask("get", { id: 1 }, worker("file: deep.json, rows: data.items")),
      ask("get", { id: 1 }, worker('file: semicolons.csv, delimiter: ";"')),
      ask("get", { id: 1, file: "inputs/file.csv" }, worker("upload: true")),
      ask("get", { id: 1 }, worker("context: shop, path: sales.csv")),
    ]);
    for (const answer of asked) expect(answer?.outputs).toMatchObject({ document: { id: 1, city: "Köln" } });
  });

  it("may be a SQLite file, which is read as it is and shows its declared columns alone", async () => {
    verifies("queries:sources:read");
    const program = `
import sqlite3, sys
db = sqlite3.connect(sys.argv[1])
db.executescript("create table sales(id integer primary key, day text, city text, amount real, paid integer, at text, more text, note text, cost real); create view shown as select * from sales;")
db.execute("insert into sales values (1, '2026-01-05', 'Rom', 5, 1, null, '[1]', x'00ff', 9)")
db.execute("insert into sales values (2, null, 'Rom', 'n/a', 0, null, null, null, 9)")
db.commit()`;
    execFileSync("/usr/bin/python3", ["-c", program, join(folder, "sales.sqlite")]);
    const ofFile = worker("file: sales.sqlite");
    expect((await ask("get", { id: 1 }, ofFile))?.outputs).toEqual({
      document: {
        id: 1,
        day: "2026-01-05",
        city: "Rom",
        amount: 5,
        paid: true,
        at: null,
        more: [1],
        note: "AP8=",
      },
    });
    expect(await ask("get", { id: 2 }, ofFile)).toMatchObject({
      error_code: "invalid_source",
      error: 'amount is declared as number and holds "n/a".',
    });
    const [view] = await askQueries([
      { plan: { ...planOf(ofFile, "get"), table: "shown" }, inputs: { id: 1 }, folder },
    ]);
    expect(view).toMatchObject({ error_code: "invalid_source" });
    const [none] = await askQueries([
      { plan: { ...planOf(ofFile, "get"), table: "sold" }, inputs: { id: 1 }, folder },
    ]);
    expect(none?.error).toBe("The database has no table sold; it has sales, shown.");
  });

  it.each([
    ["a value", "3,2026-02-30,Rom,1,yes,,,", 'Line 3, column day: "2026-02-30" is no date.'],
    ["a number", "3,,Rom,1_000,yes,,,", 'Line 3, column amount: "1_000" is no number.'],
    ["a truth value", "3,,Rom,1,perhaps,,,", 'Line 3, column paid: "perhaps" is no boolean.'],
    ["too few cells", "3,,Rom", "Line 3 has 3 cells; the first line has 8."],
    [
      "a number that is too large",
      "99999999999999999999,,Rom,1,,,,",
      'Line 3, column id: "99999999999999999999" is no integer.',
    ],
    ["a quote that is not closed", '3,,"Rom,1,,,,', "Line 3 is not written as CSV: unexpected end of data."],
  ])("that is not as declared is refused with its place: %s", async (_what, line, error) => {
    verifies("queries:sources:place-of-fault");
    const [header] = csv.split("\n");
    put("faulty.csv", `${header}\n1,,Rom,1,yes,,,\n${line}\n`);
    expect(await ask("filter", {}, worker("file: faulty.csv"))).toEqual({
      status: "error",
      error_code: "invalid_source",
      error,
    });
  });

  it.each([
    [
      "columns.csv",
      "id,city\n1,Rom\n",
      "The first line does not name day, amount, paid, at, more, note; it names id, city.",
    ],
    ["empty.csv", "", "The file is empty: its first line names the columns."],
    [
      "bytes.csv",
      Buffer.from([0x69, 0x64, 0x0a, 0xff, 0xfe]),
      "The file is not UTF-8 text: near line 1 stands the byte 0xff.",
    ],
    [
      "no.json",
      "{",
      "The file is not JSON: Expecting property name enclosed in double quotes: line 1 column 2 (char 1).",
    ],
    ["none.json", "{}", "At the top of the document there is no list of rows."],
    ["rows.json", "[1]", "Row 1 is no object."],
    ["lines.ndjson", '{"id": 1}\n{"id": NaN}\n', "Line 2 is not JSON: NaN is no JSON."],
  ])("%s is refused", async (path, content, error) => {
    verifies("queries:sources:place-of-fault");
    put(path, content);
    expect(await ask("filter", {}, worker(`file: ${path}`))).toMatchObject({
      error_code: "invalid_source",
      error,
    });
  });

  it.each([
    [
      "renamed.csv",
      Buffer.concat([Buffer.from("PAR1"), Buffer.alloc(64)]),
      /^The file is Parquet, which is not read here/,
    ],
    [
      "duck.json",
      Buffer.concat([Buffer.alloc(8), Buffer.from("DUCK"), Buffer.alloc(64)]),
      /^The file is a DuckDB database/,
    ],
    ["book.csv", Buffer.from("PK\u0003\u0004xxxx"), /Excel/],
    ["packed.csv", Buffer.from([0x1f, 0x8b, 8, 0, 0]), /gzip/],
  ])("%s is no kind that is read, and the answer says what to write", async (path, content, error) => {
    verifies("queries:sources:unsupported");
    put(path, content);
    const answer = await ask("filter", {}, worker(`file: ${path}`));
    expect(answer?.error_code).toBe("source_unsupported");
    expect(answer?.error).toMatch(error);
  });

  it("may be fetched from its host, with its headers, and from nowhere that this sends on to", async () => {
    verifies("queries:sources:read");
    const asked: (string | undefined)[] = [];
    const server = createServer((request, response) => {
      asked.push(request.headers["x-key"]?.toString());
      if (request.url === "/moved")
        response.writeHead(302, { location: "http://localhost:1/elsewhere" }).end();
      else if (request.url === "/gone") response.writeHead(404).end();
      else response.writeHead(200, { "content-type": "text/csv" }).end(csv);
    });
    server.listen(0, "127.0.0.1");
    await once(server, "listening");
    const { port } = server.address() as AddressInfo;
    const at = (path: string) => worker(`url: "http://127.0.0.1:${port}/${path}", headers: {X-Key: "plain"}`);
    const answers = await Promise.all(
      ["data", "moved", "gone"].map((path) => ask("get", { id: 1 }, at(path))),
    );
    server.close();
    expect(answers[0]?.outputs).toMatchObject({ document: { id: 1 } });
    expect(answers[1]).toMatchObject({
      error_code: "source_missing",
      error: "127.0.0.1 sends on to localhost, which is not asked.",
    });
    expect(answers[2]).toMatchObject({ error_code: "source_missing", error: "127.0.0.1 answers 404." });
    expect(asked).toEqual(["plain", "plain", "plain"]);
  });

  it("that is not there, or lies outside of the folder, is missed", async () => {
    verifies("queries:sources:read");
    const upload = worker("upload: true");
    const answers = await Promise.all([
      ask("get", { id: 1 }, worker("file: no.csv")),
      ask("get", { id: 1, file: "../../etc/passwd" }, upload),
      ask("get", { id: 1, file: "/etc/passwd" }, upload),
      ask("get", { id: 1 }, upload),
    ]);
    expect(answers.map((answer) => answer?.error_code)).toEqual([
      "source_missing",
      "source_missing",
      "source_missing",
      "invalid_inputs",
    ]);
  });
});

describe("a run of a query worker", () => {
  async function runAction(
    action: string,
    inputs: Record<string, Json>,
    source = ofCsv,
    { isWithoutRowid = false, ...more }: { isWithoutRowid?: boolean; [key: string]: unknown } = {},
  ) {
    const lab = await RunnerLab.open();
    try {
      lab.edge.answerStore = ({ path, body }) => {
        const { params, sql } = JSON.parse(body.toString()) as { params: number[]; sql: string };
        if (isWithoutRowid && /\browid\b/.test(sql)) {
          const problem = {
            code: "bad_sql",
            detail: "The statement was not carried out: no such column: rowid.",
          };
          return { status: 422, body: JSON.stringify(problem) };
        }
        const rows = [
          [7, 1, null, "Köln", 2.5, 1, null, null, path.includes("place=workspace") ? "shared" : "own"],
        ];
        const told = {
          columns: [],
          rows: Number(params[0]) < (isWithoutRowid ? 1 : 7) ? rows : [],
          rows_written: 0,
          truncated: false,
        };
        return { status: 200, body: JSON.stringify(told) };
      };
      const environment = { FLOOM_QUERY: JSON.stringify(planOf(source, action)), FLOOM_ACTION: action };
      return await lab.run({
        files: {
          "worker.yml": source,
          "sales.csv": csv,
          "sqlite3.py": "raise SystemExit(7)",
          "requirements.txt": "no-such-package",
        },
        entry: "worker.yml",
        command: "",
        config: { inputs, environment },
        ...more,
      });
    } finally {
      await lab.close();
    }
  }

  it("gives its answer as outputs, and runs nothing of the folder", async () => {
    verifies("queries:actions:answer");
    const { result, entries } = await runAction("get", { id: 2 });
    expect(result).toMatchObject({ outcome: "success", outputs: { document: { id: 2, city: "Paris" } } });
    expect(entries.flatMap((entry) => (entry.type === "phase" ? [entry.phase] : []))).not.toContain(
      "install",
    );
    expect((await runAction("get", { id: 2 }, ofCsv, { brought: true })).result.outcome).toBe("success");
  });

  it("fails by its code, with a sentence", async () => {
    verifies("queries:actions:answer");
    const { result } = await runAction("get", { id: 9 });
    expect(result).toMatchObject({
      outcome: "failure",
      error_code: "record_not_found",
      error: "There is no record whose id is 9.",
    });
  });

  it("sends a secret to the host of its source, in the header that names it, and nothing without it", async () => {
    verifies("queries:sources:read");
    const given: (string | undefined)[] = [];
    const server = createServer((request, response) => {
      given.push(request.headers.authorization);
      response.writeHead(200, { "content-type": "text/csv" }).end(csv);
    });
    server.listen(0, "127.0.0.1");
    await once(server, "listening");
    const { port } = server.address() as AddressInfo;
    const source = worker(
      `url: "http://127.0.0.1:${port}/x", headers: {Authorization: "Bearer {{secret:DATA_KEY}}"}`,
    );
    const environment = { FLOOM_QUERY: JSON.stringify(planOf(source, "get")) };
    const config = { inputs: { id: 1 }, environment };
    const told = await runAction("get", {}, source, {
      config: { ...config, secrets: { DATA_KEY: "k-123456" } },
    });
    const without = await runAction("get", {}, source, { config });
    server.close();
    expect(told.result.outcome).toBe("success");
    expect(without.result).toMatchObject({
      error_code: "source_missing",
      error: "The secret DATA_KEY is not set.",
    });
    expect(given).toEqual(["Bearer k-123456"]);
  });

  it("asks a table of the store by the run's own token", async () => {
    verifies("queries:sources:read");
    const { result } = await runAction("get", { id: 1 }, worker("store: workspace"));
    expect(result.outputs).toMatchObject({ document: { id: 1, city: "Köln", paid: true, note: "shared" } });
    const store = worker("store: workspace");
    const { result: other } = await runAction("filter", {}, store, { isWithoutRowid: true });
    expect(other.outputs).toMatchObject({ results: [{ id: 1, city: "Köln" }], total: 1 });
  });
});
