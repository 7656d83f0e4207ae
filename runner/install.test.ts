import { spawnSync } from "node:child_process";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Uint8ArrayReader, Uint8ArrayWriter, ZipWriter } from "@zip.js/zip.js";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { RunnerLab } from "../test/support/runner/start-runner.ts";
import type { Script } from "../test/support/runner/start-runner.ts";
import { verifies } from "../test/verifies.ts";

const WHEEL = "wheels/shout-1.0-py3-none-any.whl";

let lab: RunnerLab;
beforeEach(async () => {
  lab = await RunnerLab.open();
});
afterEach(async () => {
  await lab.close();
});

/** A minimal wheel, in a zip made by hand: `shout.shout(text)` and a command `shout`. */
async function buildWheel(): Promise<Uint8Array> {
  const files: Record<string, string> = {
    "shout.py": "def shout(text):\n    return text.upper() + '!'\ndef main():\n    print(shout('hi'))\n",
    "shout-1.0.dist-info/METADATA": "Metadata-Version: 2.1\nName: shout\nVersion: 1.0\n",
    "shout-1.0.dist-info/WHEEL":
      "Wheel-Version: 1.0\nGenerator: test\nRoot-Is-Purelib: true\nTag: py3-none-any\n",
    "shout-1.0.dist-info/entry_points.txt": "[console_scripts]\nshout = shout:main\n",
    "shout-1.0.dist-info/RECORD":
      "shout.py,,\nshout-1.0.dist-info/METADATA,,\nshout-1.0.dist-info/WHEEL,,\nshout-1.0.dist-info/entry_points.txt,,\nshout-1.0.dist-info/RECORD,,\n",
  };
  const zip = new ZipWriter(new Uint8ArrayWriter(), { useWebWorkers: false });
  for (const [path, text] of Object.entries(files))
    await zip.add(path, new Uint8ArrayReader(new TextEncoder().encode(text)));

  return zip.close();
}

const shouting = async (requirements: string): Promise<Script> => ({
  files: {
    "run.py":
      "import json, shout, subprocess\nprint(subprocess.check_output(['shout'], text=True), end='')\njson.dump({'outputs': {'text': shout.shout('hello')}}, open('result.json', 'w'))",
    "requirements.txt": requirements,
    [WHEEL]: await buildWheel(),
  },
});

describe("requirements.txt", () => {
  it("is installed from wheels of the bundle, with no network", async () => {
    verifies("runner:install:local-wheel");
    const attempt = await lab.run(await shouting(`./${WHEEL}\n`));
    expect(attempt.result).toMatchObject({ outcome: "success", outputs: { text: "HELLO!" } });
    expect(attempt.lines("stdout")).toEqual(["HI!"]);
    const phases = attempt.entries.flatMap((entry) => (entry.type === "phase" ? [entry.phase] : []));
    expect(phases).toEqual(["unpack", "install", "run", "collect"]);
  });

  it("finds plain names in the bundle's wheels folder before any index is asked", async () => {
    const attempt = await lab.run(await shouting("shout==1.0\n"));
    expect(attempt.result.outputs).toEqual({ text: "HELLO!" });
    expect(attempt.lines("system").join("\n")).not.toContain("index");
  });

  it("is installed once: the next run takes what the first one kept", async () => {
    verifies("runner:install:cached");
    const script = await shouting("# pinned\nshout==1.0\n");
    await lab.run(script);
    expect(lab.edge.dependencies.size).toBe(1);
    lab.edge.forget();
    const again = await lab.run(script);
    expect(again.lines("system")).toEqual(["The dependencies of requirements.txt come from an earlier run."]);
    expect(again.lines("stdout")).toEqual(["HI!"]);
    lab.edge.forget();
    await lab.run({ ...script, files: { ...script.files, "requirements.txt": "shout>=1.0\n" } });
    expect(lab.edge.dependencies.size).toBe(2);
  });

  it("is installed anew when the cache is broken, slow to exist, or refuses", async () => {
    verifies("runner:install:cache-trouble-harmless");
    const script = await shouting("shout==1.0\n");
    await lab.run(script);
    const [key = ""] = lab.edge.dependencies.keys();
    for (const broken of [
      Buffer.from("not a tar"),
      (lab.edge.dependencies.get(key) ?? Buffer.alloc(0)).subarray(0, 500),
    ]) {
      lab.edge.forget();
      lab.edge.dependencies.set(key, broken);
      expect((await lab.run(script)).result.outputs).toEqual({ text: "HELLO!" });
    }
    lab.edge.forget();
    lab.edge.decide = (route) => (route === "dependencies" ? "drop" : "answer");
    expect((await lab.run(script)).result.outputs).toEqual({ text: "HELLO!" });
  });

  it("takes nothing out of a kept archive that would land elsewhere", async () => {
    const script = await shouting("shout==1.0\n");
    await lab.run(script);
    const [key = ""] = lab.edge.dependencies.keys();
    lab.edge.forget();
    lab.edge.dependencies.set(key, await buildEvilArchive());
    expect((await lab.run(script)).result.outputs).toEqual({ text: "HELLO!" });
    await expect(readFile(join(lab.home, ".floom", "evil.txt"))).rejects.toThrow("ENOENT");
  });

  it("that cannot be satisfied fails the run before the script, with the installer's words", async () => {
    verifies("runner:install:failed");
    const attempt = await lab.run({
      files: { "run.py": "print('never')", "requirements.txt": "--no-index\nno-such-package-at-all==9.9\n" },
    });
    expect(attempt.result).toMatchObject({
      outcome: "failure",
      error_code: "install_failed",
      exit_code: null,
    });
    expect(attempt.result.error).toContain("no-such-package-at-all==9.9");
    expect(attempt.lines("stdout")).toEqual([]);
    expect(attempt.lines("system").join("\n")).toContain("No matching distribution found");
  });

  it("that takes too long fails the run", async () => {
    const attempt = await lab.run({
      files: { "run.py": "", "requirements.txt": "./slow\n", "slow/setup.py": "import time; time.sleep(60)" },
      config: { install_timeout_seconds: 1.5 },
    });
    expect(attempt.result).toMatchObject({ outcome: "failure", error_code: "install_failed" });
    expect(attempt.result.error).toContain("took longer than 1.5 seconds");
  });

  it("without a requirement in it costs nothing", async () => {
    const attempt = await lab.run({ files: { "run.py": "", "requirements.txt": "# nothing yet\n\n" } });
    expect(attempt.entries.some((entry) => entry.type === "phase" && entry.phase === "install")).toBe(false);
  });
});

describe("package.json", () => {
  it("is installed with npm from what the bundle brings", async () => {
    verifies("runner:install:npm");
    const script: Script = {
      files: {
        "run.js": "import { twice } from 'twice'; console.log(twice(21));",
        "package.json": '{"type":"module","dependencies":{"twice":"file:./twice"}}',
        "twice/package.json": '{"name":"twice","version":"1.0.0","type":"module","main":"index.js"}',
        "twice/index.js": "export const twice = (n) => 2 * n;\n",
      },
      entry: "run.js",
      command: "node run.js",
    };
    const attempt = await lab.run(script);
    expect(attempt.result.outcome).toBe("success");
    expect(attempt.lines("stdout")).toEqual(["42"]);
  });

  it("that is broken fails the run in words", async () => {
    const attempt = await lab.run({
      files: { "run.js": "", "package.json": "{" },
      entry: "run.js",
      command: "node run.js",
    });
    expect(attempt.result).toMatchObject({ error_code: "install_failed" });
    expect(attempt.result.error).toContain("package.json is not valid JSON");
  });

  it("without dependencies needs no npm", async () => {
    const attempt = await lab.run({
      files: { "run.js": "console.log('x')", "package.json": '{"type":"module"}' },
      entry: "run.js",
      command: "node run.js",
    });
    expect(attempt.lines()).toEqual(["x"]);
  });
});

/** A tar.gz whose members climb out by name and through a link. */
async function buildEvilArchive(): Promise<Buffer> {
  const folder = await mkdtemp(join(tmpdir(), "floom-evil-"));
  const path = join(folder, "evil.tar.gz");
  const source = `
import io, sys, tarfile
archive = tarfile.open(sys.argv[1], "w:gz")
link = tarfile.TarInfo("up"); link.type = tarfile.SYMTYPE; link.linkname = ".."; archive.addfile(link)
for name in ("up/evil.txt", "../evil.txt"):
    member = tarfile.TarInfo(name); member.size = 4; archive.addfile(member, io.BytesIO(b"evil"))
archive.close()`;
  spawnSync("/usr/bin/python3", ["-c", source, path]);
  const bytes = await readFile(path);
  await rm(folder, { recursive: true });
  return bytes;
}
