import { readFile, stat } from "node:fs/promises";
import { createHash } from "node:crypto";
import { join } from "node:path";
import { Uint8ArrayReader, Uint8ArrayWriter, ZipWriter } from "@zip.js/zip.js";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { packBundle, RunnerLab } from "../test/support/runner/start-runner.ts";
import { verifies } from "../test/verifies.ts";

let lab: RunnerLab;
beforeEach(async () => {
  lab = await RunnerLab.open();
});
afterEach(async () => {
  await lab.close();
});

const printEnvironment = (names: string[]) => `
import json, os
json.dump({"outputs": {name: os.environ.get(name) for name in ${JSON.stringify(names)}}}, open("result.json", "w"))
`;

describe("the work directory", () => {
  it("holds the webhook that started the run as event.json, byte for byte", async () => {
    verifies("webhooks:event:file");
    const event = JSON.stringify({ id: "1", method: "POST", body: "<ü>\u0000" });
    const read = `import json; json.dump({"outputs": {"event": open("event.json").read()}}, open("result.json", "w"))`;
    const { result } = await lab.run({ files: { "run.py": read }, config: { event } });
    expect(result.outputs).toEqual({ event });
  });

  it("holds the bundle, the inputs and the uploaded files, and no inputs of the bundle's own", async () => {
    verifies("runner:script:work-directory");
    const attempt = await lab.run({
      files: {
        "run.py": `
import json, os
names = sorted(os.path.join(folder, name)[2:] for folder, _, names in os.walk(".") for name in names)
json.dump({"outputs": {
    "names": names,
    "inputs": json.load(open("inputs.json")),
    "data": open("inputs/people.csv").read(),
    "connections": json.load(open("connections.json")),
    "here": os.getcwd(),
}}, open("result.json", "w"))
`,
        "lib/part.py": "x = 1",
        "inputs/stale.csv": "old",
        "lib/__pycache__/part.cpython-311.pyc": "x",
      },
      config: { inputs: { name: "Ada", people: "inputs/people.csv" } },
      inputFiles: { "inputs/people.csv": "name\nAda\n" },
    });
    expect(attempt.result.outputs).toEqual({
      names: [
        ".env.local",
        "connections.json",
        "inputs.json",
        "inputs/people.csv",
        "lib/part.py",
        "run.py",
        "secrets.json",
      ],
      inputs: { name: "Ada", people: "inputs/people.csv" },
      data: "name\nAda\n",
      connections: {},
      here: lab.workDir,
    });
  });

  it("keeps scripts executable", async () => {
    const attempt = await lab.run({
      files: { "go.sh": "#!/bin/sh\necho from a script\n", "run.py": "" },
      command: "./go.sh",
    });
    expect(attempt.lines("stdout")).toEqual(["from a script"]);
  });

  it.each([
    ["climbs out of the directory", async () => packBundle({ "../escape.py": "x" })],
    ["names an absolute path", async () => packBundle({ "/tmp/escape.py": "x" })],
    ["is no zip", async () => Buffer.from("hello")],
    ["is cut short", async () => (await packBundle({ "run.py": "x = 1\n".repeat(1000) })).subarray(0, 60)],
    ["has damaged content", async () => damage(await packBundle({ "run.py": "print('x')" }))],
    ["holds a symbolic link", async () => packLink()],
  ])("is not filled from a bundle that %s", async (_, build) => {
    verifies("runner:script:bad-bundle");
    const attempt = await lab.run({ files: {}, bundle: await build() });
    expect(attempt.result).toMatchObject({
      outcome: "failure",
      error_code: "invalid_worker",
      exit_code: null,
    });
    expect(attempt.result.error).not.toBeNull();
  });

  it("holds every file of a large bundle byte for byte", async () => {
    const noise = Buffer.alloc(1_500_000);
    for (let index = 0; index < noise.length; index += 4)
      noise.writeUInt32LE((index * 2_654_435_761) >>> 0, index);
    const small = Object.fromEntries(Array.from({ length: 300 }, (_, n) => [`many/ä${n}.txt`, `${n}`]));
    const attempt = await lab.run({
      files: {
        ...small,
        "noise.bin": noise,
        "zeros.bin": new Uint8Array(3_000_000),
        "run.py": `
import hashlib, json, os
digests = {name: hashlib.sha256(open(name, "rb").read()).hexdigest() for name in ("noise.bin", "zeros.bin")}
many = sorted(int(open("many/" + name).read()) for name in os.listdir("many"))
json.dump({"outputs": {"digests": digests, "many": many == list(range(300))}}, open("result.json", "w"))`,
      },
    });
    const sha256 = (bytes: Uint8Array) => createHash("sha256").update(bytes).digest("hex");
    expect(attempt.result.outputs).toEqual({
      digests: { "noise.bin": sha256(noise), "zeros.bin": sha256(new Uint8Array(3_000_000)) },
      many: true,
    });
  });
});

/** Flips the first byte of the first file's content, behind its header, name and extra field. */
function damage(zip: Uint8Array): Uint8Array {
  const copy = Buffer.from(zip);
  const content = 30 + copy.readUInt16LE(26) + copy.readUInt16LE(28);
  copy.writeUInt8(copy.readUInt8(content) ^ 0xff, content);
  return copy;
}

async function packLink(): Promise<Uint8Array> {
  const zip = new ZipWriter(new Uint8ArrayWriter(), { useWebWorkers: false });
  const target = new Uint8ArrayReader(new TextEncoder().encode("/etc/passwd"));
  await zip.add("link", target, { externalFileAttributes: (0o120777 << 16) >>> 0, versionMadeBy: 0x031e });
  return zip.close();
}

describe("the environment", () => {
  it("names the run and hands over declared secrets, in files that only the script may read", async () => {
    verifies("runner:script:environment");
    const names = ["FLOOM_RUN_ID", "FLOOM_WORKER", "FLOOM_API_URL", "WORKEROS_API_URL", "FLOOM_TRACE_ID"];
    const attempt = await lab.run({
      files: {
        "run.py": `
import json, os
outputs = {name: os.environ[name] for name in ${JSON.stringify(names)}}
outputs["equal"] = os.environ["WORKEROS_RUN_TOKEN"] == os.environ["FLOOM_RUN_TOKEN"] != ""
outputs["secret_length"] = len(os.environ["API_KEY"])
outputs["same"] = json.load(open("secrets.json"))["API_KEY"] == os.environ["API_KEY"]
outputs["modes"] = [oct(os.stat(name).st_mode)[-3:] for name in ("secrets.json", ".env.local")]
outputs["dotenv"] = open(".env.local").read().count("\\n")
outputs["hidden"] = "E2B_SANDBOX_ID" in os.environ
json.dump({"outputs": outputs}, open("result.json", "w"))
`,
      },
      config: { secrets: { API_KEY: "sk-12345 67890", MULTI: "line1\nline2" } },
      environment: { E2B_SANDBOX_ID: "sbx" },
    });
    expect(attempt.result.outputs).toEqual({
      FLOOM_RUN_ID: "run_test",
      FLOOM_WORKER: "test-worker",
      FLOOM_API_URL: lab.edge.url,
      WORKEROS_API_URL: `${lab.edge.url}/api`,
      FLOOM_TRACE_ID: "run_test",
      equal: true,
      secret_length: 14,
      same: true,
      modes: ["600", "600"],
      dotenv: 2,
      hidden: false,
    });
  });

  it("lets no secret take the name of a variable that says where the platform is", async () => {
    const attempt = await lab.run({
      files: { "run.py": printEnvironment(["FLOOM_API_URL"]) },
      config: { secrets: { FLOOM_API_URL: "http://evil.example" } },
    });
    expect(attempt.result.outputs).toEqual({ FLOOM_API_URL: lab.edge.url });
  });

  it("takes secrets and the run token out of log, error and outputs", async () => {
    verifies("runner:log:secrets-redacted");
    const attempt = await lab.run({
      files: {
        "run.py": `
import json, os, sys
print("key is " + os.environ["API_KEY"], "token", os.environ["FLOOM_RUN_TOKEN"])
print(os.environ["PEM"])
json.dump({"outputs": {"k": [os.environ["API_KEY"]]}}, open("result.json", "w"))
`,
      },
      config: { secrets: { API_KEY: "sk-very-secret", PEM: "-----BEGIN\nabcdefgh\n-----END" } },
    });
    expect(attempt.lines("stdout")).toEqual(["key is *** token ***", "***"]);
    expect(attempt.result.outputs).toEqual({ k: ["***"] });
    expect(JSON.stringify(attempt.entries)).not.toContain("sk-very-secret");
  });

  it("takes the usual spellings of a secret out before they leave the sandbox", async () => {
    verifies("runner:log:secrets-redacted");
    const secret = 'sk/very+secret "k\u00e4se"';
    const attempt = await lab.run({
      files: {
        "run.py": `
import base64, json, os, urllib.parse
k = os.environ["API_KEY"]
for lead in ("", "a", "ab"):
    print("1", base64.b64encode((lead + k).encode()).decode())
    print("2", base64.urlsafe_b64encode((lead + k).encode()).decode())
print("3", k.encode().hex(), k.encode().hex().upper(), k[::-1])
print("4", urllib.parse.quote(k, safe=""), urllib.parse.quote_plus(k))
print("5", json.dumps(k), json.dumps(k, ensure_ascii=False))
`,
      },
      config: { secrets: { API_KEY: secret } },
    });
    const lines = attempt.lines("stdout");
    // Beside a mask stands what the neighbours' bits are in, and nothing else.
    expect(
      lines.every((line) => /^\d( "?[\w+/=-]{0,4}\*\*\*[\w+/=-]{0,4}"?)+$/.test(line)),
      lines.join("\n"),
    ).toBe(true);
  });

  it("redacts the error of a script that fails with a secret in it", async () => {
    await lab.edge.stop();
    await lab.edge.start();
    const attempt = await lab.run({
      files: { "run.py": "import os\nraise ValueError('bad key ' + os.environ['API_KEY'])" },
      config: { secrets: { API_KEY: "sk-very-secret" } },
    });
    expect(attempt.result.error).toBe("The script ended with exit code 1: ValueError: bad key ***");
    expect(JSON.stringify(attempt.entries)).not.toContain("sk-very-secret");
  });
});

describe("commands", () => {
  it("run through the shell, for shell and Node workers alike", async () => {
    verifies("runner:script:shell-and-node");
    const shell = await lab.run({
      files: {
        "run.sh":
          'echo "$FLOOM_WORKER" | tr a-z A-Z > /dev/stdout\nprintf \'{"outputs":{"n":1}}\' > result.json\n',
      },
      entry: "run.sh",
      command: "bash run.sh",
    });
    expect(shell.lines("stdout")).toEqual(["TEST-WORKER"]);
    expect(shell.result.outputs).toEqual({ n: 1 });
  });

  it("run JavaScript with the packages that the bundle brings", async () => {
    const attempt = await lab.run({
      files: {
        "run.js":
          'import { twice } from "twice";\nimport { writeFileSync } from "node:fs";\nwriteFileSync("result.json", JSON.stringify({ outputs: { n: twice(21) } }));\n',
        "package.json": '{"type":"module","dependencies":{"twice":"1.0.0"}}',
        "node_modules/twice/package.json":
          '{"name":"twice","version":"1.0.0","type":"module","main":"index.js"}',
        "node_modules/twice/index.js": "export const twice = (n) => 2 * n;\n",
      },
      entry: "run.js",
      command: "node run.js",
    });
    expect(attempt.result).toMatchObject({ outcome: "success", outputs: { n: 42 } });
    expect(attempt.entries.some((entry) => entry.type === "phase" && entry.phase === "install")).toBe(false);
  });

  it("go through the phases in order and say what they used", async () => {
    const attempt = await lab.run({ files: { "run.py": "x = bytearray(50_000_000)\nprint('hi')" } });
    const phases = attempt.entries.flatMap((entry) => (entry.type === "phase" ? [entry.phase] : []));
    expect(phases).toEqual(["unpack", "run", "collect"]);
    expect(attempt.result.usage.max_memory_bytes).toBeGreaterThan(50_000_000);
    expect(attempt.result.usage.log_bytes).toBe(3);
    expect(attempt.result.usage.cpu_ms).toBeGreaterThan(0);
  });
});

describe("a second runner of the same attempt", () => {
  it("leaves at once, so that no script runs twice", async () => {
    verifies("runner:start:second-start-does-nothing");
    const script = { files: { "run.py": "open('count', 'a').write('x')\nimport time; time.sleep(0.3)" } };
    await lab.prepare(script);
    const both = [lab.start(), lab.start()];
    await Promise.all(both.map((runner) => runner.exited));
    await lab.start().exited;
    expect(await readFile(join(lab.workDir, "count"), "utf8")).toBe("x");
    const attempt = await lab.readAttempt();
    expect(attempt.entries.filter((entry) => entry.type === "result")).toHaveLength(1);
    expect((await stat(lab.journalPath)).mode & 0o777).toBe(0o600);
  });
});
