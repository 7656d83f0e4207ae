import { expect, it } from "vitest";
import { deliveryIdSchema, runIdSchema } from "#contract/ids";
import { AppError } from "./app-error.ts";
import { newId } from "./ids.ts";
import { readPlace, takePage } from "./page.ts";

const rows = [1, 2, 3].map((at) => ({ id: newId("run", at) }));

it("a page tells where the next one starts, and the last page that there is none", () => {
  const { page, next_cursor: cursor } = takePage(rows, 2);
  expect(page).toEqual(rows.slice(0, 2));
  expect(readPlace(runIdSchema, cursor ?? undefined)).toBe(rows[1]?.id);
  expect(takePage(rows, 3)).toEqual({ page: rows, next_cursor: null });
  expect(takePage([], 3)).toEqual({ page: [], next_cursor: null });
});

it("a cursor of another list, or one that nobody gave out, is refused", () => {
  const { next_cursor: cursor } = takePage(rows, 2);
  for (const strange of [cursor ?? "", "%", "", btoa("x")])
    expect(() => readPlace(deliveryIdSchema, strange)).toThrow(AppError);

  expect(readPlace(deliveryIdSchema, undefined)).toBeUndefined();
});
