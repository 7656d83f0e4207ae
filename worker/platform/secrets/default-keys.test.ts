import { randomBytes } from "node:crypto";
import { expect, it } from "vitest";
import { isDefaultKey, listDefaultKeys } from "./default-keys.ts";

it.each([
  "test-signing-key-0123456789abcdef0123456789abcdef",
  "change-me-change-me-change-me-change-me",
  "dev_owner_token_of_this_machine",
  "0".repeat(64),
  "abababababababababababababababab",
  Buffer.alloc(32, 1).toString("base64"),
  "short",
  "SECRET: my own one of some length",
])("%s was not chosen by chance", (key) => {
  expect(isDefaultKey(key)).toBe(true);
});

it("what chance makes is taken, in every form that keys are written in", () => {
  for (let round = 0; round < 2000; round += 1) {
    const bytes = randomBytes(32);
    for (const key of [bytes.toString("hex"), bytes.toString("base64"), `flm_${bytes.toString("base64url")}`])
      expect([key, isDefaultKey(key)]).toEqual([key, false]);
  }
});

it("each key is told by its name, and one that is not set is none", () => {
  expect(listDefaultKeys({ A: "change-me-change-me", B: "", C: randomBytes(32).toString("hex") })).toEqual([
    "A",
  ]);
});
