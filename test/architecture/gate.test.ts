import { expect, it } from "vitest";
import { isTestFile, readSources } from "../../scripts/house/source-tree.ts";
import { verifies } from "../verifies.ts";

const edge = readSources().filter((file) => file.path.startsWith("worker/") && !isTestFile(file.path));

function pathsWith(pattern: RegExp): string[] {
  return edge
    .filter(({ text }) => pattern.test(text))
    .map(({ path }) => path)
    .toSorted();
}

it("nothing but the gate has a tool's driver act", () => {
  verifies("gate:one-way");
  // A store runs SQL by a method of that name; whatever else has one called is a driver.
  expect(pathsWith(/\.execute\b\s*(?:\(|\?\.|\.(?:call|apply|bind))|\[["']execute["']\]/)).toEqual([
    "worker/objects/store-object.ts",
    "worker/store/import-store.ts",
    "worker/store/service.ts",
    "worker/tools/gate.ts",
  ]);
  // To take it out of its driver would be another way.
  expect(pathsWith(/\{[^{}]*\bexecute\b[^{}:()]*\}\s*=\s/)).toEqual([]);
});

it("a gate is made where the objects of attempts are put together, and its records are written by it alone", () => {
  verifies("gate:one-way");
  expect(pathsWith(/\bnew CallGate\(/)).toEqual(["worker/compose/programs/open-gate.ts"]);
  expect(pathsWith(/["'`]gate:(?:call|tainted)/)).toEqual(["worker/tools/call-records.ts"]);
  expect(pathsWith(/\brecords\.(?:save|taint)\(/)).toEqual(["worker/tools/gate.ts"]);
});

it("of the rooms with tools nobody dials but drivers and what signs in for them", () => {
  verifies("gate:one-way");
  const inRooms = pathsWith(/dial-client\.ts"/).filter((path) =>
    /^worker\/(?:agents|tools|http-tools|pipelines|councils|connections)\//.test(path),
  );
  expect(inRooms.filter((path) => !DIALLERS.has(path))).toEqual([]);
});

/** Each of them is handed what dials, or its type. A file that is added here makes calls, or reads what a call is to be made of. */
const DIALLERS = new Set([
  "worker/http-tools/http-driver.ts",
  "worker/http-tools/send-request.ts",
  // The calls of a connection, in the object that alone has what signs in there.
  "worker/connections/call-over.ts",
  "worker/connections/composio/composio-client.ts",
  "worker/connections/guarded-fetch.ts",
  "worker/connections/keeper.ts",
  "worker/connections/protocol/mcp-client.ts",
  // What a page of the internet says, for an agent; and the models that agents and scripts ask.
  "worker/agents/tools/web-driver.ts",
  "worker/agents/tools/search-driver.ts",
  "worker/agents/models/provider-driver.ts",
  "worker/agents/models/embed-driver.ts",
  // Signing in there, and staying signed in.
  "worker/connections/sign-in-keeper.ts",
]);
