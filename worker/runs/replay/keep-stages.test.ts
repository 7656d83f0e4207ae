import { expect, it } from "vitest";
import { stageNameSchema, storedPipelineSchema } from "#contract/pipelines/stage";
import type { StageView } from "#contract/pipelines/stage";
import { keepStages } from "./keep-stages.ts";

const stage = (name: string, needs: string[] = [], more = {}) => {
  return { name, worker: "w", input: {}, needs, retries: 0, optional: false, ...more };
};
const pipeline = storedPipelineSchema.parse({
  stages: [
    stage("a"),
    stage("b", ["a"]),
    stage("many", ["a"], { for_each: "a.outputs.list" }),
    stage("c", ["b"]),
    stage("d", ["many", "c"]),
  ],
});
const had = (name: string, change: Partial<StageView> = {}): StageView => ({
  name: stageNameSchema.parse(name),
  worker: "w",
  status: "completed",
  run_id: `run_${name}`,
  run_ids: [],
  items: null,
  error: null,
  needs: [],
  plan: null,
  started_at: null,
  ended_at: null,
  ...change,
});
const many = had("many", { run_id: null, run_ids: ["run_1", "run_2"], items: { total: 2, done: 2 } });
const all = [had("a"), had("b"), many, had("c"), had("d")];

it("keeps what completed and does not wait for the stage, however indirectly", () => {
  expect(keepStages(pipeline, { from: "b", had: all })).toEqual([
    { name: "a", run_ids: ["run_a"] },
    { name: "many", run_ids: ["run_1", "run_2"] },
  ]);
  expect(keepStages(pipeline, { from: "d", had: all })?.map(({ name }) => name)).toEqual([
    "a",
    "b",
    "many",
    "c",
  ]);
  expect(keepStages(pipeline, { from: "a", had: all })).toEqual([]);
});

it("keeps nothing of what did not complete, or is another kind of stage by now", () => {
  const failed = [had("a"), had("b", { status: "failed" }), had("many"), had("c", { status: "skipped" })];
  expect(keepStages(pipeline, { from: "d", had: failed })).toEqual([{ name: "a", run_ids: ["run_a"] }]);
});

it("knows a stage that is none", () => {
  expect(keepStages(pipeline, { from: "zz", had: all })).toBeNull();
});
