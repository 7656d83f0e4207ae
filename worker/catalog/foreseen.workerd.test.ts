import { expect, it } from "vitest";
import { allScopes } from "#contract/access/access";
import { problemSchema } from "#contract/problem";
import { runDetailSchema } from "#contract/runs/run";
import { callApi, seedWorker, strangerToken } from "../../test/support/workerd/api-harness.ts";
import { verifies } from "../../test/verifies.ts";

const start = (worker: string, token?: string) =>
  callApi("POST", `/api/workers/${worker}/runs`, { json: {}, ...(token === undefined ? {} : { token }) });

it("a token starts the worker of its own workspace, whatever the same name means elsewhere", async () => {
  verifies("access:start:own-workspace");
  await seedWorker("twice-there");
  const token = await strangerToken();
  const refused = await start("twice-there", token);
  const unknown = await start("not-there", token);
  const [hidden, missing] = [
    problemSchema.parse(await refused.json()),
    problemSchema.parse(await unknown.json()),
  ];
  expect([hidden.status, hidden.code, hidden.detail]).toEqual([404, missing.code, missing.detail]);
  expect(runDetailSchema.parse(await (await start("twice-there")).json()).worker_id).toBe("twice-there");
});

it("a name with underscores, a token that may not start and one that is none are answered as ever", async () => {
  verifies("access:start:own-workspace");
  await seedWorker("under-score");
  expect((await start("under_score")).status).toBe(202);
  const reader = await strangerToken(allScopes.filter((scope) => scope !== "runs:write"));
  expect((await start("under-score", reader)).status).toBe(403);
  expect((await start("under-score", "none")).status).toBe(401);
});
