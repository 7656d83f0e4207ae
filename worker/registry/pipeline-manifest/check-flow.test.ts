import { expect, it } from "vitest";
import type { JsonSchema } from "#contract/actions/action";
import { actionsOf } from "#contract/actions/actions-of";
import { verifies } from "../../../test/verifies.ts";
import { createReport } from "../manifest/report.ts";
import { parseManifest } from "../parse-manifest.ts";
import { checkFlow } from "./check-flow.ts";
import type { StageTarget } from "./check-flow.ts";

const object = (properties: Record<string, JsonSchema>, required: string[] = []): JsonSchema => ({
  type: "object",
  properties,
  required,
  additionalProperties: false,
});

const known = (input_schema: JsonSchema, output_schema: JsonSchema, name = "run") => ({
  name,
  title: name,
  description: "",
  input_schema,
  output_schema,
});

const page = object({ title: { type: "string" }, size: { type: "integer" } });
const reader = known(
  object({ url: { type: "string" }, most: { type: "integer" } }, ["url"]),
  object({
    text: { type: "string" },
    pages: { type: "array", items: page },
    words: { type: "integer" },
    kind: { enum: ["a", "b"] },
  }),
);
const writer = known(
  object({
    text: { type: "string" },
    n: { type: "number" },
    page,
    list: { type: "array", items: { type: "string" } },
    flag: { type: "boolean" },
    kind: { enum: ["b", "c"] },
  }),
  object({ ok: { type: "boolean" } }),
);
const targets = new Map<string, StageTarget>([
  ["reader", { kind: "known", actions: [reader] }],
  ["writer", { kind: "known", actions: [writer] }],
  ["open", { kind: "known", actions: [known(object({}), {})] }],
  ["counter", { kind: "known", actions: [known(object({}), { type: "integer" })] }],
  ["many", { kind: "known", actions: [known(object({}), {}, "one"), known(object({}), {}, "two")] }],
  [
    "typed",
    {
      kind: "known",
      actions: [
        known(
          { ...object({ page: { $ref: "#/$defs/page" } }, ["page"]), $defs: { page } },
          { $ref: "#/$defs/out", $defs: { out: object({ page: { allOf: [page] } }) } },
        ),
      ],
    },
  ],
  ["raeder", { kind: "absent", names: ["reader", "writer"] }],
]);

/** Line 7 is the stage that reads, line 8 the one that is judged. */
function judge(stage: string, more = "") {
  const source =
    'schema_version: "0.3"\nname: the-pipeline\ntitle: Test\nversion: 0.1.0\n' +
    "exec: {mode: pipeline, inputs: [{name: url, type: url, required: true}]}\nstages:\n" +
    "  - {name: read, worker: reader, input: {url: inputs.url}}\n" +
    `  - ${stage}\n${more}`;
  const { manifest, placeAt, findings } = parseManifest(source);
  if (manifest?.pipeline === undefined)
    return findings.map(({ code, line, message }) => [code, line, message]);
  const report = createReport();
  const input_schema = actionsOf(manifest)[0]?.input_schema ?? {};
  checkFlow({ pipeline: manifest.pipeline, input_schema, targets, placeAt, report });
  return report.list().map(({ code, line, message }) => [code, line, message]);
}

it.each([
  "{name: w, worker: writer, input: {text: read.outputs.text, n: read.outputs.words + 1.5}}",
  "{name: w, worker: writer, input: {n: 3, text: 4, flag: read.outputs.words > 3}}",
  "{name: w, worker: writer, input: {page: 'read.outputs.pages[0]', kind: read.outputs.kind}}",
  "{name: w, worker: writer, for_each: read.outputs.pages, input: {text: item.title, page: item}}",
  "{name: w, worker: writer, input: {list: 'read.outputs.pages.map(p, p.title)'}}",
  "{name: w, worker: writer, input: {text: 'has(read.outputs.nothing) ? read.outputs.nothing : read.outputs.text'}}",
  "{name: w, worker: writer, input: {text: string(read.outputs.words), flag: bool(inputs.url)}}",
  "{name: w, worker: writer, when: read.status == 'completed', input: {text: \"read.outputs.words > 3 ? 'a' : 'b'\"}}",
  "{name: o, worker: open, for_each: read.outputs.pages}",
  "{name: o, worker: nobody-knows, input: {x: 1}}",
  "{name: o, worker: many, action: two}",
])("lets through what fits: %s", (stage) => {
  expect(judge(stage)).toEqual([]);
});

it.each<[string, string, string, RegExp]>([
  ["a worker that is not there", "{name: w, worker: raeder}", "unknown_worker", /Did you mean "reader"/],
  [
    "an action that is not there",
    "{name: w, worker: many, action: three}",
    "unknown_action",
    /no action three/,
  ],
  ["no action of several", "{name: w, worker: many}", "unknown_action", /several actions/],
  ["an input that is missing", "{name: w, worker: reader, input: {most: 2}}", "missing_input", /needs url/],
  [
    "an input that nobody takes",
    "{name: w, worker: writer, input: {txet: read.outputs.text}}",
    "unknown_input",
    /Did you mean "text"/,
  ],
  [
    "a text for a number",
    "{name: w, worker: writer, input: {n: read.outputs.text}}",
    "type_mismatch",
    /is a text, and a number is wanted/,
  ],
  [
    "a number for a text",
    "{name: w, worker: writer, input: {text: read.outputs.words}}",
    "type_mismatch",
    /whole number/,
  ],
  [
    "a list for a text",
    "{name: w, worker: writer, input: {text: read.outputs.pages}}",
    "type_mismatch",
    /a list/,
  ],
  [
    "items of another type",
    "{name: w, worker: writer, input: {list: 'read.outputs.pages.map(p, p.size)'}}",
    "type_mismatch",
    /items each of which is a whole number/,
  ],
  [
    "a member of another type",
    "{name: w, worker: writer, input: {page: {title: 3}}}",
    "type_mismatch",
    /has title, which is/,
  ],
  [
    "no value of those that are allowed",
    "{name: w, worker: writer, input: {kind: \"'x'\"}}",
    "type_mismatch",
    /one of \["b","c"\]/,
  ],
  [
    "an output that nobody gives",
    "{name: w, worker: writer, input: {text: read.outputs.txet}}",
    "unknown_field",
    /has no txet.*Did you mean "text"/,
  ],
  [
    "a member of a text",
    "{name: w, worker: writer, when: read.outputs.text.size2 > 1}",
    "unknown_field",
    /is a text, which has no size2/,
  ],
  [
    "a member of an item",
    "{name: w, worker: writer, for_each: read.outputs.pages, input: {text: item.titel}}",
    "unknown_field",
    /Did you mean "title"/,
  ],
  [
    "one run's outputs for those of each item",
    "{name: w, worker: writer, input: {text: 'read.outputs.pages.map(p, p.no)[0]'}}",
    "unknown_field",
    /p has no no/,
  ],
  [
    "a list that is none",
    "{name: w, worker: writer, for_each: read.outputs.text}",
    "type_mismatch",
    /for_each of w/,
  ],
  [
    "an input that the pipeline does not take",
    "{name: w, worker: writer, input: {text: inputs.ulr}}",
    "unknown_field",
    /Did you mean "url"/,
  ],
])("refuses at its line: %s", (_, stage, code, message) => {
  verifies("pipelines:validated-at-push");
  const [first, ...rest] = judge(stage);
  expect(first?.slice(0, 2)).toEqual([code, 8]);
  expect(first?.[2]).toMatch(message);
  expect(rest).toEqual([]);
});

it("knows what a function returns that is no object, and what each item gives", () => {
  expect(judge("{name: c, worker: counter}", "returns: {n: c.outputs.result}\n")).toEqual([]);
  expect(judge("{name: c, worker: counter}", "returns: {n: c.outputs.n}\n")).toMatchObject([
    ["unknown_field", 9, expect.anything()],
  ]);
  const many = "{name: c, worker: reader, for_each: read.outputs.pages, input: {url: item.title}}";
  expect(judge(many, "returns: {n: 'c.outputs.items.map(one, one.words)'}\n")).toEqual([]);
  expect(judge(many, "returns: {n: c.outputs.words}\n")).toMatchObject([
    ["unknown_field", 9, expect.anything()],
  ]);
});

it("looks into what references and allOf stand for", () => {
  const typed = "{name: t, worker: typed, input: {page: 'read.outputs.pages[0]'}}";
  expect(judge(typed, "  - {name: w, worker: writer, input: {text: t.outputs.page.title}}\n")).toEqual([]);
  expect(judge("{name: t, worker: typed, input: {page: read.outputs.text}}")[0]?.[0]).toBe("type_mismatch");
  const [fault] = judge(typed, "  - {name: w, worker: writer, input: {n: t.outputs.page.title}}\n");
  expect(fault?.[0]).toBe("type_mismatch");
  expect(judge(typed, "  - {name: w, worker: writer, input: {n: t.outputs.pages}}\n")[0]?.[0]).toBe(
    "unknown_field",
  );
});
