import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { access, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Uint8ArrayReader, Uint8ArrayWriter, ZipWriter } from "@zip.js/zip.js";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { buildConfigSchema } from "#contract/runner/runner";
import type { BuildConfig } from "#contract/runner/runner";
import { RunnerLab } from "../test/support/runner/start-runner.ts";
import type { Built, Script } from "../test/support/runner/start-runner.ts";
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

  it("is built apart once, and every run of the version takes what was built", async () => {
    verifies("runner:install:cached", "runner:dependencies:built-apart");
    const script = await shouting("# pinned\nshout==1.0\n");
    const built = await lab.build(script);
    expect(built.result).toMatchObject({ outcome: "success", error_code: null });
    expect(built.lines("system").at(0)).toBe("Installing the dependencies of requirements.txt.");
    expect(lab.edge.journal.length).toBe(0);
    const dependencies = requireKept(built);
    expect(createHash("sha256").update(dependencies.archive).digest("hex")).toBe(dependencies.sha256);
    for (let run = 0; run < 2; run++) {
      const attempt = await lab.run({ ...script, dependencies });
      expect(attempt.lines("system")).toEqual([TAKEN]);
      expect(attempt.lines("stdout")).toEqual(["HI!"]);
      await expect(access(join(lab.home, ".floom", "dependencies.tar.gz"))).rejects.toThrow("ENOENT");
      lab.edge.forget();
    }
  });

  it("says what it installed by version, and installs the same when it is built again", async () => {
    verifies("runner:install:pinned");
    const script = await shouting("shout\n");
    const pinsOf = ({ entries }: Built) =>
      entries.flatMap((entry) => (entry.type === "file" ? [entry.pins] : []));
    expect(pinsOf(await lab.build(script))).toEqual([["shout==1.0"]]);
    const other = await lab.build(
      { ...script, files: { ...script.files, "requirements.txt": "--no-index\nshout\n" } },
      {
        pins: ["shout==2.0"],
      },
    );
    expect(other.result).toMatchObject({ outcome: "failure", error_code: "install_failed" });
    expect(other.lines("system").join("\n")).toContain("Cannot install shout");
  });

  it("is installed in the run itself when what was built does not arrive as it was", async () => {
    verifies("runner:install:cache-trouble-harmless");
    const script = await shouting("shout==1.0\n");
    const { archive, sha256 } = requireKept(await lab.build(script));
    const cut = archive.subarray(0, 500);
    const digestOf = (bytes: Buffer) => createHash("sha256").update(bytes).digest("hex");
    for (const dependencies of [
      { archive: Buffer.from("not a tar"), sha256 },
      { archive: cut, sha256 },
      { archive: cut, sha256: digestOf(cut) },
      { archive: Buffer.from("not a tar"), sha256: digestOf(Buffer.from("not a tar")) },
    ]) {
      lab.edge.forget();
      const attempt = await lab.run({ ...script, dependencies });
      expect(attempt.result.outputs).toEqual({ text: "HELLO!" });
      expect(attempt.lines("system").join("\n")).toContain("Installing the dependencies");
    }
  });

  it("takes nothing of an archive that would land elsewhere, or was built for another interpreter", async () => {
    const script = await shouting("shout==1.0\n");
    const good = requireKept(await lab.build(script));
    for (const change of [CLIMBS_BY_NAME, CLIMBS_BY_LINK, OTHER_INTERPRETER]) {
      lab.edge.forget();
      const dependencies = await rebuildArchive(good.archive, change);
      const attempt = await lab.run({ ...script, dependencies });
      expect(attempt.result.outputs).toEqual({ text: "HELLO!" });
      expect(attempt.lines("system").join("\n")).toContain("are not used");
      await expect(access(join(lab.home, ".floom", "evil.txt"))).rejects.toThrow("ENOENT");
    }
  });

  it("that is larger than what is kept is left to each run", async () => {
    const script = await shouting("shout==1.0\n");
    const { limits } = await readBuildConfig(script);
    const built = await lab.build(script, { limits: { ...limits, dependencies_bytes: 100 } });
    expect(built.result.outcome).toBe("success");
    expect(built.kept).toBeUndefined();
    expect(built.lines("system").at(-1)).toContain("too large to be kept");
  });

  it("that cannot be built fails the build with the installer's words, and no later than its time allows", async () => {
    verifies("runner:install:failed");
    const missing = await lab.build({
      files: { "run.py": "", "requirements.txt": "--no-index\nno-such-package-at-all==9.9\n" },
    });
    expect(missing.result).toMatchObject({ outcome: "failure", error_code: "install_failed" });
    expect(missing.result.error).toContain("no-such-package-at-all==9.9");
    expect(missing.lines("system").join("\n")).toContain("No matching distribution found");
    const slow = await lab.build(
      {
        files: {
          "run.py": "",
          "requirements.txt": "./slow\n",
          "slow/setup.py": "import time; time.sleep(60)",
        },
      },
      { install_timeout_seconds: 1.5 },
    );
    expect(slow.result.error).toContain("took longer than 1.5 seconds");
  });

  it("is installed without a run's secrets and environment, wherever that happens", async () => {
    verifies("runner:dependencies:built-apart");
    const script: Script = {
      files: {
        "run.py": "print('ran')",
        "requirements.txt": "--no-index\n./told\n",
        "told/setup.py": "import os, sys\nsys.exit('sees ' + ' '.join(sorted(os.environ)))",
      },
      config: { secrets: { INDEX_TOKEN: "hunter2hunter2" }, environment: { FLOOM_DRY_RUN: "1" } },
    };
    for (const attempt of [await lab.build(script), await lab.run(script)]) {
      const said = attempt.lines("system").join("\n");
      expect(said).toContain("sees ");
      expect(said).not.toMatch(/INDEX_TOKEN|FLOOM_/);
    }
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
    lab.edge.forget();
    const taken = await lab.run({ ...script, dependencies: requireKept(await lab.build(script)) });
    expect(taken.lines()).toEqual([TAKEN, "42"]);
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

const TAKEN = "The dependencies are those that were built for this version.";
const CLIMBS_BY_NAME = 'add("requirements.txt/../../evil.txt")';
const CLIMBS_BY_LINK =
  'link = tarfile.TarInfo("requirements.txt/up"); link.type = tarfile.SYMTYPE; link.linkname = ".."; made.addfile(link)\nadd("requirements.txt/up/evil.txt")';
const OTHER_INTERPRETER = 'add("made-for.json", b\'{"requirements.txt": "cpython-27"}\')';

function requireKept(built: Built): { archive: Buffer; sha256: string } {
  if (!built.kept) throw new Error(`nothing was built: ${built.result.error ?? ""}`);
  return built.kept;
}

/** The limits that a build is given, to change one of them. */
async function readBuildConfig(script: Script): Promise<BuildConfig> {
  await lab.build(script);
  return buildConfigSchema.parse(JSON.parse(await readFile(join(lab.home, ".floom", "run.json"), "utf8")));
}

/** An archive with the members of a good one, and one more that is none of the builder's. */
async function rebuildArchive(good: Buffer, change: string): Promise<{ archive: Buffer; sha256: string }> {
  const folder = await mkdtemp(join(tmpdir(), "floom-archive-"));
  const [from, to] = [join(folder, "good.tar.gz"), join(folder, "changed.tar.gz")];
  await writeFile(from, good);
  const source = `
import io, sys, tarfile
old, made = tarfile.open(sys.argv[1]), tarfile.open(sys.argv[2], "w:gz")
def add(name, data=b"evil"):
    member = tarfile.TarInfo(name); member.size = len(data); made.addfile(member, io.BytesIO(data))
for member in old:
    made.addfile(member, old.extractfile(member) if member.isfile() else None)
${change}
made.close()`;
  spawnSync("/usr/bin/python3", ["-c", source, from, to]);
  const archive = await readFile(to);
  await rm(folder, { recursive: true });
  return { archive, sha256: createHash("sha256").update(archive).digest("hex") };
}
