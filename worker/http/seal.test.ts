import { Hono } from "hono";
import { requestId } from "hono/request-id";
import { expect, it } from "vitest";
import { sealAnswers } from "./seal.ts";

/** An app that is sealed, and answers whatever the test says. */
function sealed(answer: () => Response | Promise<Response>) {
  const app = new Hono<{ Variables: { requestId: string } }>();
  app.use(requestId({ headerName: "", generator: () => "req_1" }));
  app.use(...sealAnswers);
  app.get("/", answer);
  app.onError(() => new Response("It broke.", { status: 500 }));
  return app;
}

const get = async (answer: () => Response | Promise<Response>, path = "/") =>
  (await sealed(answer).request(path)).headers;

it("what is answered, what is not there and what broke carry the same seal", async () => {
  const answers = [
    await get(() => new Response("Fine.")),
    await get(() => new Response("Fine."), "/nothing"),
    await get(() => {
      throw new Error("The database is away.");
    }),
  ];
  for (const headers of answers) {
    expect(Object.fromEntries(headers)).toMatchObject({
      "x-request-id": "req_1",
      "x-content-type-options": "nosniff",
      "x-frame-options": "DENY",
      "referrer-policy": "no-referrer",
      "cache-control": "no-store",
      "content-security-policy": "default-src 'none'; frame-ancestors 'none'; sandbox",
    });
  }
});

it("a page brings its own policy and a stream its own word on caches; nobody brings another's id", async () => {
  const own = {
    "content-security-policy": "default-src 'self'",
    "cache-control": "no-store, no-transform",
    "x-request-id": "req_of_somebody_else",
    "x-content-type-options": "sniff",
  };
  const headers = await get(() => new Response("<p>Hello</p>", { headers: own }));
  expect(headers.get("content-security-policy")).toBe("default-src 'self'");
  expect(headers.get("cache-control")).toBe("no-store, no-transform");
  expect(headers.get("x-request-id")).toBe("req_1");
  expect(headers.get("x-content-type-options")).toBe("nosniff");
});

it("an answer that came from elsewhere, whose headers are fixed, is sealed too", async () => {
  const fixed = await fetch("data:text/plain,hello");
  expect(() => fixed.headers.set("x-test", "1")).toThrow();
  expect((await get(() => fixed)).get("x-request-id")).toBe("req_1");
});
