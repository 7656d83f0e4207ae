import { expect, it } from "vitest";
import {
  buildTestSpec,
  resultEntry,
  start,
  withEngine,
} from "../../../test/support/workerd/engine-harness.ts";
import { verifies } from "../../../test/verifies.ts";
import { buildRunEvent } from "../../alerts/build-message.ts";

const rule = {
  label: "Send the e-mail",
  expires_ms: 864e5,
  on_expiry: "reject" as const,
  not_by_requester: false,
  approvers_needed: 1,
};

it("the message that frees a run's place says how it failed, and whom its version wants to be told", async () => {
  verifies("alerts:manifest:notify");
  await withEngine(async (h) => {
    const notify = { url: "https://example.com/hook", on: ["failed"] };
    const spec = buildTestSpec({ notify });
    await h.engine.accept(spec, true);
    await h.post([resultEntry({ outcome: "failure", error_code: "execution_error", error: "It broke." })]);
    await expect.poll(() => h.news.length).toBe(1);
    const [news] = h.news;
    expect(news).toMatchObject({ notify, worker_id: spec.worker_id, failure: { code: "execution_error" } });
    expect(news && buildRunEvent(news)).toMatchObject({
      type: "run.failed",
      key: spec.run_id,
      data: {
        links: { run: `http://127.0.0.1:8787/runs/${spec.run_id}` },
        failure: { kind: "worker" },
      },
    });
    expect(JSON.stringify(news)).not.toContain("Ada");
  });
});

it("a run that asks tells of its question, once, and later of its end", async () => {
  verifies("alerts:event:topics");
  await withEngine(async (h) => {
    const spec = buildTestSpec({ approvals: rule, requester: "tok_1" });
    await h.engine.accept(spec, true);
    await h.post([resultEntry({ outputs: { to: "ada" }, decision_required: { label: "Send to Ada" } })]);
    await expect.poll(() => h.news.length).toBe(1);
    const [asked] = h.news;
    expect(asked && buildRunEvent(asked)).toMatchObject({
      type: "approval.required",
      at: start,
      data: {
        approval: {
          label: "Send to Ada",
          run_id: spec.run_id,
        },
        status: "waits for approval",
      },
    });
    await h.engine.dispatch({ type: "cancel" });
    await expect.poll(() => h.news.length).toBe(2);
    const [, ended] = h.news;
    expect(ended?.summary.status).toBe("cancelled");
    expect(ended && buildRunEvent(ended)).toBeNull();
  });
});
