import { expect, it } from "vitest";
import { workerNameSchema } from "./ids.ts";
import { fromWireWorker, toWireTrail, toWireWorker } from "./floom-wire.ts";

it("a worker's name travels as worker_id and its title as worker_name, and comes back as what they are", () => {
  const worker = { name: workerNameSchema.parse("hello-worker"), title: "Hello" };
  expect(toWireWorker(worker)).toEqual({ worker_id: "hello-worker", worker_name: "Hello" });
  expect(fromWireWorker(toWireWorker(worker))).toEqual(worker);
});

it("a run that asks nobody anything has no status of what it asks", () => {
  expect(toWireTrail(null)).toEqual({ approval_trail: null, approval_status: null });
});
