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

it("an edge that is known by an address adds nothing to an allow-list, and its name is not added twice", () => {
  for (const edge of ["http://127.0.0.1:8787", "http://[::1]:8787", "http://2130706433"]) {
    const { allowOut } = buildNetwork({ allow_out: ["api.example.com"], deny_out: [] }, edge) ?? {};
    expect(allowOut).toEqual(["api.example.com"]);
  }
  expect(buildNetwork({ allow_out: ["floom.example"], deny_out: [] }, "https://floom.example")).toEqual({
    allowOut: ["floom.example"],
    denyOut: ["0.0.0.0/0"],
  });
});

it("without an allow-list only what is denied is named", () => {
  expect(buildNetwork({ allow_out: [], deny_out: ["10.0.0.0/8"] }, "https://floom.example")).toEqual({
    denyOut: ["10.0.0.0/8"],
  });
  expect(buildNetwork({ allow_out: [], deny_out: [] }, "https://floom.example")).toBeUndefined();
});
