import { env } from "cloudflare:workers";
import { expect, it } from "vitest";
import type { CapacityObject } from "./capacity-object.ts";

it("room is given out and taken back, even while the provider cannot be asked what is alive", async () => {
  const id = env.CAPACITY_OBJECT.newUniqueId();
  const stub = env.CAPACITY_OBJECT.get(id) as unknown as DurableObjectStub<CapacityObject>;
  const claim = (run_id: string) => stub.claim({ run_id, workspace_id: "wsp_1", lifetime_ms: 60_000 });
  expect(await claim("run_1")).toEqual({ kind: "granted" });
  await stub.release("run_1");
  await stub.release("run_1");
  await expect.poll(() => claim("run_2")).toEqual({ kind: "granted" });
});
