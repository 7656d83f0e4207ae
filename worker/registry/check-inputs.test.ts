import { describe, expect, it } from "vitest";
import { limits } from "#contract/limits";
import type { Json } from "#contract/json";
import type { Field } from "#contract/manifest/manifest";
import type { Inputs } from "#contract/runs/run";
import { verifies } from "../../test/verifies.ts";
import { checkInputs, fileProblem } from "./check-inputs.ts";

const field = (type: string, more: Partial<Field> = {}): Field => ({
  name: "x",
  kind: "scalar",
  type,
  label: "X",
  required: false,
  ...more,
});
const check = (of: Field, value: Inputs[string]) => checkInputs([of], { x: value });

describe("values", () => {
  it.each<[string, Inputs[string], Inputs[string]]>([
    ["string", "a", "a"],
    ["string", 12345, "12345"],
    ["string", "", ""],
    ["markdown", "# A", "# A"],
    ["number", "3", 3],
    ["number", " -3.5e2 ", -350],
    ["number", 0, 0],
    ["integer", "42", 42],
    ["integer", 3, 3],
    ["boolean", "true", true],
    ["boolean", "Off", false],
    ["boolean", 1, true],
    ["boolean", false, false],
    ["url", "https://example.com/a?b", "https://example.com/a?b"],
    ["email", "ada@example.com", "ada@example.com"],
    ["date", "2024-02-29", "2024-02-29"],
    ["datetime", "2026-01-31T09:30:00+02:00", "2026-01-31T09:30:00+02:00"],
    ["time", "09:30", "09:30"],
    ["json", '{"a":[1]}', { a: [1] }],
    ["json", [1], [1]],
    ["json", "5", "5"],
    ["json", "hello", "hello"],
    ["json", '"quoted"', '"quoted"'],
    ["string", "\t", "\t"],
    ["text", "\u00a0", "\u00a0"],
    ["object", '{"a":1}', { a: 1 }],
    ["array", "[1,2]", [1, 2]],
    ["something-else", "free", "free"],
  ])("of %s: %j becomes %j", (type, given, expected) => {
    verifies("registry:inputs:checked-and-converted-once");
    expect(check(field(type), given)).toEqual({ inputs: { x: expected }, errors: [] });
  });

  it.each<[string, Inputs[string]]>([
    ["string", { a: 1 }],
    ["string", ["a"]],
    ["number", "3 apples"],
    ["number", "0x10"],
    ["number", "Infinity"],
    ["number", true],
    ["integer", 1.5],
    ["integer", "9007199254740993"],
    ["number", "820982911946154508"],
    ["number", "1e400"],
    ["json", '{"id": 820982911946154508}'],
    ["object", '{"a": 1, "a": 2}'],
    ["object", '{"__proto__": {}}'],
    ["boolean", "maybe"],
    ["boolean", 2],
    ["url", "javascript:alert(1)"],
    ["url", "example.com"],
    ["email", "ada"],
    ["date", "2026-02-30"],
    ["date", "31.1.2026"],
    ["time", "25:00"],
    ["json", "{oops"],
    ["object", "[1]"],
    ["array", "{}"],
  ])("of %s: %j is refused with a pointer", (type, given) => {
    verifies("registry:inputs:checked-and-converted-once");
    const { inputs, errors } = check(field(type), given);
    expect(inputs).toEqual({});
    expect(errors).toEqual([expect.objectContaining({ pointer: "/inputs/x", code: "invalid" })]);
  });

  it("must be one of the options, which may be numbers or labelled", () => {
    const select = field("select", { options: ["a", 3, { value: "b", label: "Bee" }] });
    expect(check(select, "3").inputs).toEqual({ x: 3 });
    expect(check(select, "b").inputs).toEqual({ x: "b" });
    expect(check(select, "Bee").errors[0]?.detail).toBe("must be one of a, 3, b");
    const several = field("array", { options: ["a", "b"] });
    expect(check(several, ["a"]).inputs).toEqual({ x: ["a"] });
    expect(check(several, ["a", "c"]).errors).toHaveLength(1);
  });

  it("must be within bounds and of the format", () => {
    const bounded = field("number", { bounds: { minimum: 1, maximum: 5 } });
    expect(check(bounded, "5").errors).toEqual([]);
    expect(check(bounded, 0).errors[0]?.detail).toBe("must be at least 1");
    expect(check(bounded, 6).errors[0]?.detail).toBe("must be at most 5");
    const text = field("string", { bounds: { min_length: 2, max_length: 3 } });
    expect(check(text, "😀😀😀").errors).toEqual([]);
    expect(check(text, "a").errors[0]?.detail).toBe("must have at least 2 characters");
    expect(check(text, "abcd").errors).toHaveLength(1);
    expect(check(field("string", { format: "uuid" }), "x").errors).toHaveLength(1);
    expect(check(field("array", { bounds: { max_length: 1 } }), [1, 2]).errors[0]?.detail).toContain(
      "1 items",
    );
  });
});

it("a blank that is one of the options is chosen, even where an input is required", () => {
  const select = field("select", { options: [",", "\t", { value: " ", label: "Blank" }], default: "," });
  expect(check(select, "\t").inputs).toEqual({ x: "\t" });
  expect(check({ ...select, required: true }, " ")).toEqual({ inputs: { x: " " }, errors: [] });
  expect(check(select, "").inputs).toEqual({ x: "," });
  expect(check(field("number", { default: 3 }), " ").inputs).toEqual({ x: 3 });
});

it("a default is what the same text becomes when somebody gives it", () => {
  verifies("registry:inputs:checked-and-converted-once");
  const given = (type: string, value: Inputs[string]) =>
    checkInputs([field(type, { default: value })], {}).inputs["x"];
  expect([
    given("boolean", "no"),
    given("boolean", "Off"),
    given("integer", "3"),
    given("number", "1.5"),
  ]).toEqual([false, false, 3, 1.5]);
  expect([given("object", '{"a":1}'), given("array", "[1]"), given("string", 1067)]).toEqual([
    { a: 1 },
    [1],
    "1067",
  ]);
});

it("what is wrong in a JSON text is said with its place", () => {
  const { errors } = check(field("json"), '{"rows": [1, 820982911946154508]}');
  expect(errors[0]?.detail).toContain("/rows/1 is 820982911946154508, a whole number beyond 2^53");
  expect(errors[0]?.detail).toContain("line 1, column 14");
});

describe("what is missing", () => {
  it.each([undefined, null, "", "   "])("%j is refused for a required input", (value) => {
    verifies("registry:inputs:checked-and-converted-once");
    const { errors } = checkInputs(
      [field("string", { required: true })],
      value === undefined ? {} : { x: value },
    );
    expect(errors).toEqual([{ pointer: "/inputs/x", code: "missing", detail: "is required" }]);
  });

  it("takes the default, even for a required input, and stays away without one", () => {
    const fields = [field("integer", { default: 7, required: true }), field("number", { name: "y" })];
    expect(checkInputs(fields, { y: "" })).toEqual({ inputs: { x: 7 }, errors: [] });
  });
});

it("names that the worker does not have are refused with a suggestion", () => {
  verifies("registry:inputs:checked-and-converted-once");
  const { errors } = checkInputs([field("string", { name: "name" })], { nmae: "Ada" });
  expect(errors[0]).toMatchObject({ pointer: "/inputs/nmae", code: "unknown" });
  expect(errors[0]?.detail).toContain('Did you mean "name"?');
});

it("a text made to be slow to check is refused at once", () => {
  const length = limits.inputs_bytes.value - 100;
  expect(check(field("email"), `a@${".".repeat(length)} `).errors).toHaveLength(1);
  expect(check(field("number"), `${"1".repeat(length)}x`).errors).toHaveLength(1);
  expect(check(field("string", { format: "slug" }), `${"a-".repeat(length / 2)}!`).errors).toHaveLength(1);
});

it("names such as __proto__ and constructor are unknown, never inherited", () => {
  const given = JSON.parse('{"__proto__": {"x": "a"}, "constructor": 1}') as Inputs;
  expect(checkInputs([field("string")], given).errors).toHaveLength(2);
  expect(checkInputs([field("string", { name: "constructor" })], {}).inputs).toEqual({});
});

it("all problems come at once, and oversize is one of them", () => {
  verifies("registry:inputs:checked-and-converted-once");
  const fields = [field("number"), field("string", { name: "y", required: true })];
  const { errors } = checkInputs(fields, { x: "a".repeat(limits.inputs_bytes.value), z: 1 });
  expect(errors.map((e) => `${e.pointer} ${e.code}`)).toEqual([
    "/inputs too_large",
    "/inputs/z unknown",
    "/inputs/x invalid",
    "/inputs/y missing",
  ]);
});

describe("a file input", () => {
  const file = field("file", { kind: "file", max_size_mb: 1, accepts: ["text/csv", ".xlsx", "image/*"] });

  it("takes the id of an upload and nothing else", () => {
    verifies("registry:inputs:checked-and-converted-once");
    expect(check(file, "a".repeat(64)).errors).toEqual([]);
    expect(check(file, "data.csv").errors[0]?.detail).toContain("/api/uploads");
    expect(check(file, { path: "x" }).errors).toHaveLength(1);
  });

  it("fits by any name that its content came under", () => {
    const named = { media_type: "text/plain", filename: "notes.txt", size: 0 };
    expect(fileProblem(file, named)?.code).toBe("wrong_file_type");
    const aliases = [{ media_type: "application/octet-stream", filename: "table.csv" }];
    expect(fileProblem(file, { ...named, aliases })).toBeNull();
  });

  it.each([
    ["text/csv", "a.csv", 10, true],
    ["text/csv; charset=utf-8", "a", 10, true],
    ["application/octet-stream", "A.CSV", 10, true],
    ["application/octet-stream", "b.xlsx", 10, true],
    ["image/png", "c.png", 10, true],
    ["text/html", "a.html", 10, false],
    ["text/csv", "a.csv", 2 * 1024 * 1024, false],
  ])("of type %s, name %s and %i bytes fits: %s", (media_type, filename, size, fits) => {
    expect(fileProblem(file, { media_type, filename, size }) === null).toBe(fits);
  });
});

it.each<[string, Json, string | null]>([
  ["object", { id: 1, more: 2 }, null],
  ["object", { more: 2 }, "lacks json_required_keys id"],
  ["json", [1], "must be a JSON object with json_required_keys id"],
  ["json", '{"id": 1}', null],
  ["textarea", '{"ident": 1}', "lacks json_required_keys id"],
  ["textarea", "no JSON", "must be a JSON object with json_required_keys id"],
])("json_required_keys of an input of type %s hold for %j", (type, value, detail) => {
  const field: Field = {
    name: "data",
    kind: "scalar",
    type,
    label: "d",
    required: false,
    json_required_keys: ["id"],
  };
  const { errors } = checkInputs([field], { data: value });
  expect(errors.map((error) => error.detail)).toEqual(detail === null ? [] : [detail]);
});
