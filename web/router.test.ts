import { expect, test } from "vitest";
import { parsePlace } from "./router.tsx";

test.each([
  ["/", { page: "home" }],
  ["/workers/hello-worker", { page: "worker", worker: "hello-worker" }],
  ["/runs/run_01j", { page: "run", run: "run_01j" }],
  ["/runs/a%20b/", { page: "run", run: "a b" }],
  ["/runs", { page: "missing" }],
  ["/runs/a/b", { page: "missing" }],
  ["/runs/%E0%A4%A", { page: "missing" }],
  ["/elsewhere/x", { page: "missing" }],
])("the address %s is understood", (path, place) => {
  expect(parsePlace(path)).toEqual(place);
});
