import { expect, it } from "vitest";
import { askEachKey, parseSigningKeys } from "./signing-keys.ts";

const key = (letter: string) => letter.repeat(32);

it("one key is one key, several are the one in use and those before it", () => {
  expect(parseSigningKeys(key("a"))).toEqual({ signingKey: key("a"), earlierSigningKeys: [] });
  expect(parseSigningKeys(`${key("b")},${key("a")}`)).toEqual({
    signingKey: key("b"),
    earlierSigningKeys: [key("a")],
  });
});

it("a key with a comma in it, as one may long have been set, stays one key", () => {
  const old = `${"a".repeat(20)},${"b".repeat(20)}`;
  expect(parseSigningKeys(old)).toEqual({ signingKey: old, earlierSigningKeys: [] });
  expect(parseSigningKeys("")).toEqual({ signingKey: "", earlierSigningKeys: [] });
});

it("the key in use is asked first, and an earlier one only when it says nothing", async () => {
  const keys = parseSigningKeys(`${key("c")},${key("b")},${key("a")}`);
  const asked: string[] = [];
  const ask = (known: string) => async (one: string) => {
    asked.push(one[0] ?? "");
    return one === key(known) ? known : null;
  };
  expect(await askEachKey(keys, ask("b"))).toBe("b");
  expect(asked).toEqual(["c", "b"]);
  expect(await askEachKey(keys, ask("x"))).toBeNull();
});
