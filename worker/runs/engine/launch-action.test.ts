import { expect, it } from "vitest";
import { buildSampleSpec, sampleStart } from "../../../test/support/workerd/sample-spec.ts";
import { actionNameSchema } from "#contract/ids";
import type { RunSpec } from "../spec/run-spec.ts";
import { buildRunnerConfig } from "./launch.ts";

/** What the runner is told of the action. */
function environmentOf(change: Partial<RunSpec>) {
  const { environment } = buildRunnerConfig(buildSampleSpec(change), {
    attempt: 1,
    runToken: "token",
    secrets: {},
    dependencies: null,
    contexts: [],
    now: sampleStart,
  });
  return environment;
}

it("a start of a JavaScript function hands its schemas over; no other start does", () => {
  const action = actionNameSchema.parse("add");
  const action_schema = '{"input_schema":{},"output_schema":{}}';
  expect(environmentOf({ action, action_schema })).toEqual({
    FLOOM_ACTION: "add",
    FLOOM_ACTION_SCHEMA: action_schema,
  });
  expect(environmentOf({ action })).toEqual({ FLOOM_ACTION: "add" });
  expect(environmentOf({})).toEqual({});
});
