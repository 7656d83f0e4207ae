import { renderToStaticMarkup } from "react-dom/server";
import { expect, test } from "vitest";
import { ApiProblem } from "#contract/client";
import { verifies } from "../../test/verifies.ts";
import { ErrorNotice } from "../parts/error-notice.tsx";
import { FailureNotice } from "../parts/failure-notice.tsx";
import { buildFailure } from "#contract/run-failure";
import { Overview } from "./home-page.tsx";
import { SignInPage } from "./sign-in-page.tsx";
import { buildRunCommand } from "./worker-page.tsx";

test("a workspace without workers says what to do next, as commands to copy", () => {
  verifies("web:empty:says-what-to-do-next");
  const page = renderToStaticMarkup(<Overview workers={[]} runs={[]} />);
  expect(page).toContain("There is no worker yet");
  expect(page).toContain("npx floom workers push workers-examples/hello-worker");
});

test("the sign-in page says where the token is and whether the last one was refused", () => {
  const page = renderToStaticMarkup(<SignInPage refused onToken={() => undefined} />);
  expect(page).toContain("cat .floom/token");
  expect(page).toContain("does not accept the token");
});

test("a refusal of the API is shown with its remedy and its request id", () => {
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
  expect(notice).toContain("Restore it first");
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
