import fc from "fast-check";
import { expect, it } from "vitest";
import type { Json } from "../json.ts";
import { buildOutput } from "./build-output.ts";
import type { OutputFile } from "./output.ts";

const file = (path: string, type: string, size_bytes = 10): OutputFile => ({
  id: `art_${path}` as OutputFile["id"],
  name: path.split("/").at(-1) ?? path,
  path,
  type,
  size_bytes,
});
type Schema = Readonly<Record<string, Json>>;
const viewOf = (value: Json, schema: Schema | null = null, files: OutputFile[] = []) =>
  buildOutput(schema, schema?.["type"] === "object" ? (value as Schema) : { result: value }, files).view;

it.each<[string, Schema, Json, string]>([
  ["Markdown", { type: "string", contentMediaType: "text/markdown" }, "# Hi", "markdown"],
  ["code", { type: "string", "x-floom-widget": "code" }, "let a", "code"],
  ["HTML", { type: "string", contentMediaType: "text/html" }, "<b>x</b>", "html"],
  ["a web address", { type: "string", format: "uri" }, "https://example.com/a?b=c", "link"],
  ["a table", { type: "array", "x-floom-widget": "table" }, [[1, 2], [3]], "table"],
  ["a chart", { type: "object", "x-floom-widget": "chart" }, { mark: "bar" }, "chart"],
  ["JSON", { contentMediaType: "application/json" }, [{ a: 1 }], "json"],
])("what is declared as %s is shown as such", (_, schema, value, kind) => {
  expect(viewOf(value, schema).kind).toBe(kind);
});

it.each<[string, Json, string]>([
  ["a text", "Hello", "text"],
  ["a number", 3, "text"],
  ["flat objects in a list", [{ a: 1 }, { b: 2 }], "table"],
  ["a list of texts", ["a", "b"], "json"],
  ["an object", { total: 3, rows: [{ a: 1 }] }, "key_value"],
  ["an object without anything", {}, "json"],
  ["null", null, "empty"],
  ["a chart that says so itself", { $schema: "https://vega.github.io/schema/vega-lite/v6.json" }, "chart"],
])("what nobody declared is shown by its shape: %s", (_, value, kind) => {
  expect(viewOf(value).kind).toBe(kind);
});

it("a declaration that the value does not keep to counts as none", () => {
  expect(viewOf(5, { type: "string", contentMediaType: "text/markdown" })).toEqual({
    kind: "text",
    text: "5",
    leftOut: 0,
  });
  expect(viewOf("gone.png", { type: "string", format: "floom-file" }).kind).toBe("text");
});

it("one output is shown as itself, several under their titles", () => {
  const schema = {
    type: "object",
    properties: { page: { title: "The page", type: "string", "x-floom-widget": "markdown" } },
  };
  expect(buildOutput(schema, { page: "# Hi" }, []).view.kind).toBe("markdown");
  expect(buildOutput(schema, { page: "# Hi", n: 1 }, []).view).toMatchObject({
    kind: "key_value",
    entries: [
      { label: "The page", view: { kind: "markdown" } },
      { label: "N", view: { kind: "text" } },
    ],
  });
});

it("a file is shown by its media type, and files that no value names stay with the others", () => {
  const files = [file("out/a.png", "image/png"), file("out/b.zip", "application/zip")];
  const { view, otherFiles } = buildOutput(
    { type: "string", format: "floom-file" },
    { result: "out/a.png" },
    files,
  );
  expect(view).toMatchObject({ kind: "file", shows: "image" });
  expect(otherFiles.map(({ path }) => path)).toEqual(["out/b.zip"]);
  const shown = (type: string, name = "x", bytes = 1) => viewOf(name, null, [file(name, type, bytes)]);
  expect(shown("image/svg+xml")).toMatchObject({ shows: "image" });
  expect(shown("text/html; charset=utf-8")).toMatchObject({ shows: "html" });
  expect(shown("application/octet-stream", "t.csv")).toMatchObject({ shows: "csv" });
  expect(shown("text/plain", "big.txt", 1e9)).toMatchObject({ shows: "none" });
  expect(shown("application/x-sh")).toMatchObject({ shows: "none" });
});

it("an address that would act when it is pressed is no link", () => {
  for (const address of ["javascript:alert(1)", "data:text/html,x", "https://a\u202Eb", "https://a b"])
    expect(viewOf(address).kind === "link" && !JSON.stringify(viewOf(address)).includes("U+")).toBe(false);
});

it("a line of 10 MB is cut, and says how much is missing", () => {
  const view = viewOf("x".repeat(10_000_000));
  expect(view).toMatchObject({ kind: "text", leftOut: 9_800_000 });
});

it("marks that turn the direction of writing, and controls, are written out", () => {
  expect(viewOf("invoice\u202Efdp.exe\u0000\n")).toMatchObject({ text: "invoice[U+202E]fdp.exe[U+0000]\n" });
});

it("no value and no schema makes it throw", () => {
  const json = fc.jsonValue() as fc.Arbitrary<Json>;
  fc.assert(
    fc.property(
      fc.dictionary(fc.string(), json),
      fc.dictionary(
        fc.constantFrom("type", "anyOf", "items", "properties", "$ref", "x-floom-widget", "format"),
        json,
      ),
      (outputs, schema) => {
        expect(buildOutput(schema, outputs, []).view.kind).toBeTypeOf("string");
      },
    ),
  );
});
