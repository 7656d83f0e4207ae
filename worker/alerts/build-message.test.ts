import { expect, it } from "vitest";
import { buildGateEvent, buildManifestTarget, topicOf } from "./build-message.ts";

const place = { workspace_id: "wsp_1", worker_id: "wrk_1", id: "manifest" };
const mailboxesOf = (email_to: string[]) => buildManifestTarget({ email_to }, place)?.email_to;

it("a manifest's notify adds no header to a mail: what the API refuses as an address is not written to", () => {
  const attempts = ["a@b.co\r\nBcc: x@y.zz", "a@b.co, x@y.zz", "Ada <a@b.co>", "a@b.co\n", ""];
  expect(mailboxesOf(["ada@example.com", ...attempts])).toEqual(["ada@example.com"]);
  expect(mailboxesOf(attempts)).toBeUndefined();
});

it("a manifest's notify writes to no more addresses than an alert may", () => {
  const many = Array.from({ length: 12 }, (_none, index) => `p${index}@example.com`);
  expect(mailboxesOf(many)).toEqual(many.slice(0, 10));
});

it("tells of a version that the gate does not let in by what the evaluation said, once", () => {
  const evaluation = { id: "evl_1", version: 4, verdict: "fail" as const, reasons: ["Worse: a."] };
  const failed = buildGateEvent({ worker: "w", evaluation, at: 1 }, "http://floom.test");
  expect(failed).toMatchObject({
    type: "evaluation.failed",
    key: "evl_1",
    data: { status: "version 4 did not pass its evaluation", evaluation: { reasons: ["Worse: a."] } },
  });
  const held = buildGateEvent({ worker: "w", evaluation: { ...evaluation, verdict: "pass" }, at: 1 }, "");
  expect(held).toMatchObject({ type: "version.not_activated", data: { links: {} } });
  expect([failed, held].map(({ type }) => topicOf(type))).toEqual(["evaluation_failed", "evaluation_failed"]);
});
