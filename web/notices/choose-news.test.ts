import { expect, test } from "vitest";
import { chooseNews } from "./choose-news.ts";

const ids = (...names: string[]) => names.map((id) => ({ id }));

test("what came since the last time is told once, and nothing that was there before somebody asked", () => {
  expect(chooseNews(ids("c", "b"), null)).toEqual({ fresh: [], newest: "c" });
  expect(chooseNews(ids("d", "c", "b"), "b")).toEqual({ fresh: ids("d", "c"), newest: "d" });
  expect(chooseNews(ids("d"), "d")).toEqual({ fresh: [], newest: "d" });
});

test("when all were decided nothing is forgotten: one that comes later is told", () => {
  expect(chooseNews([], "d")).toEqual({ fresh: [], newest: "d" });
  expect(chooseNews([], null)).toEqual({ fresh: [], newest: "" });
  expect(chooseNews(ids("a"), "")).toEqual({ fresh: ids("a"), newest: "a" });
});
