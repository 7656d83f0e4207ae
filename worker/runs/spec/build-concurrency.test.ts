import { expect, it } from "vitest";
import { limits } from "#contract/limits";
import { buildConcurrency, buildQueueRule } from "./build-concurrency.ts";

const most = limits.worker_concurrency_runs.value;
/** In a manifest: one group for each city. */
const KEY = "${inputs.city} of the runs";
const declared = { limit: 3, on_conflict: "skip" } as const;

it("a worker that says nothing has room for as many runs as any, and the others wait", () => {
  for (const silent of [null, undefined])
    expect(buildQueueRule(silent)).toEqual({ limit: most, total: most, on_conflict: "queue" });
});

it("a limit without a key is the worker's; with one it is each group's, and all together keep the worker's own", () => {
  expect(buildQueueRule(declared)).toEqual({ limit: 3, total: 3, on_conflict: "skip" });
  expect(buildQueueRule({ ...declared, key: KEY })).toMatchObject({ limit: 3, total: most });
  const large = { ...declared, limit: most + 50, key: KEY };
  expect(buildQueueRule(large)).toMatchObject({ limit: most + 50, total: most + 50 });
});

it("runs with the same values are of one group, and without a key all are", async () => {
  expect(await buildConcurrency(declared, { city: "Rome" })).toMatchObject({ key: "", limit: 3 });
  expect(await buildConcurrency(null, {})).toMatchObject({ key: "" });
  const keyed = { ...declared, key: KEY };
  const keyOf = async (city: string) => (await buildConcurrency(keyed, { city })).key;
  expect(await keyOf("Rome")).toBe(await keyOf("Rome"));
  expect(await keyOf("Rome")).not.toBe(await keyOf("Bonn"));
  expect(await keyOf("Rome")).toContain("Rome");
});

it("a key of any length is kept in 200 characters at most, and different ones stay different", async () => {
  const keyed = { ...declared, key: KEY };
  const keyOf = async (city: string) => (await buildConcurrency(keyed, { city })).key;
  const frame = (await keyOf("")).length;
  const longest = "x".repeat(200 - frame);
  expect(await keyOf(longest)).toContain(longest);
  const longer = await keyOf(`${longest}x`);
  expect(longer).toMatch(/^sha256:[0-9a-f]{64}$/);
  expect(await keyOf(`${longest}y`)).not.toBe(longer);
});
