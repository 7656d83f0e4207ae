import { expect, it } from "vitest";
import { fullPipeBytes, listChannels, roughPipeBytes } from "./pipe-memory.ts";

it("pipes cost nothing up to what programs need, and then all that they can hold", () => {
  expect(fullPipeBytes(2_048)).toBe(0);
  expect(fullPipeBytes(3_024)).toBe(1_024 * 65_536 + 2_000 * 8_192);
});

it("the quick count takes each descriptor for the end of a pipe", () => {
  expect(roughPipeBytes([process.pid])).toBe(0);
  expect(roughPipeBytes(Array.from({ length: 5_000 }, () => process.pid))).toBeGreaterThan(64 << 20);
  expect(roughPipeBytes([2 ** 30])).toBe(0);
});

it("a process has the pipes and sockets that it opened", () => {
  for (const channel of listChannels(process.pid)) expect(channel).toMatch(/^(?:pipe|socket):\[\d+\]$/);
  expect(listChannels(2 ** 30)).toEqual([]);
});
