import fc from "fast-check";
import { expect, it } from "vitest";
import { verifies } from "../../test/verifies.ts";
import { packBundle } from "./pack-bundle.ts";
import { unpackBundle } from "./unpack-bundle.ts";

const file = (path: string, text: string, executable = false) => ({
  path,
  bytes: new TextEncoder().encode(text),
  executable,
});

it("the same files give the same digest and the same zip in whatever order", async () => {
  verifies("registry:bundle:same-folder-same-digest");
  const files = [file("worker.yml", "a"), file("run.sh", "b", true), file("d/x", "c")];
  const [first, second] = await Promise.all([packBundle(files), packBundle(files.toReversed())]);
  expect(second).toEqual(first);
  expect(first.sizeBytes).toBe(3);
});

it("any difference in name, content or executable bit gives another digest", async () => {
  verifies("registry:bundle:same-folder-same-digest");
  const variants = [
    [file("a", "x")],
    [file("b", "x")],
    [file("a", "y")],
    [file("a", "x", true)],
    [file("a", "x"), file("b", "")],
    [file("a", ""), file("b", "x")],
  ];
  const digests = await Promise.all(variants.map(async (files) => (await packBundle(files)).digest));
  expect(new Set(digests).size).toBe(variants.length);
});

it("what was packed comes out as it went in", async () => {
  const paths = fc.uniqueArray(fc.stringMatching(/^[a-z][a-z0-9]{0,8}\.txt$/), {
    minLength: 1,
    maxLength: 8,
  });
  await fc.assert(
    fc.asyncProperty(
      paths,
      fc.uint8Array({ maxLength: 500 }),
      fc.boolean(),
      async (names, bytes, executable) => {
        const files = names.toSorted().map((path) => ({ path, bytes, executable }));
        const packed = await packBundle(files);
        const unpacked = await unpackBundle(packed.zip);
        expect(unpacked.problems).toEqual([]);
        expect((await packBundle(unpacked.files)).digest).toBe(packed.digest);
      },
    ),
    { numRuns: 30, seed: 7 },
  );
});
