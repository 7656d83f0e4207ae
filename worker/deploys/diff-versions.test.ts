import { expect, it } from "vitest";
import { verifies } from "../../test/verifies.ts";
import { fileOf } from "../registry/bundle/bundle-file.ts";
import type { BundleFile } from "../registry/bundle/bundle-file.ts";
import { diffFiles } from "./diff-versions.ts";

const encode = (text: string) => new TextEncoder().encode(text);
const KIB = 1024;

/** Versions whose files can be read until another one's are opened, as if the memory they took were gone then. */
function openInTurn() {
  let opened = 0;
  return (texts: Record<string, string | Uint8Array>) => async (): Promise<BundleFile[]> => {
    const mine = (opened += 1);
    const guard =
      <Value>(read: () => Promise<Value>) =>
      async () => {
        if (mine !== opened) throw new Error("The files of another version have taken its place.");
        return read();
      };
    return Object.entries(texts).map(([path, content]) => {
      const file = fileOf(path, typeof content === "string" ? encode(content) : content);
      return { ...file, read: guard(file.read), hash: guard(file.hash) };
    });
  };
}

it("two versions are compared without the files of both in memory at once", async () => {
  verifies("versions:diff:bounded");
  const version = openInTurn();
  const before = version({ same: "1", changed: "a\nb\n", gone: "x\n", image: new Uint8Array([0, 255]) });
  const after = version({ same: "1", changed: "a\nc\n", come: "y\n", image: new Uint8Array([0, 254]) });
  const changes = await diffFiles(before, after);
  expect(changes.map(({ change, path }) => `${change} ${path}`)).toEqual([
    "changed changed",
    "added come",
    "removed gone",
    "changed image",
  ]);
  const [changed, come, gone, image] = changes;
  expect(changed?.diff).toContain("-b\n+c\n");
  expect(come).toMatchObject({ before_bytes: null, after_bytes: 2, binary: false });
  expect(come?.diff).toContain("+y\n");
  expect(gone?.diff).toContain("-x\n");
  expect(image).toMatchObject({ binary: true, diff: null, before_bytes: 2, after_bytes: 2 });
});

it("what is large is named and not compared, one by one and all together", async () => {
  const version = openInTurn();
  const lines = (count: number, end: string) => `${"line\n".repeat(count)}${end}`;
  const large = await diffFiles(
    version({ big: lines(60 * KIB, "a"), small: "a" }),
    version({ big: lines(60 * KIB, "b"), small: "b" }),
  );
  expect(large.map(({ path, binary, diff }) => [path, binary, diff !== null])).toEqual([
    ["big", false, false],
    ["small", false, true],
  ]);
  const many = (end: string) =>
    Object.fromEntries(
      Array.from({ length: 25 }, (_, index) => [`f${String(index).padStart(2, "0")}`, lines(50 * KIB, end)]),
    );
  const all = await diffFiles(version(many("a")), version(many("b")));
  const compared = all.filter(({ diff }) => diff !== null);
  expect(all).toHaveLength(25);
  expect(compared.length).toBeGreaterThan(10);
  expect(compared.length).toBeLessThan(20);
});
