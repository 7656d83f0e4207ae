import { expect, it } from "vitest";
import { limits } from "#contract/limits";
import { readPages } from "./read-pages.ts";

const most = limits.page_items.value;

/** A list of so many numbers, by pages; notes how many each page was asked for. */
function openList(length: number) {
  const asked: number[] = [];
  return {
    asked,
    read: async ({ limit, cursor }: { limit: number; cursor: string | undefined }) => {
      asked.push(limit);
      const from = Number(cursor ?? 0);
      const until = Math.min(from + Math.min(limit, most), length);
      const items = Array.from({ length: until - from }, (_, at) => from + at);
      return { items, next_cursor: until < length ? String(until) : null };
    },
  };
}

it("reads as many pages as it takes for what is wanted, and says where the list goes on", async () => {
  const { asked, read } = openList(3 * most);
  const { items, next_cursor } = await readPages(most + 5, read);
  expect([items.length, items.at(-1), next_cursor]).toEqual([most + 5, most + 4, String(most + 5)]);
  expect(asked).toEqual([most, 5]);
});

it("ends with the list, however many are wanted", async () => {
  const { items, next_cursor } = await readPages(Infinity, openList(2 * most + 1).read);
  expect([items.length, next_cursor]).toEqual([2 * most + 1, null]);
  expect(await readPages(20, openList(0).read)).toEqual({ items: [], next_cursor: null });
});
