import { expect, it } from "vitest";
import { chooseBiggest, shareOut } from "./memory-use.ts";

const users = [30, 100, 60, 100].map((bytes, index) => ({ pid: index + 10, bytes }));

it.each([
  ["the biggest one", 1, [11]],
  ["as many of the biggest as it takes", 150, [11, 13]],
  ["one more for the last byte", 201, [11, 13, 12]],
  ["everybody, if that is still too little", 1_000, [11, 13, 12, 10]],
])("memory over the limit ends %s", (_name, excess, pids) => {
  expect(chooseBiggest(users, excess).map(({ pid }) => pid)).toEqual(pids);
});

it("what waits in sockets and pipes belongs to those who have them, by their number", () => {
  const sockets = new Map([
    [10, 1],
    [11, 3],
  ]);
  const shares = shareOut(80, users, (pid) => sockets.get(pid) ?? 0);
  expect(shares.map(({ bytes }) => bytes)).toEqual([50, 160, 60, 100]);
  expect(shareOut(80, users, () => 0)).toEqual(users);
});
