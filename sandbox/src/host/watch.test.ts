import { describe, expect, it } from "vitest";
import { judgeUsage } from "./watch.ts";

const MIB = 1024 * 1024;
const limits = { memory_bytes: 512 * MIB, processes: 256 };
const record = { deadline_at_ms: 100_000 };
const calm = { nowMs: 50_000, processes: 3, rssBytes: 100 * MIB, memoryBytes: () => 50 * MIB };

describe("the host's look at a sandbox", () => {
  it.each([
    ["nothing", calm, undefined],
    ["a deadline that its timer is just seeing to", { ...calm, nowMs: 102_000 }, undefined],
    ["a deadline long gone", { ...calm, nowMs: 104_000 }, "deadline"],
    ["more processes than the kernel should allow", { ...calm, processes: 400 }, "processes"],
    ["pages of programs, which are no memory of its own", { ...calm, rssBytes: 2_000 * MIB }, undefined],
    [
      "memory of its own beyond the limit and the agent's",
      { ...calm, rssBytes: 2_000 * MIB, memoryBytes: () => 800 * MIB },
      "memory",
    ],
  ])("finds %s", (_name, usage, verdict) => {
    expect(judgeUsage(record, usage, limits)).toBe(verdict);
  });
});
