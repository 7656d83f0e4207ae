import { env, evictDurableObject, runInDurableObject } from "cloudflare:test";
import { expect, it } from "vitest";
import { buildTestSpec } from "../../test/support/workerd/engine-harness.ts";
import { newId } from "../platform/ids.ts";
import { verifies } from "../../test/verifies.ts";

const alarmOf = (stub: DurableObjectStub) => runInDurableObject(stub, (_, { storage }) => storage.getAlarm());

it("a run whose alarm was lost sets it again as soon as its object is there", async () => {
  verifies("run:alarm:recalled");
  const spec = buildTestSpec({ run_id: newId("run", Date.now()), created_at: Date.now() });
  const stub = env.RUN_OBJECT.get(env.RUN_OBJECT.idFromName(spec.run_id));
  await stub.accept(spec, false);
  await expect.poll(() => alarmOf(stub)).not.toBeNull();
  await runInDurableObject(stub, (_, { storage }) => storage.deleteAlarm());
  await evictDurableObject(stub);
  await expect.poll(() => alarmOf(stub)).toBeGreaterThan(Date.now());
});
