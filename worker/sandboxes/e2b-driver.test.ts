import { expect, it } from "vitest";
import { buildNetwork } from "./e2b-driver.ts";

const cloud = { url: "https://floom.example:8443", hasOwnWay: false };
const local = { ...cloud, hasOwnWay: true };

it("an allow-list shuts out everything else but the edge itself", () => {
  expect(buildNetwork({ allow_out: ["api.example.com"], deny_out: [], headers: {} }, cloud)).toEqual({
    allowOut: ["api.example.com", "floom.example"],
    denyOut: ["0.0.0.0/0"],
  });
});

it("opens no host of the edge where sandboxes have a way of their own to the routes of their run", () => {
  for (const [allow_out, allowOut] of [
    [["api.example.com"], ["api.example.com"]],
    // A dry run: nothing but the edge.
    [["floom.example"], []],
  ] as const) {
    expect(buildNetwork({ allow_out: [...allow_out], deny_out: [], headers: {} }, local)).toEqual({
      allowOut,
      denyOut: ["0.0.0.0/0"],
    });
  }
});

it("without an allow-list only what is denied is named", () => {
  expect(buildNetwork({ allow_out: [], deny_out: ["10.0.0.0/8"], headers: {} }, cloud)).toEqual({
    denyOut: ["10.0.0.0/8"],
  });
  expect(buildNetwork({ allow_out: [], deny_out: [], headers: {} }, cloud)).toBeUndefined();
});

it("hosts into whose requests something is put are allowed beside what is, and nothing else is closed for them", () => {
  const headers = { "api.example.com": { authorization: "Bearer x" } };
  const rules = { "api.example.com": [{ transform: { headers: { authorization: "Bearer x" } } }] };
  expect(buildNetwork({ allow_out: [], deny_out: [], headers }, cloud)).toEqual({
    allowOut: ["api.example.com", "0.0.0.0/0"],
    denyOut: ["0.0.0.0/0"],
    rules,
  });
  expect(buildNetwork({ allow_out: ["b.example.com"], deny_out: [], headers }, cloud)).toEqual({
    allowOut: ["b.example.com", "api.example.com", "floom.example"],
    denyOut: ["0.0.0.0/0"],
    rules,
  });
  expect(buildNetwork({ allow_out: [], deny_out: ["10.0.0.0/8"], headers }, cloud)).toEqual({
    denyOut: ["10.0.0.0/8"],
    rules,
  });
});
