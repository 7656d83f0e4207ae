import { Validator } from "@cfworker/json-schema";
import { expect, it } from "vitest";
import * as z from "zod";
import { defaultTools } from "#contract/tools/default-tools";
import { fullTools } from "#contract/tools/full-tools";
import type { Json } from "#contract/json";
import { routes } from "#contract/routes";
import { fitJson } from "../fit-json.ts";
import { refuse, tell } from "../tool-result.ts";
import { conforms } from "./conforms.ts";
import { loosen } from "./loosen.ts";
import { keepDeclared, outputOfRun } from "./run-output.ts";
import { outputOf, outputOfRoute } from "./tool-output.ts";

const isValid = (schema: object, value: unknown) =>
  new Validator(schema, "2020-12", false).validate(value).valid;

const listing = z.object({
  total: z.int(),
  state: z.enum(["on", "off"]),
  at: z.iso.datetime(),
  rows: z.array(z.object({ id: z.string().length(3), size: z.number().nullable(), deep: z.json() })),
  either: z.union([z.string(), z.number()]),
});

it("what a tool declares stays true however much of an answer is cut", () => {
  const rows = Array.from({ length: 60 }, (_, at) => ({
    id: "abc",
    size: at % 2 ? at : null,
    deep: { a: ["b".repeat(90)] },
  }));
  const whole = { total: 60, state: "on", at: "2026-03-02T09:00:00Z", rows, either: "x".repeat(4000) };
  const schema = outputOf(listing);
  expect(schema).toMatchObject({
    properties: { total: { type: "integer" }, either: { type: ["string", "number"] } },
  });
  expect(JSON.stringify(schema)).toContain("One of: on, off.");
  for (const most of [300, 700, 2000, 9000, 100_000]) {
    const told = fitJson(whole, most);
    expect([most, isValid(schema, told), conforms(told, schema)]).toEqual([most, true, true]);
  }
});

it("every tool's refusal is what the tool declares as well", () => {
  const refusal = refuse({
    code: "not_found",
    detail: "No.",
    errors: [{ pointer: "/a" }],
    retryable: false,
    retry_after_s: 3,
  });
  for (const tool of [...defaultTools, ...fullTools]) {
    const schema = outputOfRoute(routes[tool.route]);
    expect([tool.name, isValid(schema, refusal.structuredContent)]).toEqual([tool.name, true]);
    expect(JSON.stringify(schema).length, tool.name).toBeLessThan(4_000);
  }
});

it("a list is told as its items, an empty answer as done, and what is no object as its value", () => {
  const list = outputOf(z.array(z.object({ id: z.string() })));
  expect(isValid(list, tell([{ id: "a" }]).structuredContent)).toBe(true);
  expect(isValid(list, { items: [5] })).toBe(false);
  expect(isValid(outputOf(z.string()), tell("text").structuredContent)).toBe(true);
  expect(outputOfRoute(routes.deleteWorker).type).toBe("object");
});

it("a loose schema says of alternatives, references and unknown types no more than is so", () => {
  const cases: [Json, Json][] = [
    [{ $ref: "#/x" }, {}],
    [true, {}],
    [{ type: "string", format: "uri", minLength: 3 }, { type: "string" }],
    [{ anyOf: [{ type: "string" }, { type: "null" }] }, { type: ["string", "null"] }],
    [{ anyOf: [{ type: "string" }, {}] }, {}],
    [{ const: 5 }, { type: "number" }],
    [{ type: "array", prefixItems: [{ type: "string" }] }, { type: "array" }],
    [{ type: "whatever" }, {}],
  ];
  for (const [given, loose] of cases) expect(loosen(given, 3)).toEqual(loose);
});

it("outputs that are not what the worker declares are told where anything may stand", () => {
  const declared = outputOfRun({ type: "integer" });
  const result = (value: Json) => tell({ status: "completed", outputs: { result: value } });
  expect(keepDeclared(result(3), declared).structuredContent).toEqual({
    status: "completed",
    outputs: { result: 3 },
  });
  const strange = keepDeclared(result("three"), declared).structuredContent;
  expect(strange).toEqual({ status: "completed", outputs: null, outputs_as_returned: { result: "three" } });
  expect(isValid(declared, strange)).toBe(true);
  expect(isValid(declared, result("three").structuredContent)).toBe(false);
});
