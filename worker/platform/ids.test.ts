import { expect, it } from "vitest";
import { idTime, newId } from "./ids.ts";

it("an id says when it was made", () => {
  const madeAt = Date.parse("2026-03-02T09:00:00Z");
  expect(idTime(newId("run", madeAt))).toBe(madeAt);
});

it("an id that nobody made, of a time that no id can name, counts as one of long ago", () => {
  expect(idTime(`run_${"z".repeat(26)}`)).toBe(0);
});
