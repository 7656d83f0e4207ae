import { expect, it } from "vitest";
import { judgeRequest, judgeRules, originOf } from "./judge-request.ts";
import type { DoorRules, Knock } from "./judge-request.ts";

const rules: DoorRules = {
  host: "127.0.0.1",
  port: 8765,
  path: "/mcp",
  allowedOrigins: [],
  requireOrigin: true,
};
const knock: Knock = {
  method: "POST",
  path: "/mcp",
  host: "127.0.0.1:8765",
  origin: undefined,
  accept: "application/json, text/event-stream",
  contentType: "application/json",
};
const statusOf = (of: Partial<Knock>, by: Partial<DoorRules> = {}) =>
  judgeRequest({ ...knock, ...of }, { ...rules, ...by })?.status ?? 200;

it("what listens on this machine answers to this machine's names, so that no page reaches it by a name of its own", () => {
  for (const host of ["127.0.0.1:8765", "localhost:8765", "localhost", "[::1]:8765", "LOCALHOST:1"])
    expect(statusOf({ host }), host).toBe(200);
  for (const host of ["evil.example", "127.0.0.1.evil.example", "10.0.0.1:8765", "localhost.:8765"])
    expect(statusOf({ host }), host).toBe(403);
  for (const host of [undefined, "", "a b", "user@localhost", "localhost/x", "local\\host", "[::1"])
    expect(statusOf({ host }), String(host)).toBe(400);
  expect(statusOf({ host: "box.lan:80" }, { host: "box.lan" })).toBe(200);
  expect(statusOf({ host: "192.168.1.7:8765" }, { host: "0.0.0.0" })).toBe(200);
  expect(statusOf({ host: "evil.example:8765" }, { host: "0.0.0.0" })).toBe(403);
});

it("a page is let in by its scheme, name and port together, and none where nobody is listed", () => {
  for (const origin of ["https://evil.example", "http://localhost:3000", "http://127.0.0.1", "null"])
    expect(statusOf({ origin }), origin).toBe(403);
  expect(statusOf({ origin: "http://127.0.0.1:8765" })).toBe(200);
  expect(statusOf({ origin: undefined })).toBe(200);
  const allowedOrigins = ["https://app.example", "http://localhost:3000"];
  expect(statusOf({ origin: "https://app.example" }, { allowedOrigins })).toBe(200);
  expect(statusOf({ origin: "https://APP.example:443" }, { allowedOrigins })).toBe(200);
  for (const origin of ["http://app.example", "https://app.example:8443", "https://a.app.example", "null"])
    expect(statusOf({ origin }, { allowedOrigins }), origin).toBe(403);
  expect(statusOf({ origin: "null" }, { allowedOrigins: ["null"] })).toBe(200);
  for (const origin of ["", "nonsense", "https://", "https://a/b", "file:///x"])
    expect(statusOf({ origin }, { requireOrigin: false }), origin).toBe(400);
  expect(statusOf({ origin: "https://any.example" }, { requireOrigin: false })).toBe(200);
});

it("what is no message of the protocol is refused by its first fault: name, origin, path, method, forms", () => {
  expect(statusOf({ host: "evil.example", origin: "nonsense", method: "GET" })).toBe(403);
  expect(statusOf({ path: "/other", method: "GET" })).toBe(404);
  for (const method of ["GET", "DELETE", "PUT"]) expect(statusOf({ method }), method).toBe(405);
  for (const accept of [undefined, "application/json", "text/event-stream", "text/html"])
    expect(statusOf({ accept }), String(accept)).toBe(406);
  expect(statusOf({ accept: "*/*" })).toBe(200);
  for (const contentType of [undefined, "text/plain", "application/jsonp"])
    expect(statusOf({ contentType }), String(contentType)).toBe(415);
  expect(statusOf({ contentType: "application/json; charset=utf-8" })).toBe(200);
});

it("an address is not opened by which any web page could use the tools", () => {
  const judge = (by: Partial<DoorRules>) => judgeRules({ ...rules, ...by });
  expect(judge({})).toBeNull();
  expect(judge({ requireOrigin: false })).toBeNull();
  expect(judge({ requireOrigin: false, host: "0.0.0.0" })).toContain("any web page");
  expect(judge({ requireOrigin: false, allowedOrigins: ["https://a.example"] })).toContain("contradict");
  expect(judge({ allowedOrigins: ["a.example"] })).toContain("no origin");
  for (const path of ["mcp", "", "/a b", "/mcp?x"]) expect(judge({ path }), path).toContain("no path");
  expect(judge({ path: "/ü" })).toContain("as /%C3%BC:");
  expect(judge({ path: "/a/../mcp" })).toContain("as /mcp:");
  expect(judge({ path: "//x/%C3%BC" })).toBeNull();
  // What listens on no name listens everywhere, and a name may lead anywhere.
  for (const host of ["", " "]) expect(judge({ host }), host).toContain("host is missing");
  expect(judge({ requireOrigin: false, host: "127.evil.example" })).toContain("any web page");
  expect(judge({ requireOrigin: false, host: "127.0.0.2" })).toBeNull();
  expect(originOf("https://A.example:443/")).toBe("https://a.example");
});
