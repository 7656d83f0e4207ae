import { expect, it } from "vitest";
import { runLimits } from "./limits.ts";
import { boundPieces, foldPartial } from "./fold-partial.ts";

it("a text goes on, and says what of it is not shown", () => {
  const first = foldPartial(null, { count: 1, follows: true, pieces: "Hello " });
  expect(foldPartial(first, { count: 2, follows: true, pieces: "world" })).toEqual({
    count: 2,
    pieces: "Hello world",
    left_out: false,
  });
  const later = foldPartial(first, { count: 9, follows: false, pieces: "end" });
  expect(later).toEqual({ count: 9, pieces: "end", left_out: true });
  expect(foldPartial(later, { count: 10, follows: true, pieces: "!" }).left_out).toBe(true);
});

it("pieces of another kind begin anew", () => {
  const text = foldPartial(null, { count: 1, follows: true, pieces: "a" });
  expect(foldPartial(text, { count: 2, follows: true, pieces: [1] })).toEqual({
    count: 2,
    pieces: [1],
    left_out: true,
  });
});

it("whoever joins late is told that something came before", () => {
  expect(foldPartial(null, { count: 5, follows: false, pieces: [5] }).left_out).toBe(true);
});

it("never grows beyond what one telling may carry, whoever wrote it", () => {
  const most = runLimits.partial_characters.value;
  let known = foldPartial(null, { count: 1, follows: true, pieces: "a".repeat(most * 3) });
  for (let count = 2; count < 5; count += 1)
    known = foldPartial(known, { count, follows: true, pieces: "b".repeat(most - 1) });
  expect(known.pieces).toHaveLength(most);
  expect(known.left_out).toBe(true);
  expect(boundPieces(["x".repeat(most), 1, 2])).toEqual({ pieces: [1, 2], isCut: true });
  expect(boundPieces(["x".repeat(most)])).toEqual({ pieces: [], isCut: true });
  const numbers = Array.from({ length: 1000 }, (_, index) => index);
  expect(boundPieces(numbers).pieces).toEqual(numbers.slice(-runLimits.partial_pieces.value));
});
