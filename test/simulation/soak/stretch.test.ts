import { expect, it } from "vitest";
import { verifies } from "../../verifies.ts";
import { shareOut } from "./stretch.ts";
import type { Stretch } from "./stretch.ts";
import { worldOf, worlds } from "./worlds.ts";

function seedsOf({ first, last, stride }: Stretch): number[] {
  const seeds: number[] = [];
  for (let seed = first; seed <= last; seed += stride) seeds.push(seed);
  return seeds;
}

it.each([
  [1, 10, 2],
  [7, 1, 4],
  [100, 33, 8],
])("from seed %i, %i histories are played once each by %i threads", (seed, histories, threads) => {
  verifies("chaos:soak:every-seed-once");
  const seeds = shareOut(seed, histories, threads).flatMap(seedsOf);
  expect(seeds.sort((a, b) => a - b)).toEqual(Array.from({ length: histories }, (_, index) => seed + index));
});

it("a thousand seeds in a row play in every world", () => {
  verifies("chaos:soak:every-seed-once");
  const played = Array.from({ length: 1000 }, (_, index) => worldOf(index + 1));
  expect(new Set(played)).toEqual(new Set(worlds));
});
