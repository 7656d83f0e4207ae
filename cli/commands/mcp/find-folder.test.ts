import { expect, it } from "vitest";
import { ApiProblem } from "#contract/client";
import { ServeError } from "../../../mcp/serve-error.ts";
import { explainServing } from "./find-folder.ts";

const problem = {
  type: "about:blank",
  title: "",
  status: 422,
  detail: "Line 2: no.",
  instance: "",
  code: "invalid_bundle",
  request_id: "",
  retryable: false,
};
const errors = [{ pointer: "/name", detail: "no", code: "bad_name", file: "worker.yml", line: 2, column: 7 }];

it("what is wrong in a worker that is to be served is told with its places, to machines too", () => {
  const refused = new ServeError("usage", "in words", new ApiProblem({ ...problem, errors }));
  expect(explainServing(refused)).toMatchObject({ exit: "usage", code: "serve_usage", errors });
});

it("what is wrong elsewhere is told in the library's words, and a fault of ours stays one", () => {
  expect(explainServing(new ServeError("unavailable", "taken"))).toMatchObject({
    exit: "unavailable",
    message: "taken",
    errors: undefined,
  });
  const fault = new TypeError("ours");
  expect(explainServing(fault)).toBe(fault);
});
