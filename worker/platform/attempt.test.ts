import { expect, it } from "vitest";
import { AppError } from "./app-error.ts";
import { attempt } from "./attempt.ts";

it("what succeeds is answered with its value", async () => {
  expect(await attempt(async () => 5)).toEqual({ ok: true, value: 5 });
});

it("a refusal is an answer, any other fault is thrown on", async () => {
  const refusal = new AppError("conflict", "Somebody else was first.");
  expect(await attempt(() => Promise.reject(refusal))).toEqual({ ok: false, refusal });
  const fault = new Error("the database is away");
  await expect(attempt(() => Promise.reject(fault))).rejects.toBe(fault);
});
