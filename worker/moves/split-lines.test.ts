import { expect, it } from "vitest";
import { haveSameLines, splitLines } from "./split-lines.ts";

const rules = { mostCharacters: 8, refuse: (why: string) => new Error(why) };

async function* inPieces(bytes: Uint8Array, size: number): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < bytes.byteLength; at += size) yield bytes.subarray(at, at + size);
}
const linesOf = (text: string, size: number) =>
  splitLines(inPieces(new TextEncoder().encode(text), size), rules);

async function collect(lines: AsyncIterable<string>): Promise<string[]> {
  const all: string[] = [];
  for await (const line of lines) all.push(line);
  return all;
}

it("reads the same lines however a text is cut into pieces, within a character too", async () => {
  for (const size of [1, 2, 3, 100])
    expect(await collect(linesOf("ä\n\n€uro\nlast", size))).toEqual(["ä", "€uro", "last"]);
});

it("refuses a line that is too long before its end has come, and what is no text", async () => {
  await expect(collect(linesOf("x".repeat(100), 4))).rejects.toThrow("too long");
  await expect(collect(splitLines(inPieces(Uint8Array.of(0xff), 1), rules))).rejects.toThrow("no text");
});

it.each([
  ["a\nb\n", "a\nb", true],
  ["a\nb", "a\nc", false],
  ["a\nb", "a", false],
  ["", "", true],
])("compares %j with %j", async (one, other, same) => {
  expect(await haveSameLines(linesOf(one, 1), linesOf(other, 2))).toBe(same);
});
