import { expect, it } from "vitest";
import { chooseBiggest } from "./memory-use.ts";

const users = [30, 100, 60, 100].map((bytes, index) => ({ pid: index + 10, bytes }));

it.each([
  ["the biggest one", 1, [11]],
  ["as many of the biggest as it takes", 150, [11, 13]],
  ["one more for the last byte", 201, [11, 13, 12]],
  ["everybody, if that is still too little", 1_000, [11, 13, 12, 10]],
])("memory over the limit ends %s", (_name, excess, pids) => {
  expect(chooseBiggest(users, excess).map(({ pid }) => pid)).toEqual(pids);
});
