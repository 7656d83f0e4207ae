import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { RunnerLab } from "../test/support/runner/start-runner.ts";
import { verifies } from "../test/verifies.ts";

let lab: RunnerLab;
/** What was asked of the store, and what it holds. */
let asked: string[];
let held: Map<string, { type: string; body: Buffer }>;
beforeEach(async () => {
  lab = await RunnerLab.open();
  asked = [];
  held = new Map();
  lab.edge.answerStore = ({ method, path, headers, body }) => {
    const url = new URL(path, "http://edge.test");
    const key = url.searchParams.get("key") ?? "";
    const once = headers["idempotency-key"];
    asked.push([method, path, typeof once === "string" ? once.replace(/^auto-.*/, "auto") : "-"].join(" "));
    if (headers.authorization !== `Bearer ${lab.edge.token}`) return problem(401, "unauthenticated");
    return answer(method, url, { key, type: headers["content-type"] ?? "", body });
  };
});
afterEach(async () => {
  await lab.close();
});

const problem = (status: number, code: string, more: object = {}) => ({
  status,
  body: JSON.stringify({ code, detail: `It is ${code}.`, ...more }),
});
const json = (document: unknown) => ({ status: 200, body: JSON.stringify(document) });

function answer(method: string, url: URL, { key, type, body }: { key: string; type: string; body: Buffer }) {
  if (url.pathname === "/increment") {
    const { by } = JSON.parse(body.toString()) as { by: string };
    return json({ value: String(9007199254740993n + BigInt(by)) });
  }
  if (url.pathname === "/query" || url.pathname === "/execute") {
    const rows = [[1, { integer: "9007199254740993" }, { bytes: "AP8=" }, null]];
    const { params } = JSON.parse(body.toString()) as { params: unknown[] };
    return json({
      columns: ["a", "b", "c", "d"],
      rows,
      rows_written: params.length,
      truncated: false,
      staged: false,
    });
  }
  if (url.pathname === "/") return json({ items: [{ key: "a" }, { key: "b c" }], next_cursor: null });
  if (method === "PUT") {
    if (url.searchParams.get("if_version") === "old") return problem(409, "store_conflict");
    held.set(key, { type, body });
    return json({ version: "v2" });
  }
  const value = held.get(key);
  if (value === undefined) return problem(404, "not_found");
  if (method === "DELETE") held.delete(key);
  return { status: 200, headers: { "content-type": value.type, "x-floom-version": "v1" }, body: value.body };
}

const python = async (source: string) => (await lab.run({ files: { "run.py": source } })).lines();
const program = async (name: string, source: string, command: string) =>
  (await lab.run({ files: { [name]: source }, config: { entry: name, command } })).lines();

describe("floom.store", () => {
  it("keeps what JSON can say and bytes, whole numbers of any size, and counts", async () => {
    verifies("store:script:python");
    const lines = await python(`
import floom
print(floom.store.get("none"), floom.store.get("none", 5), floom.store.delete("none"))
print(floom.store.set("a/b ä?&", {"n": 2**70, "t": "\\u00e4"}, ttl=60, once="order-1"))
print(floom.store.get("a/b ä?&") == {"n": 2**70, "t": "\\u00e4"})
floom.store.set("raw", b"\\x00\\xff")
print(floom.store.get("raw"), floom.store.entry("raw").version)
print(floom.store.increment("n", -3), list(floom.store.keys("a")))
try: floom.store.set("raw", 1, if_version="old")
except floom.StoreConflict as error: print(error.code, error)
floom.store.workspace.set("shared", 1)
try: floom.store.set("x", float("nan"))
except ValueError as error: print("nan")`);
    expect(lines).toEqual([
      "None 5 False",
      "v2",
      "True",
      "b'\\x00\\xff' v1",
      "9007199254740990 ['a', 'b c']",
      "store_conflict It is store_conflict.",
      "nan",
    ]);
    expect(asked).toContain("PUT /entry?place=worker&key=a%2Fb%20%C3%A4%3F%26&ttl_seconds=60 order-1");
    expect(asked).toContain("PUT /entry?place=workspace&key=shared -");
    expect(asked).toContain("POST /increment?place=worker auto");
  });

  it("asks again under the same key while the platform is away or the store is busy", async () => {
    verifies("store:script:python");
    const keys: unknown[] = [];
    const fates = [problem(503, "unavailable"), problem(409, "store_busy", { retryable: true })];
    lab.edge.answerStore = ({ headers }) => {
      keys.push(headers["idempotency-key"]);
      return fates.shift() ?? json({ value: "1" });
    };
    expect(await python('import floom\nprint(floom.store.increment("n"))')).toEqual(["1"]);
    expect(keys).toHaveLength(3);
    expect(new Set(keys).size).toBe(1);
  });

  it("asks and changes tables with numbers, texts and bytes as they are", async () => {
    const lines = await python(`
import floom
print(floom.store.query("SELECT ?", [1]))
print(floom.store.execute("INSERT INTO t VALUES (?, ?, ?)", [2**60, b"x", True]).rows_written)
try: floom.store.query("SELECT ?", [object()])
except TypeError as error: print(error)`);
    expect(lines).toEqual([
      "[{'a': 1, 'b': 9007199254740993, 'c': b'\\x00\\xff', 'd': None}]",
      "3",
      "SQL takes text, numbers, booleans, None and bytes, not object",
    ]);
  });

  it("is there for a shell as the command floom, whatever lies in the worker's folder", async () => {
    verifies("store:script:python");
    const script = `
echo 'raise SystemExit(9)' > json.py; cp json.py floom.py
floom store set greeting '{"n": 9007199254740993}'
floom store get greeting
printf 'plain words' | floom store set words --ttl 60
floom store get words
floom store increment n 5
floom store list
floom store get none; echo "$?"
floom store set words x --if-version old 2>&1; echo "$?"
floom store query 'SELECT 1'`;
    expect(await program("run.sh", script, "sh run.sh")).toEqual([
      '{"n": 9007199254740993}',
      '"plain words"',
      "9007199254740998",
      "a",
      "b c",
      "floom store: It is not_found.",
      "4",
      "floom store: It is store_conflict.",
      "5",
      '{"columns": ["a", "b", "c", "d"], "rows": [[1, {"integer": "9007199254740993"}, {"bytes": "AP8="}, null]], "rows_written": 0, "truncated": false, "staged": false}',
    ]);
  });

  it("is there for JavaScript, with BigInt for what a number cannot hold", async () => {
    verifies("store:script:python");
    const script = `
const { store } = require("floom");
console.log(store.get("none"), store.delete("none"));
store.set("--odd", { big: 9007199254740993n, small: [1, "ä"] }, { ttl: 60, once: "order-2" });
console.log(store.get("--odd"));
store.setBytes("raw", Buffer.from([0, 255]));
console.log(store.getBytes("raw"));
console.log(store.increment("n", -3), store.keys());
console.log(store.query("SELECT ?", [1n])[0].b);
try { store.workspace.set("raw", 1, { ifVersion: "old" }); } catch (error) { console.log(error.code); }`;
    expect(await program("run.js", script, "node run.js")).toEqual([
      "undefined false",
      "{ big: 9007199254740993n, small: [ 1, 'ä' ] }",
      "<Buffer 00 ff>",
      "9007199254740990 [ 'a', 'b c' ]",
      "9007199254740993n",
      "store_conflict",
    ]);
    expect(asked).toContain("PUT /entry?place=worker&key=--odd&ttl_seconds=60 order-2");
  });
});
