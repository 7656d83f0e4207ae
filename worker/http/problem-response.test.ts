import { expect, it } from "vitest";
import { problemSchema } from "#contract/problem";
import { problems } from "#contract/problem-registry";
import type { ProblemCode } from "#contract/problem-registry";
import { AppError, notFound } from "../platform/app-error.ts";
import { answerError } from "./answer-error.ts";
import { problemResponse } from "./problem-response.ts";

const request = { instance: "/api/runs/1", requestId: "req_1" };

it("every code of the registry is answered as its problem document, with its status", async () => {
  for (const code of Object.keys(problems) as ProblemCode[]) {
    const response = problemResponse(new AppError(code, "What to do."), request);
    const problem = problemSchema.parse(await response.json());
    expect(response.status).toBe(problems[code].status);
    expect(response.headers.get("content-type")).toBe("application/problem+json");
    expect(problem).toMatchObject({
      code,
      detail: "What to do.",
      instance: request.instance,
      request_id: "req_1",
    });
    expect(response.headers.has("retry-after")).toBe(problems[code].retryable);
    expect(response.headers.has("www-authenticate")).toBe(code === "unauthenticated");
  }
});

it("a wait is said in whole seconds, rounded up", () => {
  const refusal = new AppError("queue_full", "Later.", { retryAfterSeconds: 1.2 });
  expect(problemResponse(refusal, request).headers.get("retry-after")).toBe("2");
});

it("a fault that nobody foresaw is answered with the id to report it by, and nothing of what it says", async () => {
  const asked = { requestId: "req_9", request: new Request("http://floom.test/api/runs?token=secret") };
  const response = answerError(new Error("password=hunter2 at /srv/floom"), asked);
  const text = await response.text();
  expect(response.status).toBe(500);
  expect(text).toContain("req_9");
  expect(text).not.toMatch(/hunter2|\/srv|secret/);
});

it("a refusal is answered as it is", async () => {
  const asked = { requestId: "req_9", request: new Request("http://floom.test/api/runs/1") };
  expect(problemSchema.parse(await answerError(notFound("run"), asked).json())).toMatchObject({
    status: 404,
    instance: "/api/runs/1",
    request_id: "req_9",
  });
});
