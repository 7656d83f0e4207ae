import { env } from "cloudflare:workers";
import { runInDurableObject } from "cloudflare:test";
import { expect, it } from "vitest";
import { verifies } from "../../test/verifies.ts";
import type { CapacityObject } from "./capacity-object.ts";

const openGate = () =>
  env.CAPACITY_OBJECT.get(env.CAPACITY_OBJECT.newUniqueId()) as unknown as DurableObjectStub<CapacityObject>;

const claimOf = (run_id: string) => ({
  run_id,
  workspace_id: "wsp_1",
  worker_id: "wrk_1",
  bundle_digest: null,
  priority: "normal" as const,
  since: Date.now(),
  lifetime_ms: 60_000,
});

it("room is given out and taken back, even while the provider cannot be asked what is alive", async () => {
  const gate = openGate();
  expect(await gate.claim(claimOf("run_1"))).toEqual({ kind: "granted" });
  await gate.release("run_1");
  await gate.release("run_1");
  await expect.poll(() => gate.claim(claimOf("run_2"))).toEqual({ kind: "granted" });
});

it("whoever waits is on the record with an alarm, whoever finds room at once costs no row", async () => {
  verifies("queue:provider:called");
  const gate = openGate();
  await gate.claim(claimOf("run_1"));
  expect(await gate.release("run_1")).toBe(0);
  await gate.turnedAway(claimOf("run_2"), 60_000);
  await runInDurableObject(gate as unknown as DurableObjectStub, async (_instance, state) => {
    const rows = state.storage.sql.exec("SELECT run_id, worker_id FROM room_line").toArray();
    expect(rows).toEqual([{ run_id: "run_2", worker_id: "wrk_1" }]);
    expect(await state.storage.getAlarm()).not.toBeNull();
  });
  expect(await gate.release("run_2")).toBe(3);
});
