import { expect, it } from "vitest";
import { problemSchema } from "#contract/problem";
import { callApi } from "../test/support/workerd/api-harness.ts";
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

it("a refusal names the id that the header repeats, and never one that the caller made up", async () => {
  const response = await callApi("GET", "/api/runs", { token: "", headers: { "x-request-id": "mine" } });
  const { request_id } = problemSchema.parse(await response.json());
  expect(request_id).toMatch(/^req_/);
  expect(response.headers.get("x-request-id")).toBe(request_id);
});
