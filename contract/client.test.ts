import { expect, it } from "vitest";
import { buildPath, buildUrl } from "./client.ts";
import { workerRoutes } from "./workers/routes.ts";

it("what somebody calls a thing stays one step of the path, or is refused as something that is not there", () => {
  const urlOf = (worker: string) =>
    buildUrl("http://floom.test", workerRoutes.getWorker, { params: { worker } });
  for (const name of ["a/b", "...", "a..", "%2e%2e", "?x#y", "ä"])
    expect(new URL(urlOf(name)).pathname.split("/")).toHaveLength(4);
  for (const name of ["", ".", ".."]) {
    expect(() => urlOf(name)).toThrow(
      expect.objectContaining({ problem: expect.objectContaining({ code: "not_found", status: 404 }) }),
    );
  }
  expect(() => buildPath({ path: "/api/a/{one}/{two}" }, { one: "x" })).toThrow(/Nothing is called/);
});
