import { expect, it } from "vitest";
import { findToolCollisions } from "./tool-collisions.ts";
import { toolName } from "./tool-name.ts";

const platform = new Set(["contract", "run_start"]);

it("a worker may not take the name of a tool of the platform", () => {
  expect(findToolCollisions({ worker: "contract", actions: ["run"] }, [], platform)).toEqual([
    { tool: "contract", action: "run", holder: null },
  ]);
});

it("a worker whose name is what another worker's long tool name was cut to may not take that tool", () => {
  const action = "x".repeat(48);
  const long = { worker: "a".repeat(64), actions: [action, "y"] };
  const tool = toolName(long.worker, action, false);
  const short = { worker: tool.slice(0, tool.indexOf("__")), actions: [action, "y"] };
  expect(findToolCollisions(short, [long], platform)).toEqual([{ tool, action, holder: long.worker }]);
});

it("a worker that is pushed again keeps its own tools, and workers of other names are in nobody's way", () => {
  const invoices = { worker: "invoices", actions: ["split", "sum"] };
  const others = [
    invoices,
    { worker: "split", actions: ["run"] },
    { worker: "invoices-split", actions: ["run"] },
  ];
  expect(findToolCollisions(invoices, others, platform)).toEqual([]);
});
