import { expect, it } from "vitest";
import { storedPipelineSchema } from "#contract/pipelines/stage";
import { editStage } from "./edit-stage.ts";

const stage = (name: string) => ({
  name,
  worker: "w-one",
  input: { a: { expression: "inputs.a" }, b: { value: 2 } },
  needs: [],
  retries: 0,
  optional: false,
});
const pipeline = storedPipelineSchema.parse({ stages: [stage("one"), stage("two")] });

it("gives one stage other inputs, takes away what is null, and leaves the others alone", () => {
  const { stages } = editStage(pipeline, { name: "two", inputs: { a: "x", b: null, c: [1] } });
  expect(stages.map(({ input }) => input)).toEqual([
    stage("one").input,
    { a: { value: "x" }, c: { value: [1] } },
  ]);
});
