import { expect, it } from "vitest";
import { startEvaluationSchema } from "#contract/evaluations/evaluation";
import { evaluationIdSchema } from "#contract/ids";
import { sampleResult } from "../../test/support/workerd/sample-evaluation.ts";
import { checkKey } from "./check-key.ts";

const suite = { passed: 1, samples: 1, threshold: 1, met: true };
const result = { ...sampleResult, suites: [{ name: "a", ...suite }] };
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

it("nobody takes a key by which the platform knows what waits for the gate", () => {
  for (const key of ["gate:ver_1", "gate:"])
    expect(startEvaluationSchema.safeParse({ key }).error?.message).toContain("must not begin with gate:");
  expect(startEvaluationSchema.parse({ key: "the-gate:1" }).key).toBe("the-gate:1");
});
