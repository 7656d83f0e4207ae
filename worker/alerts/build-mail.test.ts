import { expect, it } from "vitest";
import type { AlertMessage } from "#contract/alerts/alert";
import { buildFailure } from "#contract/runs/run-failure";
import { sampleRunSummary } from "../../test/support/sample-records.ts";
import { verifies } from "../../test/verifies.ts";
import { buildMail, fillSubject } from "./build-mail.ts";

const message: AlertMessage = {
  type: "run.failed",
  timestamp: "2026-03-02T09:00:00.000Z",
  data: {
    worker: { name: "hello-worker", title: "Hello\r\nBcc: eve@example.com" },
    status: "failed",
    run: sampleRunSummary({ status: "failed" }),
    failure: buildFailure("execution_error", "It broke.\n\nReply with your <b>password</b>.\u0007"),
    links: { run: "https://floom.test/runs/run_1" },
  },
};
const envelope = {
  id: "dlv_1",
  workspace_id: "wsp_1",
  worker_id: "wrk_1",
  to: ["ada@example.com"],
  subject: null,
};

it("a subject is one line, whatever the names hold", () => {
  verifies("alerts:mail:plain-and-safe");
  expect(fillSubject(null, message)).toBe("Hello Bcc: eve@example.com failed");
  expect(fillSubject("[{status}] {worker_name} {other}\nX: y", message)).toBe(
    "[failed] Hello Bcc: eve@example.com {other} X: y",
  );
  expect(fillSubject("s".repeat(500), message)).toHaveLength(200);
});

it("a mail says what happened, what to do and where to look, one line each", () => {
  verifies("alerts:mail:plain-and-safe");
  const { text } = buildMail(message, envelope);
  expect(text.split("\n")).toEqual([
    "Hello Bcc: eve@example.com (hello-worker): failed",
    "",
    "When: 2026-03-02T09:00:00.000Z",
    `Run: ${message.data.run?.id}, version 1, attempt 1`,
    "",
    "What happened: It broke. Reply with your <b>password</b>. (execution_error)",
    `What to do: ${message.data.failure?.hint}`,
    "",
    "Open the run: https://floom.test/runs/run_1",
    "",
  ]);
});

it("a question and a missed schedule say what they are about", () => {
  const asks = { id: "apr_1", label: "Send it", run_id: "run_1", expires_at: "2026-03-03T09:00:00.000Z" };
  const missed = {
    trigger_id: "trg_1",
    name: "schedule-1",
    due_at: "2026-03-02T08:00:00.000Z",
    code: "missed",
    reason: "Nothing could start at that time.",
  };
  const { worker, links } = message.data;
  const data = { worker, links, status: "told" };
  expect(buildMail({ ...message, data: { ...data, approval: asks } }, envelope).text).toContain(
    "Asks: Send it\nRun: run_1\nAnswer by: 2026-03-03T09:00:00.000Z",
  );
  expect(buildMail({ ...message, data: { ...data, schedule: missed } }, envelope).text).toContain(
    "Schedule: schedule-1\nWas due: 2026-03-02T08:00:00.000Z\nWhy: Nothing could start at that time.",
  );
});
