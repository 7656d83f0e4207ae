import { expect, it } from "vitest";
import { buildNetwork } from "./e2b-driver.ts";

it("an allow-list shuts out everything else but the edge itself", () => {
  expect(
    buildNetwork({ allow_out: ["api.example.com"], deny_out: [] }, "https://floom.example:8443"),
  ).toEqual({
    allowOut: ["api.example.com", "floom.example"],
    denyOut: ["0.0.0.0/0"],
  });
});

it("without an allow-list only what is denied is named", () => {
  expect(buildNetwork({ allow_out: [], deny_out: ["10.0.0.0/8"] }, "https://floom.example")).toEqual({
    denyOut: ["10.0.0.0/8"],
  });
  expect(buildNetwork({ allow_out: [], deny_out: [] }, "https://floom.example")).toBeUndefined();
});
