import { expect, it } from "vitest";
import { numberedId } from "../../../test/support/numbered-id.ts";
import { verifies } from "../../../test/verifies.ts";
import type { RunOrigin } from "../spec/run-origin.ts";
import { buildClaim } from "./prepare-run.ts";
import type { RunOrder, StartRequest } from "./prepare-run.ts";

const usual: StartRequest = {
  workerName: "hello",
  inputs: { a: 1, b: { c: 2, d: 3 } },
  triggerSource: "manual",
  triggerRef: null,
  idempotencyKey: "k",
};
const digestOf = async (change: Partial<StartRequest> = {}, origin: RunOrigin = {}) => {
  const order = { request: { ...usual, ...change }, origin } as unknown as RunOrder;
  return (await buildClaim(order))?.digest;
};

it("a request is the same in whichever order its inputs are written, and whether or not it says what is usual", async () => {
  verifies("run:idempotency:same-key-same-run");
  const plain = await digestOf();
  expect(await digestOf({ inputs: { b: { d: 3, c: 2 }, a: 1 } })).toBe(plain);
  expect(await digestOf({ priority: "normal" })).toBe(plain);
});

it("all that changes the run makes another request: inputs, priority, patience, and the version of a replay", async () => {
  verifies("run:idempotency:same-key-same-run");
  const replay_of = numberedId("run", 1);
  const digests = await Promise.all([
    digestOf(),
    digestOf({ inputs: { a: 2 } }),
    digestOf({ priority: "high" }),
    digestOf({ ttlSeconds: 60 }),
    digestOf({}, { replay_of, replay_on: "same" }),
    digestOf({}, { replay_of, replay_on: "active" }),
    digestOf({}, { replay_of, dry: true }),
  ]);
  expect(new Set(digests).size).toBe(digests.length);
  expect(await digestOf({}, { replay_of })).toBe(digests[4]);
});
