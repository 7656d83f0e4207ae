import { expect, it } from "vitest";
import { createRandom } from "../../test/support/random.ts";
import { afterPrefix, judgeKey } from "./judge-key.ts";

const bytesOf = (text: string) => Buffer.from(text, "utf8");

it("what stands behind a prefix is behind all that begin with it, and before all else that follows", () => {
  expect(afterPrefix("")).toBeNull();
  expect(afterPrefix("\u{10ffff}")).toBeNull();
  expect(afterPrefix("a\u{10ffff}")).toBe("b");
  expect(afterPrefix("a\ud7ff")).toBe("a\ue000");
  const random = createRandom(7);
  const alphabet = ["a", "b", "\u007f", "ä", "\ud7ff", "\ue000", "\uffff", "😀", "\u{10fffe}", "\u{10ffff}"];
  const word = () => Array.from({ length: random.below(4) }, () => random.pick(alphabet)).join("");
  for (let round = 0; round < 3000; round++) {
    const [prefix, key] = [word(), word()];
    const end = afterPrefix(prefix);
    const isBehind = end !== null && Buffer.compare(bytesOf(key), bytesOf(end)) >= 0;
    const isBefore = Buffer.compare(bytesOf(key), bytesOf(prefix)) < 0;
    expect(!isBehind && !isBefore, JSON.stringify([prefix, key])).toBe(key.startsWith(prefix));
  }
});

it("a key is text, and kept as it is", () => {
  for (const key of ["a", " ", "..", "a/b", "é", "e\u0301", "constructor", "__proto__", "x".repeat(512)])
    expect(judgeKey(key)).toBe(key);
  for (const key of [
    "",
    "\0",
    "a\tb",
    "\u007f",
    "\u2028",
    "\ufffd",
    "\ud800",
    "x".repeat(513),
    "😀".repeat(129),
  ])
    expect(() => judgeKey(key), JSON.stringify(key)).toThrow(/The key/);
});
