import { expect, it } from "vitest";
import { evaluationIdSchema } from "#contract/ids";
import { checkKey } from "./check-key.ts";

const suite = { passed: 1, samples: 1, threshold: 1, met: true };
const result = {
  suites: [{ name: "a", ...suite }],
  reasons: [],
  pass_rate: 1,
  score: 1,
  runs_done: 1,
  baseline: null,
  against_baseline: null,
  activation: null,
};
const id = evaluationIdSchema.parse("evl_01m8m6cey66cygw0d5nc08hwt0");
const some = { id, key: "build-7", version: 3, whole: false, result };
const all = { ...some, whole: true };

it("a key finds its evaluation again, and no evaluation of anything else", () => {
  for (const wanted of [{ suites: ["a"] }, { version: 3, suites: ["a"] }])
    expect(() => checkKey(some, wanted)).not.toThrow();
  for (const wanted of [{}, { version: 3 }]) expect(() => checkKey(all, wanted)).not.toThrow();
  for (const wanted of [{}, { suites: ["b"] }, { version: 4, suites: ["a"] }, { suites: ["a", "b"] }])
    expect(() => checkKey(some, wanted)).toThrow("is of something else");
  expect(() => checkKey(all, { version: 4 })).toThrow("version 3, all suites");
});
