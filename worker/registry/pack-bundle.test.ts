import fc from "fast-check";
import { expect, it } from "vitest";
import { verifies } from "../../test/verifies.ts";
import { fileOf } from "./bundle/bundle-file.ts";
import type { BundleFile } from "./bundle/bundle-file.ts";
import { digestBundle, packBundle } from "./pack-bundle.ts";
import { unpackBundle } from "./unpack-bundle.ts";

const file = (path: string, text: string, executable = false) =>
  fileOf(path, new TextEncoder().encode(text), executable);

async function pack(files: BundleFile[]): Promise<Uint8Array> {
  const { readable, writable } = new TransformStream<Uint8Array, Uint8Array>();
  const [zip] = await Promise.all([new Response(readable).arrayBuffer(), packBundle(files, writable)]);
  return new Uint8Array(zip);
}

it("the same files give the same digest and the same zip in whatever order", async () => {
  verifies("registry:bundle:same-folder-same-digest");
  const files = [file("worker.yml", "a"), file("run.sh", "b", true), file("d/x", "c")];
  expect(await pack(files.toReversed())).toEqual(await pack(files));
  expect(await digestBundle(files.toReversed())).toBe(await digestBundle(files));
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
  const digests = await Promise.all(variants.map(digestBundle));
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
        const files = names.toSorted().map((path) => fileOf(path, bytes, executable));
        const unpacked = await unpackBundle(await pack(files));
        expect(unpacked.problems).toEqual([]);
        expect(await digestBundle(unpacked.files)).toBe(await digestBundle(files));
      },
    ),
    { numRuns: 30, seed: 7 },
  );
});
