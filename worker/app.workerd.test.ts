import { expect, it } from "vitest";
import { problemSchema } from "#contract/problem";
import { callApi } from "../test/support/workerd/api-harness.ts";
import { openOtherEdge } from "../test/support/workerd/other-edge.ts";
import { verifies } from "../test/verifies.ts";

it("an unknown route is a 404 problem and a wrong method a 405 with Allow", async () => {
  const unknown = await callApi("GET", "/api/nothing");
  expect(problemSchema.parse(await unknown.json()).code).toBe("unknown_route");
  const wrong = await callApi("DELETE", "/api/runs");
  expect(wrong.headers.get("allow")).toBe("GET");
  expect(problemSchema.parse(await wrong.json())).toMatchObject({ status: 405, code: "method_not_allowed" });
});

it("every answer is sealed: what is fine, what is refused, what is not there, pages and hooks", async () => {
  verifies("access:every-answer:sealed");
  const asked: [string, string, string?][] = [
    ["GET", "/api/health"],
    ["GET", "/api/docs"],
    ["GET", "/api/runs", ""],
    ["GET", "/api/nothing"],
    ["GET", "/approvals/review?id=x&token=y"],
    ["POST", "/approvals/review?id=x&token=y"],
    ["POST", "/hooks/trg_x"],
    ["GET", "/webhooks/nobody"],
  ];
  for (const [method, path, token] of asked) {
    const { headers } = await callApi(method, path, token === undefined ? {} : { token });
    expect(headers.get("x-request-id"), path).toMatch(/^req_/);
    expect(headers.get("content-security-policy"), path).toContain("default-src 'none'");
    const exact = ["x-content-type-options", "x-frame-options", "referrer-policy", "cache-control"];
    const values = exact.map((name) => headers.get(name));
    expect([path, ...values]).toEqual([path, "nosniff", "DENY", "no-referrer", "no-store"]);
  }
});

it("a name that is not the server's, and a page of another site, are turned away before anything is asked", async () => {
  verifies("edge:host:own-names-alone", "edge:origin:no-foreign-writes");
  const edge = openOtherEdge({});
  const code = async (response: Response) => [
    response.status,
    problemSchema.parse(await response.json()).code,
    response.headers.get("access-control-allow-origin"),
  ];
  const rebound = await edge.call("GET", "/api/runs", { origin: "http://evil.example" });
  expect(await code(rebound)).toEqual([421, "wrong_host", null]);
  const foreign = { origin: "http://localhost:5173", "sec-fetch-site": "same-site", cookie: "session=s" };
  for (const path of ["/api/workers/x/runs", "/approvals/review?id=x&token=y"]) {
    const answer = await callApi("POST", path, { token: "", headers: foreign });
    expect(await code(answer)).toEqual([403, "cross_site_request", null]);
  }
  const preflight = await callApi("OPTIONS", "/api/workers", { token: "", headers: foreign });
  expect(preflight.headers.get("access-control-allow-origin")).toBeNull();
});

it("by TLS a server is to be reached by TLS from then on, and on loopback never", async () => {
  const edge = openOtherEdge({ FLOOM_PUBLIC_URL: "https://floom.example" as never });
  const said = async (origin: string) =>
    (await edge.call("GET", "/api/health", { origin })).headers.get("strict-transport-security");
  expect(await said("https://floom.example")).toBe("max-age=31536000");
  expect(await said("http://127.0.0.1:8787")).toBeNull();
  expect(await said("https://localhost:8787")).toBeNull();
});

it("no page of the edge's own allows inline script or style, or a frame around it", async () => {
  verifies("edge:pages:strict-policy");
  for (const path of ["/api/docs", "/approvals/review?id=x&token=y"]) {
    const page = await callApi("GET", path, { token: "" });
    const policy = page.headers.get("content-security-policy") ?? "";
    expect(policy).toContain("frame-ancestors 'none'");
    expect(policy).not.toMatch(/unsafe|script-src/);
    expect(page.headers.get("permissions-policy")).toContain("camera=()");
    const [, style = ""] = /<style>([^]*?)<\/style>/.exec(await page.text()) ?? [];
    const digest = await crypto.subtle.digest("SHA-256", new TextEncoder().encode(style));
    expect(policy).toContain(`'sha256-${btoa(String.fromCharCode(...new Uint8Array(digest)))}'`);
  }
});

it("a refusal names the id that the header repeats, and never one that the caller made up", async () => {
  const response = await callApi("GET", "/api/runs", { token: "", headers: { "x-request-id": "mine" } });
  const { request_id } = problemSchema.parse(await response.json());
  expect(request_id).toMatch(/^req_/);
  expect(response.headers.get("x-request-id")).toBe(request_id);
});
