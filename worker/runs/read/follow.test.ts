import { expect, it } from "vitest";
import { verifies } from "../../../test/verifies.ts";
import type { RunObjectStub } from "../record/run-api.ts";
import { waitForEnd } from "./follow.ts";

/** Waits for a run whose object answers as `fetch` does; sleeps take no time, and are the answer when there were enough. */
async function wait(fetch: () => Promise<Response>, most: number): Promise<number[]> {
  const slept: number[] = [];
  const sleep = async (ms: number) => {
    slept.push(ms);
    if (slept.length === most) throw new Error("enough");
  };
  const runObject = () => ({ fetch }) as unknown as RunObjectStub;
  const request = { runId: "run_00000000000000000000000001", timeoutMs: 3_600_000 };
  await expect(waitForEnd({ runObject, files: {} as never, sleep }, request)).rejects.toThrow("enough");
  return slept;
}

it("whoever waits for a run whose object is not there asks ever more seldom, and not a hundred times a second", async () => {
  verifies("run:follow:waiting-is-not-watching");
  const slept = await wait(async () => new Response("There is no such run.", { status: 404 }), 12);
  expect(slept.slice(0, 4)).toEqual([10, 20, 40, 80]);
  expect(slept.at(-1)).toBe(2000);
});

it("an object that is just being replaced is asked again, and fails nobody's wait", async () => {
  verifies("run:follow:waiting-is-not-watching");
  const reset = async () => {
    throw new Error("Durable Object reset because its code was updated.");
  };
  expect(await wait(reset, 3)).toEqual([10, 20, 40]);
});
