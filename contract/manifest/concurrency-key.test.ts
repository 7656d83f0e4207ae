import { expect, it } from "vitest";
import { buildConcurrencyKey, keyInputs } from "./concurrency-key.ts";

it("the name of an input groups by that input's value", () => {
  expect(keyInputs("customer")).toEqual(["customer"]);
  expect(keyInputs("inputs.customer")).toEqual(["customer"]);
  expect(buildConcurrencyKey("inputs.customer", { customer: "acme" })).toBe("acme");
  expect(buildConcurrencyKey("count", { count: 3 })).toBe("3");
});

it("a template is filled in, and an input that is not given is empty", () => {
  const key = "${inputs.customer}/${ region }";
  expect(keyInputs(key)).toEqual(["customer", "region"]);
  expect(buildConcurrencyKey(key, { customer: "acme", region: "eu" })).toBe("acme/eu");
  expect(buildConcurrencyKey(key, { customer: "acme" })).toBe("acme/");
});
