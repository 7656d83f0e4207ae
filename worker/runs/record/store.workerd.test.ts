import { env } from "cloudflare:test";
import { expect, it } from "vitest";
import { sampleRunSummary } from "../../../test/support/sample-records.ts";
import { verifies } from "../../../test/verifies.ts";
import { createDb } from "../../platform/db/client.ts";
import { putRunRow } from "./store.ts";

it("a row that says already what is to be written costs none, and an ended run's is final", async () => {
  verifies("run:budget:rows");
  const db = createDb(env.DB);
  const place = { workspaceId: "wsp_store_test", workerId: "wrk_store_test" };
  const running = sampleRunSummary({ status: "running", completed_at: null, duration_ms: null });
  expect(await putRunRow(db, place, running)).toBeGreaterThan(0);
  expect(await putRunRow(db, place, running)).toBe(0);
  expect(await putRunRow(db, place, { ...running, error: "so far", error_code: "timeout" })).toBeGreaterThan(
    0,
  );
  expect(
    await putRunRow(db, place, { ...running, status: "completed", completed_at: running.created_at }),
  ).toBeGreaterThan(0);
  expect(await putRunRow(db, place, running)).toBe(0);
});
