import { expect, it } from "vitest";
import type { Principal } from "#contract/access/access";
import { buildSampleSpec } from "../../../test/support/workerd/sample-spec.ts";
import { verifies } from "../../../test/verifies.ts";
import { AppError } from "../../platform/app-error.ts";
import type { ReadDeps } from "../read/read-run.ts";
import type { RunObjectStub } from "../record/run-api.ts";
import { readStarted } from "./start-run.ts";

const spec = buildSampleSpec();
const principal = {
  kind: "token",
  id: "tok",
  workspace_id: spec.workspace_id,
  scopes: [],
} as unknown as Principal;

/** A run's object that has not been told of the run yet, or is being replaced. */
function away(how: "not told" | "replaced"): ReadDeps {
  const fail = () => Promise.reject(new Error("Durable Object reset because its code was updated."));
  const stub = {
    fetch: async () => (how === "replaced" ? fail() : { status: 404, webSocket: null }),
    read: async () => (how === "replaced" ? fail() : null),
  };
  return {
    clock: () => Date.parse("2030-01-01T00:00:00Z"),
    sleep: (ms: number) => new Promise((resolve) => setTimeout(resolve, ms)),
    runObject: () => stub as unknown as RunObjectStub,
  } as unknown as ReadDeps;
}

it.each(["not told", "replaced"] as const)(
  "a run that was accepted is answered as accepted, also when its object is %s",
  async (how) => {
    verifies("run:idempotency:same-key-same-run");
    const fresh = { spec, started: true, wait: null };
    const started = { runId: spec.run_id, how: "accepted" as const, fresh };
    const { run } = await readStarted(away(how), principal, { started, waitSeconds: 0.02 });
    expect(run.id).toBe(spec.run_id);
  },
);

it("one that was accepted before and cannot be read yet is no run that does not exist", async () => {
  verifies("run:idempotency:same-key-same-run");
  const started = { runId: spec.run_id, how: "replayed" as const, fresh: null };
  const read = readStarted(away("not told"), principal, { started, waitSeconds: 0 });
  await expect(read).rejects.toThrow(AppError);
  await expect(read).rejects.toMatchObject({ code: "unavailable" });
});
