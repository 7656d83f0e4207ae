import { env } from "cloudflare:test";
import { expect, it } from "vitest";
import { newId } from "../../platform/ids.ts";
import { callApi, runTokenOf } from "../../../test/support/workerd/api-harness.ts";
import { buildTestSpec } from "../../../test/support/workerd/engine-harness.ts";
import { verifies } from "../../../test/verifies.ts";
import type { RunSpec } from "../spec/run-spec.ts";

const key = "a".repeat(64);
const workerId = newId("wrk", 1);

/** A run that is on the record, and what its script can do with the token it holds. */
async function openRun(change: Partial<RunSpec>) {
  const spec = buildTestSpec({
    run_id: newId("run", Date.now()),
    worker_id: workerId,
    ...change,
  });
  const stub = env.RUN_OBJECT.get(env.RUN_OBJECT.idFromName(spec.run_id));
  await stub.accept(spec, false);
  const token = await runTokenOf(spec.run_id);
  const path = `/api/runs/${spec.run_id}/runner/dependencies/${key}`;
  return {
    async keep(body: BodyInit, length: number) {
      const headers = { "content-type": "application/octet-stream", "content-length": String(length) };
      return (await callApi("PUT", path, { token, headers, body })).json();
    },
    async find(): Promise<string | number> {
      const answer = await callApi("GET", path, { token });
      return answer.status === 200 ? answer.text() : answer.status;
    },
  };
}

it("one version keeps nothing that a run of another version would install", async () => {
  verifies("runner:dependencies:no-poison");
  const bad = await openRun({ bundle_digest: "1".repeat(64) });
  expect(await bad.keep("planted", 7)).toEqual({ stored: true });
  const clean = await openRun({ bundle_digest: "2".repeat(64) });
  expect(await clean.find()).toBe(404);
  expect(await clean.keep("clean", 5)).toEqual({ stored: true });
  expect(await clean.find()).toBe("clean");
  expect(await bad.find()).toBe("planted");
});

it("an upload that was begun earlier and ends later does not take the place of what is kept", async () => {
  verifies("runner:dependencies:no-poison");
  const run = await openRun({ bundle_digest: "3".repeat(64) });
  const slow = new FixedLengthStream(4);
  const late = run.keep(slow.readable, 4);
  expect(await run.keep("first", 5)).toEqual({ stored: true });
  const writer = slow.writable.getWriter();
  await writer.write(new TextEncoder().encode("late"));
  await writer.close();
  expect(await late).toEqual({ stored: false });
  expect(await run.find()).toBe("first");
});

it("a dry run keeps nothing for others", async () => {
  verifies("runner:dependencies:no-poison");
  const dry = await openRun({ bundle_digest: "4".repeat(64), dry: true });
  expect(await dry.keep("dry", 3)).toEqual({ stored: false });
  expect(await dry.find()).toBe(404);
});
