import { renderToStaticMarkup } from "react-dom/server";
import { expect, test } from "vitest";
import { Router } from "wouter";
import { ApiProblem } from "#contract/client";
import { verifies } from "../../test/verifies.ts";
import { findRemedy } from "../api/describe-error.ts";
import { ErrorNotice } from "../parts/error-notice.tsx";
import { FailureNotice } from "../run-parts/failure-notice.tsx";
import { Question } from "../run-parts/question.tsx";
import { Attempts } from "../run-parts/attempts.tsx";
import { workspaceIdSchema } from "#contract/ids";
import { approvalTrailSchema } from "#contract/runs/run";
import { buildFailure } from "#contract/runs/run-failure";
import { Overview } from "./overview/overview-page.tsx";
import { SignInPage } from "./sign-in-page.tsx";
import { readCode, Waiting } from "./terminal-page.tsx";
import { SwitchPage } from "./switch-page.tsx";
import { buildRunCommand } from "./worker/run-tab.tsx";

test("a workspace without workers says what to do next, as commands to copy", () => {
  verifies("web:empty:says-what-to-do-next");
  const none = { total: 0, completed: 0, failed: 0 };
  const page = renderToStaticMarkup(
    <Router ssrPath="/">
      <Overview
        overview={{
          complete: true,
          since: "2026-01-01T00:00:00.000Z",
          workers: { total: 0, active: 0, paused: 0, archived: 0 },
          runs_24h: none,
          runs_7d: none,
          success_rate_7d: null,
          queued: 0,
          running: 0,
          pending_approval: 0,
          hourly_24h: [],
          recent_runs: [],
          attention: [],
        }}
      />
    </Router>,
  );
  expect(page).toContain("There is no worker yet");
  expect(page).toContain("npx floom workers push workers-examples/hello-worker");
});

const nothing = () => undefined;

test("the sign-in page says where the token is and whether the last one was refused", () => {
  const page = renderToStaticMarkup(
    <SignInPage refused ways={null} onToken={nothing} onSignedIn={nothing} onLocal={nothing} />,
  );
  expect(page).toContain("cat .floom/token");
  expect(page).toContain("does not accept the token");
});

test("a link that would sign in as somebody else asks first, and keeping what is there comes first", () => {
  verifies("web:sign-in:link-replaces-no-token-unasked");
  const page = renderToStaticMarkup(<SwitchPage onKeep={() => undefined} onSwitch={() => undefined} />);
  expect(page).toContain("only if you made the link yourself");
  expect(page.indexOf("Stay signed in")).toBeLessThan(page.indexOf("Use the link"));
});

test("a refusal of the API is shown with its code, its remedy and its request id", async () => {
  const error = new ApiProblem({
    type: "about:blank",
    title: "The worker is archived",
    status: 409,
    detail: "hello-worker is archived.",
    instance: "/api/workers/hello-worker/runs",
    code: "worker_archived",
    request_id: "req_01j",
    retryable: false,
  });
  const notice = renderToStaticMarkup(<ErrorNotice error={error} />);
  expect(notice).toContain("hello-worker is archived.");
  expect(notice).toContain("worker_archived");
  expect(await findRemedy(error)).toContain("Restore it first");
  expect(notice).toContain("req_01j");
});

test("a server that does not answer is named as such", () => {
  const notice = renderToStaticMarkup(<ErrorNotice error={new TypeError("fetch failed")} />);
  expect(notice).toContain("The server cannot be reached");
});

test("a failed run says whose turn it is and what to do", () => {
  const notice = renderToStaticMarkup(
    <FailureNotice failure={buildFailure("timeout")} raw="still working" />,
  );
  expect(notice).toContain("A limit was reached.");
  expect(notice).toContain("Raise limits.timeout_seconds");
  expect(notice).toContain("still working");
});

const trail = approvalTrailSchema.parse({
  id: `apr_${"0".repeat(26)}`,
  status: "pending",
  kind: "approval",
  label: "Send the e-mail",
  preview: "To: <ada>",
  created_at: "2026-01-01T00:00:00.000Z",
  expires_at: "2026-01-02T00:00:00.000Z",
  decided_at: null,
  reason: null,
  follow_up_run_id: null,
  link: "http://127.0.0.1:1/approvals/review",
});

test("a run that asks shows what is proposed and both ways to decide", () => {
  verifies("web:run:asks-and-says-how-to-decide");
  const page = renderToStaticMarkup(<Question trail={trail} />);
  expect(page).toContain("To: &lt;ada&gt;");
  expect(page).toContain('href="http://127.0.0.1:1/approvals/review"');
  expect(page).toContain(`npx floom approvals approve ${trail.id}`);
});

test("a run that was answered says what was decided and what followed", () => {
  const followUp = approvalTrailSchema.shape.follow_up_run_id.parse(`run_${"0".repeat(26)}`);
  const decided = { ...trail, status: "approved" as const, reason: "Fine.", follow_up_run_id: followUp };
  const page = renderToStaticMarkup(
    <Router ssrPath="/runs/run_1">
      <Question trail={decided} />
    </Router>,
  );
  expect(page).toContain("Approved: Send the e-mail");
  expect(page).toContain("Fine.");
  expect(page).toContain(`/runs/${followUp}`);
  expect(page).not.toContain("npx floom");
});

test("what waits for something outside cannot be decided by people", () => {
  const outside = { ...trail, kind: "await_external" as const, link: null };
  const page = renderToStaticMarkup(<Question trail={outside} />);
  expect(page).toContain("Waits for: Send the e-mail");
  expect(page).not.toContain("npx floom");
});

test("attempts are listed once there was more than one", () => {
  const first = { attempt: 1, started_at: "2026-01-01T00:00:00.000Z", ended_at: "2026-01-01T00:00:01.000Z" };
  const lost = { ...first, lost: true, error_code: "e2b_sandbox_error" as const };
  const failed = { ...first, attempt: 2, lost: false, error_code: "timeout" as const };
  expect(renderToStaticMarkup(<Attempts attempts={[lost]} />)).toBe("");
  const page = renderToStaticMarkup(<Attempts attempts={[lost, failed]} />);
  expect(page).toContain("Lost by the platform (e2b_sandbox_error)");
  expect(page).toContain("Failed: timeout");
});

test("the command on a worker's page names every input that is needed", () => {
  const input = { label: "x", type: "string", required: true };
  const inputs = [
    { ...input, name: "list", kind: "file" as const },
    { ...input, name: "tone", kind: "scalar" as const },
    { ...input, name: "extra", kind: "scalar" as const, required: false },
  ];
  expect(buildRunCommand({ id: "csv-enricher", inputs })).toBe(
    "npx floom run csv-enricher --input list=@path --input tone=…",
  );
});

test("a person sees everything of a terminal before they decide, and turning it away comes first", () => {
  verifies("web:terminal:nothing-before-a-click");
  const page = renderToStaticMarkup(
    <Waiting
      waiting={{
        user_code: "BCDF-GHJK",
        client_name: "<b>floom-cli</b> on laptop",
        scopes: ["runs:read", "workers:read"],
        address: "192.0.2.7",
        created_at: "2026-01-01T00:00:00.000Z",
        expires_at: "2026-01-01T00:10:00.000Z",
        workspace_id: workspaceIdSchema.parse(`wsp_${"0".repeat(26)}`),
        token_days: 90,
      }}
      busy={false}
      onDecide={() => undefined}
    />,
  );
  for (const shown of ["BCDF-GHJK", "192.0.2.7", "runs:read, workers:read", "90 days", "&lt;b&gt;floom-cli"])
    expect(page).toContain(shown);
  expect(page.indexOf("Deny")).toBeLessThan(page.lastIndexOf("Approve"));
});

test("a terminal's link fills in the code and nothing else", () => {
  verifies("web:terminal:nothing-before-a-click");
  expect(readCode("#user_code=BCDF-GHJK")).toBe("BCDF-GHJK");
  for (const hash of ["", "#", "#token=x", "#user_code="]) expect(readCode(hash)).toBe("");
});
