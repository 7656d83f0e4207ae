import { expect, it } from "vitest";
import { parseManifest } from "../parse-manifest.ts";
import { readFunctions } from "./read-functions.ts";
import { chooseEntry, writeManifest } from "./write-manifest.ts";

const typed = "/** @param {number} a */\nexport function half(a) { return a / 2; }\n";
const files = (all: Record<string, string>) => new Map(Object.entries(all));

/** What a worker.yml with this under `exec` is, beside these files. */
function parse(exec: string, all: Record<string, string>) {
  const paths = new Set([...Object.keys(all), "worker.yml"]);
  const head = 'schema_version: "0.3"\nname: sums\ntitle: Sums\nversion: 0.1.0\nexec:\n';
  return parseManifest(`${head}  ${exec}\n`, { paths, sources: files(all) });
}

it.each(["app.js", "app.mjs"])("%s with a typed export is a worker of functions", (entry) => {
  const { manifest } = parse(`entry: ${entry}`, { [entry]: typed });
  expect(manifest?.exec).toMatchObject({ mode: "functions", runtime: "node22", entry });
  expect(manifest?.actions).toMatchObject([
    { name: "half", input_schema: { properties: { a: { type: "number" } }, required: ["a"] } },
  ]);
  expect(chooseEntry(files({ [entry]: typed }))).toBe(entry);
});

it.each([
  ["exports nothing", "const fs = require('node:fs');\nfs.writeFileSync('result.json', '{}');\n"],
  ["has types on what it keeps to itself", "/** @param {number} a */\nfunction half(a) {}\nhalf(1);\n"],
  ["exports without a type", "export function half(a) { return a / 2; }\n"],
  ["exports a typed function for its tests and starts itself", `${typed}half(2);\n`],
  ["exports a typed function and awaits what it does", `${typed}const result = await half(2);\n`],
  ["exports a typed function and starts when it is the main file", `${typed}if (process.argv[1]) half(2);\n`],
])("a run.js that %s stays a script", (_, source) => {
  const { manifest, functionProblems } = parse("entry: run.js", { "run.js": source });
  expect(functionProblems).toEqual([]);
  expect(manifest?.exec).toMatchObject({ mode: "script", command: "node run.js", runtime: "node22" });
  expect(manifest?.actions ?? []).toEqual([]);
});

it.each(["command: node run.js", "inputs: [{name: a, type: number}]"])(
  "a typed run.js whose worker.yml says how it is called stays a script: %s",
  (line) => {
    expect(parse(`entry: run.js\n  ${line}`, { "run.js": typed }).manifest?.exec.mode).toBe("script");
  },
);

it("mode: functions takes a JavaScript entry whatever else the file does, and no shell script", () => {
  const both = `${typed}console.log("ready");\n`;
  const { manifest } = parse("mode: functions\n  entry: lib/sums.js", { "lib/sums.js": both });
  expect(manifest?.actions).toMatchObject([{ name: "half" }]);
  const { functionProblems } = parse("mode: functions\n  entry: app.js", { "app.js": "const a = 1;\n" });
  expect(functionProblems).toMatchObject([{ file: "app.js", code: "no_actions" }]);
  expect(parse("mode: functions\n  entry: run.sh", { "run.sh": "true" }).findings).toMatchObject([
    { code: "mixed_worker_kinds" },
  ]);
});

it("Python comes before JavaScript, and a file that tools read is never the entry", () => {
  const python = "def half(a: float) -> float: ...\n";
  expect(chooseEntry(files({ "app.js": typed, "sums.py": python }))).toBe("sums.py");
  expect(chooseEntry(files({ "vite.config.js": typed, "app.test.mjs": typed }))).toBeNull();
  expect(chooseEntry(files({ "a.js": `${typed}half(1);`, "z.js": typed }))).toBe("z.js");
  expect(chooseEntry(files({ "lib/app.js": typed }))).toBeNull();
});

it("a worker without a name is called after its JavaScript file, or its folder", () => {
  const name = (entry: string) => writeManifest({ entry, folder: "Loan Sums", docstring: null });
  expect(name("half.mjs")).toContain("name: half\n");
  expect(name("index.js")).toContain("name: loan-sums\n");
});

it("a refusal says where it stands, and that a helper need not be exported", () => {
  const { actions, problems } = readFunctions(
    files({ "app.js": `${typed}\nexport const all = (...x) => x;\n` }),
    "app.js",
  );
  expect(actions.map(({ name }) => name)).toEqual(["half"]);
  expect(problems).toMatchObject([{ file: "app.js", line: 4, code: "open_parameters" }]);
  expect(problems[0]?.fix).toContain("If it is only a helper, do not export it.");
});

it("an action whose schemas no start could hand over is refused with its line", () => {
  const many = Array.from({ length: 3000 }, (_, index) => `"choice number ${index} of a long list"`);
  const source = `\n/** @param {${many.join("|")}} a */\nexport function pick(a) {}\n`;
  expect(readFunctions(files({ "app.js": source }), "app.js").problems).toMatchObject([
    { file: "app.js", line: 3, code: "schema_too_large" },
  ]);
});
