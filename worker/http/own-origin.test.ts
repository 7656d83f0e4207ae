import { describe, expect, it } from "vitest";
import { verifies } from "../../test/verifies.ts";
import { requireOwnHost, requireOwnPage } from "./own-origin.ts";
import type { OwnPlaces } from "./own-origin.ts";

const here: OwnPlaces = {
  isRoutedByName: false,
  origins: ["https://floom.example", "", "http://edge.sandbox:9"],
};

const hostCode = (url: string, places = here) => codeOf(() => requireOwnHost(new URL(url), places));
const pageCode = (headers: Record<string, string>, { method = "POST", path = "/api/workers" } = {}) => {
  const url = new URL(`http://127.0.0.1:8787${path}`);
  return codeOf(() => requireOwnPage({ request: new Request(url, { method, headers }), url }, here));
};

function codeOf(act: () => void): string {
  try {
    act();
    return "let in";
  } catch (error) {
    return (error as { code: string }).code;
  }
}

describe("by which name the edge of a machine answers", () => {
  it.each([
    "http://127.0.0.1:1",
    "http://localhost:8787",
    "http://[::1]:2",
    "http://127.8.9.1",
    "https://floom.example:444",
  ])("%s is its own", (url) => {
    verifies("edge:host:own-names-alone");
    expect(hostCode(url)).toBe("let in");
  });

  it.each([
    "http://evil.example",
    "http://localhost.evil.example",
    "http://127.0.0.1.nip.io",
    "http://192.168.1.7:8787",
    "http://0.0.0.0:8787",
    "http://floom.example.evil.example",
    "http://xn--localhost-9za.example",
  ])("%s is not", (url) => {
    verifies("edge:host:own-names-alone");
    expect(hostCode(url)).toBe("wrong_host");
  });

  it("any name is right where a platform leads its own names here and no others", () => {
    expect(hostCode("http://floom.workers.example", { ...here, isRoutedByName: true })).toBe("let in");
  });
});

describe("which page may ask for a change", () => {
  it.each([
    ["a program, which says nothing of a page", {}],
    ["its own page", { "sec-fetch-site": "same-origin", origin: "http://127.0.0.1:8787" }],
    ["its own page, whose policy hides the origin", { "sec-fetch-site": "same-origin", origin: "null" }],
    ["a person who typed the address", { "sec-fetch-site": "none" }],
    ["its own page in an old browser", { origin: "http://127.0.0.1:8787" }],
    ["its page at the public address", { origin: "https://floom.example" }],
    ["whoever shows a token in a header", { "sec-fetch-site": "cross-site", authorization: "Bearer t" }],
  ])("%s", (_, headers) => {
    verifies("edge:origin:no-foreign-writes");
    expect(pageCode(headers as Record<string, string>)).toBe("let in");
  });

  it.each([
    ["a page of another site", { "sec-fetch-site": "cross-site", origin: "https://evil.example" }],
    [
      "a page on another port of this machine",
      { "sec-fetch-site": "same-site", origin: "http://127.0.0.1:3000" },
    ],
    ["one that brings a cookie along", { "sec-fetch-site": "cross-site", cookie: "session=s" }],
    ["one in an old browser", { origin: "https://evil.example" }],
    ["another port in an old browser", { origin: "http://127.0.0.1:3000" }],
    ["a sandboxed frame or a file", { origin: "null" }],
    ["an origin that begins like the own one", { origin: "http://127.0.0.1:87870" }],
  ])("but not %s", (_, headers) => {
    verifies("edge:origin:no-foreign-writes");
    for (const method of ["POST", "PUT", "PATCH", "DELETE"])
      expect(pageCode(headers as Record<string, string>, { method })).toBe("cross_site_request");
  });

  it("reading changes nothing, and hooks are for whoever sends to them", () => {
    const foreign = { "sec-fetch-site": "cross-site", origin: "https://evil.example" };
    expect(pageCode(foreign, { method: "GET" })).toBe("let in");
    expect(pageCode(foreign, { path: "/hooks/trg_1" })).toBe("let in");
    expect(pageCode(foreign, { path: "/api/hooks/trg_1" })).toBe("cross_site_request");
  });
});
