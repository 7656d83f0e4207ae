import { Hono } from "hono";
import { requestId } from "hono/request-id";
import { expect, it } from "vitest";
import { problemSchema } from "#contract/problem";
import { verifies } from "../../test/verifies.ts";
import { answerError } from "./answer-error.ts";
import { openContext } from "./request-context.ts";
import type { EdgeHono } from "./request-context.ts";
import { refuseUnknown } from "./unknown-route.ts";

/** An app with what stands before every route, and what answers when there is none. */
function buildTestApp(publicUrl: string): EdgeHono<object> {
  const app: EdgeHono<object> = new Hono();
  app.use(requestId());
  app.use(openContext(() => publicUrl));
  app.get("/api/health", () => new Response("well"));
  app.notFound((c) => refuseUnknown({}, c.get("context")));
  app.onError((error, c) => answerError(error, { requestId: c.get("requestId"), request: c.req.raw }));
  return app;
}

/** A request as a runtime makes it of a Host header, which may be no host. */
function requestTo(url: string, method = "GET"): Request {
  return Object.defineProperty(new Request("http://x/", { method }), "url", { value: url });
}

const odd = ["http://a b/api/health", "http://[::1/api/health", "http://x:99999/api/health", "*"];

it.each(odd)(
  "a request for %s is a bad request, whether the settings name an address or not",
  async (url) => {
    verifies("edge:address:no-host");
    for (const publicUrl of ["", "https://floom.example"]) {
      const answer = await buildTestApp(publicUrl).fetch(requestTo(url));
      expect(answer.status, publicUrl).toBe(400);
      expect(problemSchema.parse(await answer.json())).toMatchObject({
        code: "malformed_request",
        status: 400,
      });
    }
  },
);

it("a request with a host is answered", async () => {
  expect((await buildTestApp("").fetch(requestTo("http://a/api/health"))).status).toBe(200);
});
