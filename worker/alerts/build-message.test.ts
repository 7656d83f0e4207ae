import { expect, it } from "vitest";
import { buildManifestTarget } from "./build-message.ts";

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
