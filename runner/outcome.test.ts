import { mkdir, symlink, writeFile } from "node:fs/promises";
import { createHash } from "node:crypto";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { failureCodes } from "#contract/runs/run-failure";
import { RunnerLab } from "../test/support/runner/start-runner.ts";
import type { Script } from "../test/support/runner/start-runner.ts";
import { verifies } from "../test/verifies.ts";

let lab: RunnerLab;
beforeEach(async () => {
  lab = await RunnerLab.open();
});
afterEach(async () => {
  await lab.close();
});

const run = (source: string, options: Omit<Script, "files"> = {}) =>
  lab.run({ files: { "run.py": source }, ...options });

const writing = (text: string) => `open("result.json", "w").write(${JSON.stringify(text)})`;

const report = { name: "report", path: "out/report.md", media_type: "text/markdown", required: true };
const greeting = { name: "greeting", required: true };

describe("a script without result.json", () => {
  it("is a success when it declares no outputs", async () => {
    verifies("runner:result:none-needed");
    const { result } = await run("print('done')");
    expect(result).toMatchObject({
      outcome: "success",
      outputs: {},
      exit_code: 0,
      error: null,
      error_raw: null,
    });
  });

  it("is a success when it wrote every declared file", async () => {
    const { result, entries } = await run("open('out/report.md', 'w').write('# hi')", {
      config: { output_files: [report, { ...report, name: "extra", path: "extra.txt", required: false }] },
    });
    expect(result).toMatchObject({ outcome: "success", outputs: { report: "out/report.md" } });
    expect(entries).toContainEqual(
      expect.objectContaining({
        type: "file",
        kind: "output",
        name: "report",
        path: "out/report.md",
        media_type: "text/markdown",
        size_bytes: 4,
        sha256: createHash("sha256").update("# hi").digest("hex"),
      }),
    );
    expect(lab.edge.files.get("out/report.md")).toEqual({
      body: Buffer.from("# hi"),
      mediaType: "text/markdown",
    });
  });

  it("fails with missing_result when a declared output is not there, and names it", async () => {
    verifies("runner:result:missing");
    const { result } = await run("pass", { config: { output_scalars: [greeting], output_files: [report] } });
    expect(result).toMatchObject({
      outcome: "failure",
      error_code: "missing_result",
      outputs: null,
      exit_code: 0,
    });
    expect(result.error).toBe(
      "The script ended without result.json and without its outputs: report (out/report.md was not written), greeting.",
    );
  });
});

describe("result.json", () => {
  it.each([
    ["not JSON", "{oops", "invalid_result_json"],
    ["empty", "", "invalid_result_json"],
    ["a list", "[1]", "invalid_result_json"],
    ["not finite", '{"outputs":{"n":NaN}}', "invalid_result_json"],
    ["infinite by its exponent", '{"outputs":{"n":1e999}}', "invalid_result_json"],
    ["nested without end", '{"outputs":'.concat("[".repeat(200_000)), "invalid_result_json"],
    ["of an unknown status", '{"status":"maybe"}', "invalid_result_json"],
    ["with artifacts that are no list", '{"artifacts":{}}', "invalid_result_json"],
    ["with outputs that are a list", '{"outputs":[1]}', "invalid_outputs_shape"],
    ["with outputs that are a string", '{"outputs":"x"}', "invalid_outputs_shape"],
  ])("that is %s ends the run as failed", async (_, text, code) => {
    verifies("runner:result:invalid");
    const { result } = await run(writing(text));
    expect(result).toMatchObject({ outcome: "failure", error_code: code, exit_code: 0 });
    expect(result.error).toMatch(/result\.json/);
  });

  it("that is a directory, or not UTF-8, is not valid either", async () => {
    const directory = await run("import os; os.mkdir('result.json')");
    expect(directory.result.error_code).toBe("invalid_result_json");
    await lab.close();
    lab = await RunnerLab.open();
    const bytes = await run("open('result.json', 'wb').write(b'{\"error\":\"\\xff\"}')");
    expect(bytes.result.error_code).toBe("invalid_result_json");
  });

  it("over the size limit is output_too_large", async () => {
    verifies("runner:result:too-large");
    const { result } = await run(writing(`{"outputs":{"x":"${"y".repeat(2000)}"}}`), {
      limits: { result_bytes: 1000 },
    });
    expect(result).toMatchObject({ outcome: "failure", error_code: "output_too_large" });
  });

  it("may say completed, start with a byte order mark, and hold unpaired surrogates", async () => {
    const { result } = await run(writing('\ufeff{"status":"completed","outputs":{"s":"\\ud800","n":1.5}}'));
    expect(result).toMatchObject({ outcome: "success", outputs: { s: "\ufffd", n: 1.5 } });
  });

  it("passes a request for a decision on, without asking for the outputs yet", async () => {
    const { result } = await run(
      writing('{"outputs":{},"decision_required":{"label":"Send?","preview":"Hi"}}'),
      {
        config: { output_scalars: [greeting] },
      },
    );
    expect(result).toMatchObject({
      outcome: "success",
      decision_required: { label: "Send?", preview: "Hi" },
    });
  });

  it("that is a success but lacks a required output fails and says which", async () => {
    verifies("runner:result:output-missing");
    const { result } = await run(writing('{"outputs":{"other":1}}'), {
      config: { output_scalars: [greeting], output_files: [report] },
    });
    expect(result).toMatchObject({ outcome: "failure", error_code: "output_validation_failed" });
    expect(result.error).toContain("report (out/report.md was not written), greeting");
  });

  it("names its own error, with the worker's own code", async () => {
    verifies("runner:result:reported-error");
    const { result } = await run(
      writing('{"status":"error","error":"no such city","error_code":"unknown_city"}'),
    );
    expect(result).toMatchObject({ outcome: "failure", error_code: "unknown_city", error: "no such city" });
  });

  it("cannot claim a failure of the platform", async () => {
    const claimed = Object.entries(failureCodes).filter(
      ([, failure]) => failure.kind !== "worker" && failure.kind !== "limit",
    );
    expect(claimed.length).toBeGreaterThan(0);
    for (const [code] of claimed) {
      await lab.close();
      lab = await RunnerLab.open();
      const { result } = await run(writing(`{"status":"failed","error_code":"${code}"}`));
      expect(result).toMatchObject({
        error_code: "worker_reported_error",
        error: "Worker reported failure without an error message.",
      });
    }
  });

  it("explains a non-zero exit better than the exit code", async () => {
    const { result } = await run(
      `${writing('{"status":"error","error":"no such city"}')}\nraise SystemExit(4)`,
    );
    expect(result).toMatchObject({
      error_code: "worker_reported_error",
      error: "no such city",
      exit_code: 4,
    });
  });

  it("with outputs too large for the journal is uploaded instead, redacted and with its paths", async () => {
    verifies("runner:result:large-outputs");
    const attempt = await run(
      `import json\nopen("x.md", "w").write("x")\njson.dump({"outputs": {"text": "long " * 1000 + "sk-very-secret", "report": "./x.md"}}, open("result.json", "w"))`,
      {
        limits: { inline_outputs_bytes: 1000 },
        config: { output_files: [report], secrets: { K: "sk-very-secret" } },
      },
    );
    const sent = lab.edge.files.get("result.json")?.body ?? Buffer.alloc(0);
    const outputs_sha256 = createHash("sha256").update(sent).digest("hex");
    expect(attempt.result).toMatchObject({ outcome: "success", outputs: null, outputs_sha256 });
    const stored = JSON.parse(sent.toString());
    expect(stored.outputs).toEqual({ text: `${"long ".repeat(1000)}***`, report: "x.md" });
  });
});

describe("files", () => {
  it("are taken from where the script says, else from where the manifest says", async () => {
    const { result } = await run(
      `import json, os
open("elsewhere.md", "w").write("a")
open("out/b.csv", "w").write("b")
json.dump({"outputs": {"report": os.path.abspath("elsewhere.md"), "table": "not/there.csv"}}, open("result.json", "w"))`,
      {
        config: {
          output_files: [
            report,
            { name: "table", path: "out/b.csv", media_type: "text/csv", required: true },
          ],
        },
      },
    );
    expect(result.outputs).toEqual({ report: "elsewhere.md", table: "out/b.csv" });
    expect([...lab.edge.files.keys()].sort()).toEqual(["elsewhere.md", "out/b.csv"]);
  });

  it("declared as artifacts are kept with their names and types", async () => {
    verifies("runner:files:artifacts");
    const { entries } = await run(`
import json, os
os.makedirs("charts"); open("charts/a b.png", "wb").write(b"PNG"); open("notes.txt", "w").write("n")
json.dump({"artifacts": [
    {"name": "Chart", "relative_path": "charts/a b.png", "type": "image"},
    {"path": "./notes.txt", "type": "text/x-notes"},
    "notes.txt",
]}, open("result.json", "w"))`);
    const files = entries.flatMap((entry) => (entry.type === "file" ? [entry] : []));
    expect(files.map(({ kind, name, path, media_type: type }) => [kind, name, path, type])).toEqual([
      ["artifact", "Chart", "charts/a b.png", "image/png"],
      ["artifact", "notes.txt", "notes.txt", "text/x-notes"],
    ]);
    expect(lab.edge.files.get("charts/a b.png")?.body.toString()).toBe("PNG");
  });

  it("outside the work directory, behind links out of it, or that are no files are left out with a reason", async () => {
    verifies("runner:files:no-escape");
    const outside = join(lab.home, "outside.txt");
    await mkdir(lab.home, { recursive: true });
    await writeFile(outside, "secret of the machine");
    await symlink(outside, join(lab.home, "link"));
    const attempt = await run(`
import json, os
os.symlink("/etc/passwd", "link"); os.mkdir("folder"); os.mkfifo("pipe")
os.symlink(os.path.dirname(os.getcwd()), "up")
json.dump({"artifacts": [
    "../outside.txt", "/etc/passwd", "link", "up/outside.txt", "folder", "pipe", "missing.txt", "secrets.json", 7, {"name": "x"},
    "a/../../outside.txt",
]}, open("result.json", "w"))`);
    expect(attempt.result.outcome).toBe("success");
    expect(lab.edge.files.size).toBe(0);
    const notes = attempt.lines("system");
    expect(notes).toHaveLength(11);
    expect(notes).toContain(
      "The artifact link was left out: it is a link that leads out of the work directory.",
    );
    expect(notes).toContain("The artifact missing.txt was left out: it was not written.");
    expect(notes).toContain("The artifact secrets.json was left out: it holds secrets.");
  });

  it("over the size or number limits are refused or left out in words", async () => {
    verifies("runner:files:limits");
    const large = await run("open('out/report.md', 'w').write('x' * 2000)", {
      config: { output_files: [report] },
      limits: { artifact_bytes: 1000 },
    });
    expect(large.result).toMatchObject({ outcome: "failure", error_code: "output_too_large" });
    await lab.close();
    lab = await RunnerLab.open();
    const many = await run(
      `import json\nfor n in range(5): open(f"{n}.txt", "w").write("x")\njson.dump({"artifacts": [f"{n}.txt" for n in range(5)]}, open("result.json", "w"))`,
      { limits: { artifacts_per_run: 3 } },
    );
    expect(lab.edge.files.size).toBe(3);
    expect(many.lines("system")).toEqual(["2 files over the limit of 3 were left out."]);
  });

  it("of a script that failed are handed over as far as they are there", async () => {
    const { result } = await run("open('out/report.md', 'w').write('half')\nraise SystemExit(3)", {
      config: { output_files: [report] },
    });
    expect(result.error_code).toBe("execution_error");
    expect(lab.edge.files.get("out/report.md")?.body.toString()).toBe("half");
  });
});
