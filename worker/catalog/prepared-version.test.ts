import { expect, it } from "vitest";
import { parseManifest } from "../registry/parse-manifest.ts";
import { manifestDocument, readVersionDocuments } from "./prepared-version.ts";

function storedManifest(title: string): unknown {
  const { manifest } = parseManifest(
    [
      'schema_version: "0.3"',
      "name: hello-worker",
      `title: ${title}`,
      "description: Says hello.",
      "version: 0.1.0",
      "exec: { entry: run.py, runtime: python311, command: python run.py, inputs: [], outputs: [] }",
    ].join("\n"),
  );
  if (manifest === null) throw new Error("the manifest of this test is none");
  const stored: unknown = JSON.parse(JSON.stringify(manifestDocument.write(manifest)));
  return stored;
}

it("a version is read once however often it is started, and another content is another version", () => {
  const row = () => ({ manifest: storedManifest("Hello"), template: null });
  const first = readVersionDocuments(row());
  expect(readVersionDocuments(row())).toBe(first);
  expect(first.manifest.title).toBe("Hello");
  expect(readVersionDocuments({ ...row(), manifest: storedManifest("Bye") }).manifest.title).toBe("Bye");
});

it("nobody can change what others are given of a version", () => {
  const { manifest } = readVersionDocuments({ manifest: storedManifest("Frozen"), template: null });
  expect(() => manifest.exec.secrets.push("KEY")).toThrow(TypeError);
});

it("a version that cannot be read is refused each time", () => {
  const row = { manifest: { schema: 99 }, template: null };
  for (const _again of [1, 2]) expect(() => readVersionDocuments(row)).toThrow(/stored manifest/);
});
