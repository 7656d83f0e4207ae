import { expect, it } from "vitest";
import { verifies } from "../../../test/verifies.ts";
import { fileOf } from "../bundle/bundle-file.ts";
import { listPackages } from "../javascript/list-packages.ts";
import { judgePackages } from "./judge-packages.ts";

const encoder = new TextEncoder();
async function judge(given: Record<string, string>) {
  const files = Object.entries(given).map(([path, text]) => fileOf(path, encoder.encode(text)));
  const found = await judgePackages(files, new Map(Object.entries(given)));
  return found.map(
    ({ code, file, line, message }) => `${code} ${file ?? ""}:${line} ${message.split(" ")[0] ?? ""}`,
  );
}

it("every way to import a package names it once, at its place", () => {
  const source = `import a from "a"; import "b/side";
import { c } from '@scope/c/deep.js';
export * from "d";
const e = require("e"); const f = await import("f");
import g from "./own.js"; import h from "node:fs"; import i from "fs/promises"; import j from "#inner";
import k from "https://example.com/k.js"; const l = require(name); export const m = "m"; import n from "floom";
// import "o"
const p = \`\${require("p-q.r")}\`; import data from "s" with { type: "json" };`;
  expect(listPackages(source).map(({ name }) => name)).toEqual([
    "a",
    "b",
    "@scope/c",
    "d",
    "e",
    "f",
    "p-q.r",
    "s",
  ]);
  expect(listPackages(source)[2]?.at).toMatchObject({ line: 2, column: 19 });
  expect(() => listPackages('import { from "\nrequire(')).not.toThrow();
});

it("what is imported and not named is missing, and what is named and not imported is too much", async () => {
  verifies("typing:javascript:packages-named");
  const code =
    'import ms from "ms";\nimport z from "zod";\nimport own from "./own.js";\nexport const f = () => ms(own);';
  const pkg = '{\n  "dependencies": {\n    "zod": "4",\n    "left-pad": "1"\n  }\n}';
  expect(await judge({ "app.js": code, "own.js": "export default 'x'", "package.json": pkg })).toEqual([
    "requirement_missing app.js:1 ms",
    "requirement_unused package.json:4 left-pad",
  ]);
  expect(await judge({ "app.js": code })).toEqual([
    "requirement_missing app.js:1 ms",
    "requirement_missing app.js:2 zod",
  ]);
});

it("what the folder brings along, and what is optional, is not missing", async () => {
  const code = 'import a from "a"; import b from "b"; import me from "me/part.js";';
  const pkg = '{"name": "me", "optionalDependencies": {"b": "1", "c": "1"}}';
  const files = { "app.js": code, "package.json": pkg, "node_modules/a/index.js": "import 'x';" };
  expect(await judge(files)).toEqual([]);
  expect(await judge({ "app.js": code, "package.json": "{" })).toEqual([]);
  expect(await judge({ "app.js": code, "package.json": '["a"]' })).toEqual([]);
  const odd = await judge({ "app.js": "", "package.json": '{"dependencies": ["a"], "name": 3}' });
  expect(odd.length).toBeLessThanOrEqual(1);
});
