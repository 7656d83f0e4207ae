import { expect, test } from "vitest";
import { placeFiles, readSourceFile } from "./read-folder.ts";

const at = (path: string) => ({ path });

test("a folder's files stand below it, without what belongs to the machine", () => {
  const { folder, placed } = placeFiles(
    ["job/run.py", "job/.git/HEAD", "job/lib/a.py", "job/lib/__pycache__/a.pyc"].map(at),
  );
  expect([folder, placed.map(({ path }) => path)]).toEqual(["job", ["run.py", "lib/a.py"]]);
});

test("single files stand by their names, and so do files beside a folder", () => {
  expect(placeFiles([at("app.py")])).toEqual({ folder: "", placed: [at("app.py")] });
  const both = [at("lib/a.py"), at("run.py")];
  expect(placeFiles(both)).toEqual({ folder: "", placed: both });
});

test("text is sent as it is, bytes that are none as base64", async () => {
  const text = await readSourceFile({ path: "a.txt", file: new Blob(["\uFEFFHé"]) });
  const bytes = await readSourceFile({ path: "a.png", file: new Blob([new Uint8Array([0xff, 0, 1])]) });
  expect([text, bytes]).toEqual([
    { path: "a.txt", content: "\uFEFFHé", encoding: "utf-8" },
    { path: "a.png", content: "/wAB", encoding: "base64" },
  ]);
});
