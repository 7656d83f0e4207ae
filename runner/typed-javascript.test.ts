import { afterEach, expect, it } from "vitest";
import { RunnerLab } from "../test/support/runner/start-runner.ts";
import { verifies } from "../test/verifies.ts";
import { inferJavaScript } from "../worker/registry/javascript/infer-javascript.ts";
import type { Json } from "#contract/json";

const labs: RunnerLab[] = [];
afterEach(async () => {
  for (const lab of labs.splice(0)) await lab.close();
});

/** Runs the first action of a file that is this, as it is read from its source. */
async function act(
  source: string,
  inputs: Record<string, Json> = {},
  more: { entry?: string; files?: Record<string, string> } = {},
) {
  const lab = await RunnerLab.open();
  labs.push(lab);
  const { entry = "app.mjs", files = {} } = more;
  const { actions, findings } = inferJavaScript(new Map([[entry, source]]), entry);
  expect(findings).toEqual([]);
  const [action] = actions;
  const { input_schema, output_schema } = action ?? {};
  return lab.run({
    files: { [entry]: source },
    entry,
    command: `node ${entry}`,
    inputFiles: files,
    config: {
      runtime: "node",
      inputs,
      environment: {
        FLOOM_ACTION: action?.name ?? "",
        FLOOM_ACTION_SCHEMA: JSON.stringify({ input_schema, output_schema }),
      },
    },
  });
}

it("an exported function gets what its JSDoc says, in the order of its parameters", async () => {
  verifies("runner:typed:javascript");
  const { result } = await act(
    `/**
 * @param {Date} day
 * @param {bigint} big
 * @param {Set<number>} unique
 * @param {Uint8Array} raw
 * @param {URL} link
 * @param {{on: Date, tags?: string[]}} more
 * @param {number} [count]
 */
export async function f(day, big, unique, raw, link, more, count = 7) {
  return { day: day.getUTCFullYear(), big: big + 1n, unique: unique.has(2), raw: raw.length, link: link.host,
    on: more.on, count, missing: undefined };
}`,
    {
      more: { on: "2024-02-29T12:00:00+02:00" },
      day: "2024-01-02T00:00:00Z",
      big: "9007199254740993",
      unique: [1, 2, 2],
      raw: "AAEC",
      link: "https://example.com/a",
    },
  );
  expect(result.outputs).toEqual({
    day: 2024,
    big: "9007199254740994",
    unique: true,
    raw: 3,
    link: "example.com",
    on: "2024-02-29T10:00:00.000Z",
    count: 7,
  });
});

it("a default export that takes its inputs apart, and one of CommonJS, are called as they are written", async () => {
  verifies("runner:typed:javascript");
  const apart = "export default ({ name, times = 2 }) => name.repeat(times);";
  expect((await act(apart, { name: "a" })).result.outputs).toEqual({ result: "aa" });
  const common =
    "/** @param {number} n @returns {{n: number} | null} */\nexports.half = (n) => (n > 1 ? { n: n / 2 } : null);";
  const entry = { entry: "app.cjs" };
  expect((await act(common, { n: 3 }, entry)).result.outputs).toEqual({ result: { n: 1.5 } });
  expect((await act(common, { n: 1 }, entry)).result.outputs).toEqual({ result: null });
});

it("pieces that are handed back one by one are a list, and bytes a file", async () => {
  verifies("runner:typed:javascript");
  const pieces = "export async function* f(n = 2) { for (let i = 0; i < n; i++) yield { i }; }";
  expect((await act(pieces)).result.outputs).toEqual({ result: [{ i: 0 }, { i: 1 }] });
  const bytes = await act('/** @returns {Buffer} */\nexport const f = () => Buffer.from("%PDF-1.7");');
  expect(bytes.result.outputs).toEqual({ result: "outputs/result.pdf" });
  expect(bytes.entries).toContainEqual(
    expect.objectContaining({ type: "file", path: "outputs/result.pdf", media_type: "application/pdf" }),
  );
});

it("a table has rows and goes out as CSV", async () => {
  const { result, entries } = await act(
    `import { Table } from "floom";
/** @param {Table} people @returns {Table} */
export function older(people) {
  return Table.fromRows(people.rows.map((row) => ({ ...row, age: Number(row.age) + 1 })), "older.csv");
}`,
    { people: "inputs/people.csv" },
    { files: { "inputs/people.csv": 'name;age\r\n"Ada; L.";36\r\n\r\n' } },
  );
  expect(result.outputs).toEqual({ result: "outputs/older.csv" });
  expect(entries).toContainEqual(expect.objectContaining({ path: "outputs/older.csv", size_bytes: 22 }));
});

it("an input that does not fit fails the run at its field, before the function is called", async () => {
  verifies("typing:run:fault-names-its-field");
  const attempt = await act(
    '/** @param {Date[]} days */\nexport function f(days) { console.log("called"); }',
    {
      days: ["2024-01-01T00:00:00Z", "soon"],
    },
  );
  expect(attempt.result).toMatchObject({
    outcome: "failure",
    error_code: "invalid_inputs",
    error: 'The input /days/1: must be a date and time as 2024-12-31T23:59:00Z, not "soon"',
  });
  expect(attempt.lines()).toEqual([]);
});

it("what it throws is the run's failure", async () => {
  const attempt = await act('export function f() { throw new RangeError("mine"); }');
  expect(attempt.result).toMatchObject({ outcome: "failure", error_code: "execution_error" });
  expect(attempt.result.error).toContain("RangeError: mine");
});

it("a file that ends in .js may be written as a module, with other files beside it", async () => {
  verifies("runner:typed:javascript");
  const source = 'import { twice } from "./lib/twice.js";\nexport const f = (n = 2) => twice(n);';
  const files = { "lib/twice.js": "export const twice = (n) => n * 2;" };
  const { result } = await act(source, {}, { entry: "app.js", files });
  expect(result.outputs).toEqual({ result: 4 });
});
