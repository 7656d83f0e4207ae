import { expect, it } from "vitest";
import { drawHouse } from "./room-graph.ts";

const arrow = (from: string, target: string) => ({ from, target, isPackage: false });

it("a room stands one floor above the highest room that it asks", () => {
  const paths = ["a/one.ts", "b/two.ts", "c/three.ts"];
  const house = drawHouse(paths, [arrow("a/one.ts", "b/two.ts"), arrow("b/two.ts", "c/three.ts")]);
  expect(Object.fromEntries(house.floors)).toEqual({ a: 2, b: 1, c: 0 });
  expect(house.circles).toEqual([]);
  expect(house.climbing).toEqual([]);
});

it("rooms that ask each other in a round are a circle, and its arrows climb", () => {
  const paths = ["a/one.ts", "b/two.ts", "c/three.ts", "d/four.ts"];
  const house = drawHouse(paths, [
    arrow("a/one.ts", "b/two.ts"),
    arrow("b/two.ts", "c/three.ts"),
    arrow("c/three.ts", "a/one.ts"),
    arrow("d/four.ts", "a/one.ts"),
  ]);
  expect(house.circles).toEqual([["a", "b", "c"]]);
  expect(house.climbing.map(({ from, to }) => `${from} -> ${to}`)).toEqual(["a -> b", "b -> c", "c -> a"]);
  expect(house.floors.get("d")).toBe(1);
});

it("files of one room may import each other, and what is no file of the house does not count", () => {
  const house = drawHouse(
    ["a/one.ts", "a/two.ts"],
    [arrow("a/one.ts", "a/two.ts"), arrow("a/one.ts", "b/x.json")],
  );
  expect(house.arrows).toEqual([]);
});

it("a file beside folders is a room of its own, so that ground and door of a part are told apart", () => {
  const paths = ["a/ids.ts", "a/table.ts", "a/runs/run.ts"];
  const house = drawHouse(paths, [arrow("a/runs/run.ts", "a/ids.ts"), arrow("a/table.ts", "a/runs/run.ts")]);
  expect(Object.fromEntries(house.floors)).toEqual({ "a/ids.ts": 0, "a/runs": 1, "a/table.ts": 2 });
  expect(house.circles).toEqual([]);
});
