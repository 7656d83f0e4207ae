import { expect, test } from "vitest";
import type { Connection } from "#contract/connections/connection";
import { findTrouble } from "./connection-trouble.ts";

const troubleOf = (change: Partial<Connection>) =>
  findTrouble({
    display_name: "Shop",
    status: "active",
    status_reason: null,
    changed_tools: 0,
    ...change,
  } as Connection);

test("a connection that works and one that was switched off want nobody", () => {
  expect(troubleOf({})).toBeNull();
  expect(troubleOf({ status: "disabled", changed_tools: 2 })).toBeNull();
});

test.each([
  [{ status: "pending" }, "Nobody is signed in at Shop", "Sign in"],
  [{ status: "expired" }, "The sign-in at Shop is over", "Sign in"],
  [{ status: "failed" }, "Shop did not get through", "See why"],
  [{ changed_tools: 2 }, "2 tools of Shop changed", "Look"],
] as const)("%j: %s", (change, title, action) => {
  expect(troubleOf(change)).toMatchObject({ title, action });
});

test("what its server has said goes before what we would say", () => {
  expect(troubleOf({ status: "failed", status_reason: "401 from the shop." })?.detail).toBe(
    "401 from the shop.",
  );
});
