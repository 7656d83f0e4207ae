import { describe, expect, it } from "vitest";
import { verifies } from "../../test/verifies.ts";
import { answerPage, isProgram, routePathOf } from "./front-door.ts";

const BROWSER = "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8";
const origin = "http://floom.test";

const ask = (path: string, headers: Record<string, string> = {}, method = "GET") =>
  new Request(`${origin}${path}`, { method, headers });

/** A folder of files as the platform serves it. */
function serve(files: Record<string, string>) {
  return async (request: Request) => {
    const text = files[new URL(request.url).pathname];
    return text === undefined
      ? new Response(null, { status: 404 })
      : new Response(text, { headers: { "content-type": "text/html" } });
  };
}
const pages = serve({ "/": "the page", "/icon.svg": "<svg/>" });

describe("who asks", () => {
  it.each([
    ["a browser that goes somewhere", { accept: BROWSER }, "GET", false],
    ["a program that takes anything", { accept: "*/*" }, "GET", true],
    ["a program that says nothing", {}, "GET", true],
    ["a program that wants no page", { accept: "text/html;q=0, application/json" }, "GET", true],
    ["whoever shows a token", { accept: BROWSER, "x-floom-token": "t" }, "GET", true],
    ["whoever shows a shared secret", { accept: BROWSER, "x-floom-secret": "t" }, "GET", true],
    ["whoever changes something", { accept: BROWSER }, "POST", true],
  ])("%s", (_, headers, method, expected) => {
    expect(isProgram(ask("/workers", headers as Record<string, string>, method))).toBe(expected);
  });
});

it("a program's path without /api leads to the route, a browser's to the page", () => {
  expect(routePathOf(ask("/runs?limit=1"))).toBe("/api/runs");
  expect(routePathOf(ask("/workers/a%20b"))).toBe("/api/workers/a b");
  expect(routePathOf(ask("/runs", { accept: BROWSER }))).toBe("/runs");
});

it("what has an address of its own keeps it, whoever asks", () => {
  const own = ["/api/runs", "/hooks/trg_1", "/webhooks/hello", "/approvals/review", "/mcp", "/"];
  expect(own.map((path) => routePathOf(ask(path, {}, "POST")))).toEqual(own);
  expect(routePathOf(ask("/approvals/public/apr_1"))).toBe("/api/approvals/public/apr_1");
});

it("a browser is given the application at any address, and files as they are", async () => {
  const page = await answerPage(ask("/workers/hello", { accept: BROWSER }), pages);
  expect([page?.status, await page?.text()]).toEqual([200, "the page"]);
  expect(page?.headers.get("vary")).toContain("accept");
  expect(page?.headers.get("content-security-policy")).toContain("frame-ancestors 'none'");
  expect(await (await answerPage(ask("/icon.svg"), pages))?.text()).toBe("<svg/>");
  expect(await (await answerPage(ask("/", { accept: BROWSER }), pages))?.text()).toBe("the page");
});

it("a program is given no page: not at the root, not where nothing is, not for another method", async () => {
  verifies("compat:program-gets-no-page");
  const asked = [
    ask("/"),
    ask("/index.html"),
    ask("/nothing"),
    ask("/workers", { accept: BROWSER, authorization: "Bearer t" }),
    ask("/workers", { accept: BROWSER }, "POST"),
    ask("/api/nothing", { accept: BROWSER }),
  ];
  for (const request of asked)
    expect([request.url, await answerPage(request, pages)]).toEqual([request.url, null]);
});

it("a server without pages answers browsers as it answers programs", async () => {
  expect(await answerPage(ask("/", { accept: BROWSER }), serve({}))).toBe(null);
});
