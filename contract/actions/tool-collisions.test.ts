import { expect, it } from "vitest";
import { findToolCollisions } from "./tool-collisions.ts";

const platform = new Set(["contract", "run_start"]);
const tool = (name: string, action: string) => ({
  tool: name,
  action: { name: action, title: "", description: "", input_schema: {}, output_schema: {} },
});

it("a worker may not take the name of a tool of the platform", () => {
  expect(findToolCollisions([tool("contract", "run"), tool("contract__b", "b")], platform)).toEqual([
    { tool: "contract", action: "run", isPlatforms: true },
  ]);
});

it("of two actions that one worker calls alike the second has no tool", () => {
  const tools = [tool("send", "a"), tool("send", "b"), tool("send__c", "c")];
  expect(findToolCollisions(tools, platform)).toEqual([{ tool: "send", action: "b", isPlatforms: false }]);
});
