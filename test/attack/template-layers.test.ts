import { execFileSync } from "node:child_process";
import fs from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { Layers } from "../../sandbox/src/isolation/layers.ts";
import { verifies } from "../verifies.ts";

/** Writes a tar archive of members as no honest program packs them. */
const PACK = `
import io, json, sys, tarfile
with tarfile.open(sys.argv[1], "w") as archive:
    for name, kind, value in json.loads(sys.argv[2]):
        member = tarfile.TarInfo(name)
        member.mode = 0o755
        if kind == "file":
            member.mode = 0o6755
            member.size = len(value)
            archive.addfile(member, io.BytesIO(value.encode()))
            continue
        member.type = {"dir": tarfile.DIRTYPE, "link": tarfile.SYMTYPE, "hard": tarfile.LNKTYPE, "device": tarfile.CHRTYPE}[kind]
        member.linkname = value
        member.devmajor, member.devminor = 1, 3
        archive.addfile(member)
`;

type Member = readonly [name: string, kind: "file" | "dir" | "link" | "hard" | "device", value: string];

let dir: string;
let layers: Layers;
beforeAll(() => {
  dir = fs.mkdtempSync(path.join(tmpdir(), "layers-"));
  const rootEntries = ["/bin", "/lib", "/lib64"].flatMap((at) => {
    const stat = fs.lstatSync(at, { throwIfNoEntry: false });
    if (stat === undefined) return [];
    return [{ path: at, linkTarget: stat.isSymbolicLink() ? fs.readlinkSync(at) : null }];
  });
  layers = new Layers(dir, rootEntries);
});
afterAll(() => fs.rmSync(dir, { recursive: true, force: true }));

const LAYER = "0123456789abcdef0123456789abcdef";

/** What became of an archive: how adding it failed, or nothing; the layer's files, with their modes, if there is one. */
async function add(
  members: readonly Member[],
): Promise<{ error: string | null; files: Record<string, string> }> {
  const archive = path.join(dir, "archive.tar");
  execFileSync("/usr/bin/python3", ["-c", PACK, archive, JSON.stringify(members)]);
  layers.keepOnly(new Set());
  const error = await layers.add(LAYER, archive).then(
    () => null,
    (reason: unknown) => String(reason),
  );
  const folder = path.join(dir, "layers", LAYER);
  const names = fs.existsSync(folder) ? fs.readdirSync(folder, { recursive: true, encoding: "utf8" }) : [];
  const files = names.map((name) => [
    name,
    (fs.lstatSync(path.join(folder, name)).mode & 0o7777).toString(8),
  ]);
  return { error, files: Object.fromEntries(files) as Record<string, string> };
}

describe("what a template's command leaves behind", () => {
  it("writes nothing outside of its layer, by whatever name", async () => {
    verifies("sandbox:attack:template-layers");
    const outside = path.join(dir, "outside");
    const { files } = await add([
      ["usr", "dir", ""],
      ["usr/kept", "file", "kept"],
      ["../outside", "file", "out"],
      [`../../..${outside}`, "file", "out"],
      [outside, "file", "out"],
      ["usr/way", "link", dir],
      ["usr/way/outside", "file", "out"],
      ["usr/up", "link", "../../.."],
      ["usr/up/outside", "file", "out"],
    ]);
    expect(fs.existsSync(outside)).toBe(false);
    expect(fs.readdirSync(dir).toSorted()).toEqual(["archive.tar", "layers"]);
    if (Object.keys(files).length > 0) expect(files).toHaveProperty("usr/kept");
  });

  it("brings no file of the host, no device and no program that runs as somebody else", async () => {
    verifies("sandbox:attack:template-layers");
    const { error, files } = await add([
      ["usr", "dir", ""],
      ["usr/setuid", "file", "#!/bin/sh\n"],
      ["usr/shadow", "hard", "/etc/shadow"],
      ["usr/null", "device", ""],
    ]);
    expect(error).toMatch(/cannot be unpacked/);
    expect(files).toEqual({});
    expect(
      (
        await add([
          ["usr", "dir", ""],
          ["usr/setuid", "file", "#!/bin/sh\n"],
        ])
      ).files,
    ).toEqual({
      usr: "755",
      "usr/setuid": "755",
    });
  });

  it.each<[string, Member[]]>([
    ["is a link", [["usr", "link", "/etc"]]],
    ["is a file", [["usr", "file", "x"]]],
    ["is not there", [["other", "dir", ""]]],
  ])("is refused when its root %s", async (_, members) => {
    verifies("sandbox:attack:template-layers");
    expect(await add(members)).toEqual({
      error: "Error: what the command installed is not a folder",
      files: {},
    });
  });
});
