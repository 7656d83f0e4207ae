import { expect, it } from "vitest";
import { routes } from "#contract/routes";
import { allowedMethods } from "./unknown-route.ts";

it("the methods of a path are those the table has for its form", () => {
  expect(allowedMethods(routes, "/api/workers/hello-worker").sort()).toEqual([
    "DELETE",
    "GET",
    "PATCH",
    "PUT",
  ]);
  expect(allowedMethods(routes, "/api/workers/a/b/c")).toEqual([]);
});
