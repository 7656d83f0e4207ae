import { describe, expect, it } from "vitest";
import type { RunStatus } from "#contract/runs/run";
import { start, withStoredRun } from "../../../test/support/workerd/engine-harness.ts";
import { verifies } from "../../../test/verifies.ts";
import stored from "../../../test/fixtures/documents/v0.1.0.json";
import { runSpecDocument } from "../spec/run-spec.ts";

/** What version 0.1.0 had written, before documents were marked with the version of their form. */
const documents: Record<string, unknown> = stored;

function read<Form>(name: string): Form {
  return documents[name] as Form;
}

const runs: [name: string, status: RunStatus, later?: RunStatus][] = [
  ["waiting-run", "queued"],
  ["launching-run-without-room", "queued", "running"],
  ["running-run", "running"],
  ["ended-run", "completed"],
  ["failed-run", "failed"],
  ["held-run", "pending_approval"],
  ["decided-run", "completed"],
  ["run-that-awaits-something-outside", "pending_approval"],
  ["resumed-run", "completed"],
  ["lost-run-that-is-tried-again", "running"],
  ["run-in-backoff", "queued"],
  ["cancelled-run", "cancelled"],
  ["run-with-large-outputs", "completed"],
  ["run-with-calls", "running"],
  ["half-approved-run", "pending_approval"],
  ["rejected-run", "completed"],
  ["expired-run", "completed"],
  ["resuming-run", "pending_approval", "completed"],
];

describe("what an earlier version has stored", () => {
  it.each(runs)("a %s is shown as %s and goes on", async (name, status, later = status) => {
    verifies("run:upgrade:stored-documents");
    await withStoredRun(read<[string, unknown][]>(name), async ({ engine, clock, wakes }) => {
      expect(engine.view()?.detail.status).toBe(status);
      expect(engine.eventsAfter(0, 100)?.events.length).toBeGreaterThan(0);
      clock.now = start + 1000;
      await engine.dispatch({ type: "woke" });
      expect(engine.view()?.detail.status).toBe(later);
      if (status === "queued" || status === "pending_approval") expect(wakes.length).toBeGreaterThan(0);
    });
  });

  it("a held run is decided, and its follow-up has everything it needs", async () => {
    verifies("run:upgrade:stored-documents");
    await withStoredRun(read<[string, unknown][]>("held-run"), async ({ engine, followUps }) => {
      const vote = { principal: "tok_y", decision: "approved", reason: null, edited_output: null } as const;
      expect(await engine.wait.decide({ ...vote, annotations: null })).toMatchObject({ kind: "taken" });
      expect([...followUps.values()]).toEqual([
        expect.objectContaining({ approval: expect.anything(), calls: [], dry: false, lineage: null }),
      ]);
    });
  });

  it("a follow-up that waits in a queue is read with what is younger than it", () => {
    verifies("run:upgrade:stored-documents");
    const spec = runSpecDocument.read(read("follow-up-spec"));
    expect(spec).toMatchObject({ event: null, replay_of: null, concurrency: null });
    expect(runSpecDocument.read(structuredClone(runSpecDocument.write(spec)))).toEqual(spec);
  });
});
