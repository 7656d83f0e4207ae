import { BlobReader, TextReader, Uint8ArrayWriter, ZipWriter } from "@zip.js/zip.js";
import type { ZipWriterAddDataOptions } from "@zip.js/zip.js";
import { describe, expect, it } from "vitest";
import { limits } from "#contract/limits";
import { verifies } from "../../test/verifies.ts";
import { unpackBundle } from "./unpack-bundle.ts";

type ZipEntry = [path: string, content: string, options?: ZipWriterAddDataOptions];

const manifest: ZipEntry = ["worker.yml", "name: x"];

async function zipOf(entries: ZipEntry[]): Promise<Uint8Array> {
  const writer = new ZipWriter(new Uint8ArrayWriter(), { useWebWorkers: false });
  for (const [path, content, options] of entries) await writer.add(path, new TextReader(content), options);
  return writer.close();
}

async function codesOf(entries: ZipEntry[] | Uint8Array): Promise<string[]> {
  const { files, problems } = await unpackBundle(
    entries instanceof Uint8Array ? entries : await zipOf(entries),
  );
  if (problems.length > 0) expect(files).toEqual([]);
  return problems.map(({ file, code }) => `${code} ${file}`.trim());
}

/** The offset of the little-endian number in the zip, every time it stands there. */
function overwrite(zip: Uint8Array, from: number, to: number): Uint8Array {
  const copy = zip.slice();
  const view = new DataView(copy.buffer);
  for (let at = 0; at + 4 <= copy.byteLength; at++)
    if (view.getUint32(at, true) === from) view.setUint32(at, to, true);
  return copy;
}

describe("a good zip", () => {
  it("gives its files sorted, with content and executable bit", async () => {
    const zip = await zipOf([["run.sh", "echo", { unixMode: 0o100755 }], manifest, ["data/ä.txt", ""]]);
    const { files, problems } = await unpackBundle(zip);
    expect(problems).toEqual([]);
    expect(files.map((f) => [f.path, f.size, f.executable])).toEqual([
      ["data/ä.txt", 0, false],
      ["run.sh", 4, true],
      ["worker.yml", 7, false],
    ]);
  });

  it("loses its single top folder, and what no run needs", async () => {
    const zip = await zipOf([
      ["hello/worker.yml", "a"],
      ["hello/lib/run.py", "b"],
      ["hello/node_modules/left/index.js", "c"],
      ["hello/.git/config", "d"],
      ["hello/__pycache__/run.pyc", "e"],
      ["__MACOSX/hello/._run.py", "f"],
      ["hello/.DS_Store", "g"],
    ]);
    const { files } = await unpackBundle(zip);
    expect(files.map((f) => f.path)).toEqual(["lib/run.py", "node_modules/left/index.js", "worker.yml"]);
  });

  it("keeps a folder that is not the folder of worker.yml", async () => {
    const { files } = await unpackBundle(await zipOf([["src/run.py", "a"]]));
    expect(files.map((f) => f.path)).toEqual(["src/run.py"]);
  });
});

describe("a hostile zip", () => {
  it.each<[string, ZipEntry[], string[]]>([
    [
      "leads out of the folder",
      [manifest, ["../x", "a"], ["a/../../y", "b"]],
      ["bad_path ../x", "bad_path a/../../y"],
    ],
    [
      "has absolute paths",
      [manifest, ["/etc/passwd", "a"], ["C:/x", "b"]],
      ["bad_path /etc/passwd", "bad_path C:/x"],
    ],
    ["has backslashes", [manifest, ["a\\..\\b", "a"]], ["bad_path a\\..\\b"]],
    ["has NUL in a name", [manifest, ["a\0b", "a"]], ["bad_path a\0b"]],
    ["has empty steps", [manifest, ["a//b", "a"]], ["bad_path a//b"]],
    ["has names that are devices on Windows", [manifest, ["con.txt", "a"]], ["bad_path con.txt"]],
    ["hides git's folder by its case", [manifest, [".GIT/config", "a"]], ["bad_path .GIT/config"]],
    ["hides a folder behind a blank", [manifest, [".git /config", "a"]], ["bad_path .git /config"]],
    ["names another stream of a file", [manifest, ["run.py:x", "a"]], ["bad_path run.py:x"]],
    ["turns the reading direction", [manifest, ["a\u202Eb", "a"]], ["bad_path a\u202Eb"]],
    ["has a symbolic link", [manifest, ["l", "/etc/passwd", { unixMode: 0o120777 }]], ["symlink l"]],
    ["has a named pipe", [manifest, ["p", "", { unixMode: 0o010644 }]], ["special_file p"]],
    ["has a device", [manifest, ["d", "", { unixMode: 0o020644 }]], ["special_file d"]],
    ["clashes in case", [manifest, ["A.txt", "a"], ["a.txt", "b"]], ["path_clash a.txt"]],
    ["clashes in Unicode form", [manifest, ["e\u0301", "a"], ["\u00e9", "b"]], ["path_clash \u00e9"]],
    ["has a file where it has a folder", [manifest, ["d", "a"], ["d/x", "b"]], ["path_clash d"]],
    ["is encrypted", [["worker.yml", "a", { password: "x", zipCrypto: true }]], ["encrypted worker.yml"]],
    ["has a long path", [manifest, [`${"a/".repeat(256)}b`, "a"]], [`bad_path ${"a/".repeat(256)}b`]],
  ])("that %s is refused with the name", async (_what, entries, expected) => {
    verifies("registry:bundle:hostile-zip-refused");
    expect(await codesOf(entries)).toEqual(expected);
  });

  it("that is no zip, cut off or empty is refused", async () => {
    verifies("registry:bundle:hostile-zip-refused");
    const good = await zipOf([manifest]);
    expect(await codesOf(new TextEncoder().encode("hello"))).toEqual(["not_a_zip"]);
    expect(await codesOf(new Uint8Array())).toEqual(["not_a_zip"]);
    expect(await codesOf(good.slice(0, -10))).toEqual(["not_a_zip"]);
    expect(await codesOf([])).toEqual(["empty_zip"]);
  });

  it("whose content was changed is refused", async () => {
    verifies("registry:bundle:hostile-zip-refused");
    const zip = await zipOf([["worker.yml", "name: stored", { level: 0 }]]);
    const at = new TextDecoder("latin1").decode(zip).indexOf("name: stored");
    zip[at] = 0x4e;
    expect(await codesOf(zip)).toEqual(["damaged_entry worker.yml"]);
  });

  it("with two entries over the same bytes is refused", async () => {
    verifies("registry:bundle:hostile-zip-refused");
    const zip = await zipOf([
      ["worker.yml", "same"],
      ["b", "same"],
    ]);
    const view = new DataView(zip.buffer);
    const central = [...zip.keys()].filter(
      (at) => at + 4 <= zip.byteLength && view.getUint32(at, true) === 0x02014b50,
    );
    view.setUint32((central[1] ?? 0) + 42, 0, true);
    expect((await codesOf(zip)).length).toBeGreaterThan(0);
  });

  it("that lies about a size is stopped while it inflates", async () => {
    verifies("registry:bundle:limits-enforced", "registry:bundle:hostile-zip-refused");
    const size = limits.bundle_file_bytes.value * 4;
    const bomb = await zipOf([manifest, ["big", "0".repeat(size)]]);
    expect(bomb.byteLength).toBeLessThan(limits.bundle_file_bytes.value / 50);
    expect((await codesOf(overwrite(bomb, size, 10))).join()).toMatch(/^(file_too_large|damaged_entry) big$/);
  });
});

describe("limits", () => {
  it("hold for one file, all files and their number", async () => {
    verifies("registry:bundle:limits-enforced");
    const big = "0".repeat(limits.bundle_file_bytes.value);
    expect(await codesOf([manifest, ["big", `${big}0`]])).toEqual(["file_too_large big"]);
    const eleven: ZipEntry[] = Array.from({ length: 11 }, (_, i) => [`f${i}`, big]);
    expect(await codesOf(eleven)).toEqual(["bundle_too_large"]);
    const many: ZipEntry[] = Array.from({ length: limits.bundle_files.value + 1 }, (_, i) => [
      `f${i}`,
      "",
      { level: 0 },
    ]);
    expect(await codesOf(many)).toEqual(["too_many_files"]);
  });

  it("hold for a zip with nothing but ignored entries", async () => {
    const writer = new ZipWriter(new Uint8ArrayWriter(), { useWebWorkers: false, keepOrder: true });
    const count = limits.bundle_files.value * 10 + 1;
    for (let i = 0; i < count; i++) await writer.add(`.git/${i}`, new BlobReader(new Blob([])), { level: 0 });
    expect(await codesOf(await writer.close())).toEqual(["too_many_files"]);
  });
});

describe("files that look secret", () => {
  it("are refused by name, examples of them are not", async () => {
    verifies("registry:bundle:secret-files-refused");
    const secret = [
      ".env",
      "a/.env.local",
      "prod.env",
      "credentials.json",
      "k/id_rsa",
      "a.PEM",
      "b.key",
      "c.p12",
      ".npmrc",
    ];
    const allowed = [
      ".env.example",
      "id_rsa.pub",
      "keys.py",
      "environment.py",
      "node_modules/x/test/fixture.pem",
    ];
    const entries = [...secret, ...allowed].map((path): ZipEntry => [path, "x"]);
    expect(await codesOf([manifest, ...entries])).toEqual(secret.map((path) => `secret_file ${path}`));
  });
});
