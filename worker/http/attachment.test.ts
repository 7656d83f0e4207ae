import { expect, it } from "vitest";
import { attachmentDisposition } from "./attachment.ts";

it("half a surrogate pair in a name is answered like any other name", () => {
  expect(attachmentDisposition("a\ud800.txt")).toBe(
    "attachment; filename=\"a_.txt\"; filename*=UTF-8''a%EF%BF%BD.txt",
  );
});
