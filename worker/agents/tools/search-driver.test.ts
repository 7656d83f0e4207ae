import { createServer } from "node:http";
import type { IncomingHttpHeaders, Server, ServerResponse } from "node:http";
import { afterEach, beforeEach, expect, it } from "vitest";
import { verifies } from "../../../test/verifies.ts";
import { openSearchDriver } from "./search-driver.ts";

const KEY = "serper-key-0123456789";

/** Stands in for Serper, in the words of its documentation: https://serper.dev (POST /search, X-API-KEY). */
let fakeSerper: Server;
let origin: string;
let heard: { method: string; url: string; headers: IncomingHttpHeaders; body: unknown }[];
let answer: (response: ServerResponse) => void;

beforeEach(async () => {
  heard = [];
  fakeSerper = createServer((request, response) => {
    let body = "";
    request.on("data", (part: Buffer) => (body += part.toString()));
    request.on("end", () => {
      const { method = "", url = "", headers } = request;
      heard.push({ method, url, headers, body: JSON.parse(body) as unknown });
      answer(response);
    });
  });
  await new Promise<void>((resolve) => fakeSerper.listen(0, "127.0.0.1", resolve));
  const address = fakeSerper.address();
  origin = `http://127.0.0.1:${typeof address === "object" && address !== null ? address.port : 0}`;
});

afterEach(() => {
  fakeSerper.closeAllConnections();
  fakeSerper.close();
});

const json = (status: number, document: object) => (response: ServerResponse) =>
  void response.writeHead(status, { "content-type": "application/json" }).end(JSON.stringify(document));

async function search(given: object, serverKey: string | null = null) {
  const driver = openSearchDriver({ dial: (url, init) => fetch(url, init), origin, serverKey });
  const wish = { call_id: "t1c1", tool: "web_search", arguments: { ...given } };
  const prepared = await driver.prepare(wish);
  if ("fault" in prepared) throw new Error(prepared.fault);
  const values = { credentials: { SERPER_API_KEY: KEY }, signal: new AbortController().signal };
  return { prepared, answer: await driver.execute({ ...wish, ...prepared }, values) };
}

it("asks the provider in its words, and hands on titles, addresses and snippets", async () => {
  verifies("agents:search:wire");
  answer = json(200, {
    searchParameters: { q: "river floods", num: 3, type: "search" },
    answerBox: { title: "Floods", answer: "Water where it should not be." },
    organic: [
      {
        title: "Gauges",
        link: "https://example.org/g",
        snippet: "Levels.",
        date: "Mar 2, 2026",
        position: 1,
      },
      { title: "Banks", link: "https://example.org/b", position: 2, sitelinks: [{ title: "x" }] },
    ],
    credits: 1,
  });
  const { prepared, answer: found } = await search({ query: "river floods", results: 3 });
  expect(heard).toMatchObject([
    { method: "POST", url: "/search", headers: { "x-api-key": KEY }, body: { q: "river floods", num: 3 } },
  ]);
  expect(found).toEqual({
    ok: true,
    content: {
      answer: "Water where it should not be.",
      results: [
        { title: "Gauges", url: "https://example.org/g", snippet: "Levels.", date: "Mar 2, 2026" },
        { title: "Banks", url: "https://example.org/b", snippet: "" },
      ],
    },
  });
  // People see the request without the key, and the gate is asked for it by name and host.
  expect(JSON.stringify(prepared)).not.toContain(KEY);
  expect(prepared.credentials).toEqual([{ name: "SERPER_API_KEY", hosts: ["127.0.0.1"] }]);
  expect((await search({ query: "a" }, "server-key")).prepared.credentials).toEqual([]);
  expect(heard.at(-1)?.headers["x-api-key"]).toBe("server-key");
});

it("says by its kind what the provider refuses, and shows nothing of the key", async () => {
  verifies("agents:search:wire");
  const cases: [number, object, string, boolean][] = [
    [403, { message: "Unauthorized.", statusCode: 403 }, "search_denied", false],
    [429, { message: "Too many requests" }, "search_limited", true],
    [400, { message: "Not enough credits" }, "search_failed", false],
    [500, {}, "search_failed", true],
  ];
  for (const [status, document, code, retryable] of cases) {
    answer = json(status, { ...document, echo: KEY });
    const { answer: refused } = await search({ query: "a" });
    expect(refused).toMatchObject({ ok: false, code, retryable });
    expect(JSON.stringify(refused)).not.toContain(KEY);
  }
  answer = (response) => void response.end("<html>");
  expect((await search({ query: "a" })).answer).toMatchObject({ code: "search_failed" });
  answer = (response) => response.destroy();
  expect((await search({ query: "a" })).answer).toMatchObject({ code: "unreachable", retryable: true });
  answer = json(302, {});
  expect((await search({ query: "a" })).answer).toMatchObject({ code: "search_failed" });
});
