import { DrizzleQueryError } from "drizzle-orm";
import { expect, it } from "vitest";
import { describeError } from "./log.ts";

it("an error is told with its cause", () => {
  expect(describeError(new TypeError("outer", { cause: new Error("inner") }))).toBe(
    "TypeError: outer <- Error: inner",
  );
});

it("a query that failed is told without the values it was given", () => {
  const error = new DrizzleQueryError(
    "insert into secrets values (?)",
    ["hunter2"],
    new Error("D1_ERROR: full"),
  );
  expect(describeError(error)).toContain("insert into secrets");
  expect(describeError(error)).toContain("D1_ERROR: full");
  expect(describeError(error)).not.toContain("hunter2");
});
