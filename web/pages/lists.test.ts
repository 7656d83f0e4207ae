import { expect, test } from "vitest";
import { ApiProblem } from "#contract/client";
import { describeBars } from "../charts/run-bars.tsx";
import { readableAction } from "./audit/audit-words.ts";
import { readAuditFilters } from "./audit/audit-page.tsx";
import { readRunFilters } from "./runs/runs-page.tsx";
import { guardsIn } from "./worker/versions-tab.tsx";

const from = (search: string) => (name: string) => new URLSearchParams(search).get(name) ?? "";

test("an address says which runs are shown; what it does not know it leaves out", () => {
  const nowMs = Date.UTC(2026, 0, 2, 0, 0, 30);
  expect(readRunFilters(from("worker=a&status=failed&since=day"), nowMs)).toEqual({
    worker_id: "a",
    status: "failed",
    since: "2026-01-01T00:00:00.000Z",
  });
  expect(readRunFilters(from("since=yesterday"), nowMs)).toEqual({});
});

test("an address says which changes are shown; a half-typed one asks for nothing", () => {
  expect(readAuditFilters(from("event=tool_call&outcome=refused&resource=worker/a"))).toEqual({
    event: "tool_call",
    outcome: "refused",
    resource: "worker/a",
  });
  expect(readAuditFilters(from("event=all&outcome=done&resource=work"))).toEqual({});
});

test("an action is read as words", () => {
  expect([readableAction("setSecret"), readableAction("trust_violation")]).toEqual([
    "Set secret",
    "Trust violation",
  ]);
});

test("bars are told in a sentence", () => {
  const bars = [
    { at: 0, total: 3, failed: 1 },
    { at: 1, total: 1, failed: 0 },
  ];
  expect(describeBars("day", bars)).toBe(
    "Runs by day over 2 days: 4 in all, 1 failed, at most 3 in one day.",
  );
});

test("the safeguards that a refusal names are offered to be set aside, and no others", () => {
  const problem = {
    type: "about:blank",
    title: "Activating this version would undo a safeguard",
    status: 409,
    detail: "It drops the approval.",
    instance: "/api/workers/a/versions/1/activate",
    code: "activation_refused",
    request_id: "req_01j",
    retryable: false,
    errors: [{ pointer: "/force", detail: "It drops the approval.", code: "drops_approvals" }],
  };
  expect(guardsIn(new ApiProblem(problem))).toEqual(["drops_approvals"]);
  expect(guardsIn(new TypeError("fetch failed"))).toEqual([]);
});
