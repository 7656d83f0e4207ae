import { expect, it } from "vitest";
import { runTokenOf } from "../../test/support/workerd/api-harness.ts";
import { seedHook, signingKey } from "../../test/support/workerd/hook-harness.ts";
import { openOtherEdge } from "../../test/support/workerd/other-edge.ts";
import { verifies } from "../../test/verifies.ts";
import { workerToken } from "../hooks/hook-secrets.ts";
import { newId } from "../platform/ids.ts";

const newer = "a newer signing key of at least 32 characters";
const edges = [signingKey, `${newer},${signingKey}`, newer].map((keys) =>
  openOtherEdge({ FLOOM_SIGNING_KEY: keys }),
);

it("a run goes on with the token that the key before signed, while that key stands behind the new one", async () => {
  verifies("access:signing-key:overlap");
  const run = newId("run", 1);
  const headers = { "content-type": "application/x-ndjson" };
  const path = `/api/runs/${run}/runner/journal?attempt=1&offset=0`;
  const token = await runTokenOf(run);
  const statuses = edges.map(
    async (edge) => (await edge.call("POST", path, { token, headers, body: "\n" })).status,
  );
  const [before, both, after] = await Promise.all(statuses);
  expect(before).not.toBe(401);
  expect([both, after]).toEqual([before, 401]);
});

it("a worker's own address is opened by the token that was computed with the key before, as long", async () => {
  verifies("access:signing-key:overlap");
  const hook = await seedHook({ spec: { signature: { scheme: "floom" } } });
  const path = `/webhooks/hooked?token=${await workerToken(signingKey, hook.workerId)}`;
  const statuses: number[] = [];
  for (const [index, edge] of edges.entries())
    statuses.push((await edge.call("POST", path, { token: "", body: String(index) })).status);
  expect(statuses).toEqual([202, 202, 404]);
});
