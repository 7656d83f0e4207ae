import fc from "fast-check";
import { expect, it } from "vitest";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { verifies } from "../../../test/verifies.ts";
import { inferJavaScript } from "./infer-javascript.ts";

const folder = join(import.meta.dirname, "../../../test/fixtures/typing-js");
const entries = readdirSync(folder).filter((path) => !path.endsWith(".json"));

const infer = (source: string) => inferJavaScript(new Map([["main.mjs", source]]), "main.mjs");

it.each(entries)("%s has the forms that stand beside it", async (entry) => {
  verifies("typing:golden:javascript-by-jsdoc");
  const sources = new Map([[entry, readFileSync(join(folder, entry), "utf8")]]);
  const golden = join(folder, entry.replace(/\.[cm]?js$/, ".json"));
  await expect(`${JSON.stringify(inferJavaScript(sources, entry), null, 2)}\n`).toMatchFileSnapshot(golden);
});

it("a refusal names the line and column of the type, and what to write instead", () => {
  verifies("typing:refusal:line-and-suggestion");
  expect(infer("/**\n * @param {WeakMap} m\n */\nexport function f(m) {}\n").findings).toEqual([
    {
      severity: "error",
      code: "type_unknown",
      file: "main.mjs",
      action: "f",
      line: 2,
      column: 12,
      message: "WeakMap cannot be a field of a form.",
      fix: "Take string, number, boolean, Date, File, an array, or an object of these.",
    },
  ]);
});

it("a comment belongs to the function right below it alone", () => {
  const { actions } = infer(
    "/** First. */\nlet x = 1;\nexport function f(a) {}\n/** Second. */\nexport default (b) => b;\n",
  );
  expect(actions.map(({ name, description }) => [name, description])).toEqual([
    ["f", ""],
    ["main", "Second."],
  ]);
});

it("any text at all is read without a fault of ours", () => {
  const piece = fc.constantFrom(
    ..."export default function f ( ) { } => , = ... [ ] * / /** @param {string} a */ {{ }} | < > Array< . class import x `".split(
      " ",
    ),
    "\n",
  );
  fc.assert(
    fc.property(fc.array(fc.oneof(piece, fc.string()), { maxLength: 60 }), (pieces) => {
      for (const { input_schema } of infer(pieces.join(" ")).actions)
        expect(input_schema["type"]).toBe("object");
    }),
    { seed: 14, numRuns: 1500 },
  );
  const deep = `/** @param {${"(".repeat(5000)}string */\nexport function f(a = ${"[".repeat(5000)}) {}`;
  expect(infer(deep).actions).toEqual([]);
});
