import { afterEach, beforeEach, describe, expect, it } from "vitest";
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

const file = (name: string, type: string, rest: object = {}) => ({
  name,
  path: `out/${name}`,
  media_type: type,
  required: true,
  ...rest,
});

describe("a declared file", () => {
  it("that is given as text or JSON is written to its path", async () => {
    verifies("runner:result:literal-file");
    const { result } = await run(
      'def run(inputs, context): return {"outputs": {"report": "# Report\\n\\nall good", "extra": {"a": 1}}}',
      { config: { output_files: [file("report", "text/markdown"), file("extra", "application/json")] } },
    );
    expect(result).toMatchObject({ error: null, outputs: { report: "out/report", extra: "out/extra" } });
    expect(lab.edge.files.get("out/report")?.body.toString()).toBe("# Report\n\nall good");
    expect(JSON.parse(lab.edge.files.get("out/extra")?.body.toString() ?? "")).toEqual({ a: 1 });
  });

  it("that breaks its declaration fails the run with output, rule and value", async () => {
    verifies("runner:result:file-rules");
    const { result } = await run(
      'for name, text in {"a": "{nope", "b": "{}", "c": "x,y\\n", "d": ""}.items(): open("out/" + name, "w").write(text)\nimport json; json.dump({"outputs": {"note": " "}}, open("result.json", "w"))',
      {
        config: {
          output_scalars: [{ name: "note", required: true, type: "string" }],
          output_files: [
            file("a", "application/json"),
            file("b", "application/json", { json_required_keys: ["risk"] }),
            file("c", "text/csv", { columns: ["name"] }),
            file("d", "text/plain"),
          ],
        },
      },
    );
    expect(result.error_code).toBe("output_validation_failed");
    expect(result.error).toMatch(
      /a: out\/a is not valid JSON.*b: out\/b lacks json_required_keys risk; its keys are: .*; c: out\/c lacks columns name; its header is 'x,y'; d: out\/d is empty, declared as required; note: is empty \(" "\), declared as required/,
    );
  });

  it("that was handed over with an approval is the run's own, unless the script writes another one", async () => {
    verifies("approvals:files:opened-and-handed-over");
    const { result } = await run('print(open("out/plan").read())', {
      inputFiles: { "out/plan": "as approved" },
      config: { output_files: [file("plan", "text/plain")] },
    });
    expect(result).toMatchObject({ error: null, outputs: { plan: "out/plan" } });
    expect(lab.edge.files.get("out/plan")?.body.toString()).toBe("as approved");
  });

  it("that came with the bundle, and result.json likewise, are no result of this run", async () => {
    verifies("runner:result:not-the-bundles");
    const { result } = await lab.run({
      files: { "run.py": "print('x')", "result.json": '{"outputs":{"x":1}}', "out/report": "yesterday" },
      config: { output_files: [file("report", "text/plain")] },
    });
    expect(result).toMatchObject({ outcome: "failure", error_code: "missing_result" });
    expect(lab.edge.files.size).toBe(0);
  });
});

describe("def run(inputs, context)", () => {
  it.each([
    [
      "a logger is set up",
      "import logging\nlog = logging.getLogger(__name__ + 'x')\nlog.setLevel(logging.INFO)",
    ],
    ["something is printed", "print('starting', flush=True)"],
    ["a file is opened", "with open('inputs.json') as file: settings = file.read()"],
  ])("is called although %s", async (_, setUp) => {
    verifies("runner:call:harmless-set-up");
    const { result } = await run(`${setUp}\ndef run(inputs, context): return {"x": 1}`);
    expect(result.outputs).toEqual({ x: 1 });
  });

  it("is called when it is imported from the bundle", async () => {
    const { result } = await lab.run({
      files: {
        "run.py": "from lib.job import run",
        "lib/job.py": "def run(inputs, context): return {'x': 1}",
      },
    });
    expect(result.outputs).toEqual({ x: 1 });
  });

  it("that is not called, because the file does something of its own, is told in the log", async () => {
    const attempt = await run("def run(inputs, context): return 1\nfor n in range(2): print(n)");
    expect(attempt.lines("system")[0]).toContain("run() is defined but was not called, because line 2");
  });

  it("may live beside modules that are named like standard ones", async () => {
    verifies("runner:call:own-module-names");
    const names = ["token", "types", "inspect", "socket", "typing", "ast", "functools"];
    const files = Object.fromEntries(names.map((name) => [`${name}.py`, "def make(): return 't'"]));
    const { result } = await lab.run({
      files: { ...files, "run.py": "def run(inputs, context):\n    return {'x': 't'}" },
    });
    expect(result).toMatchObject({ error: null, outputs: { x: "t" } });
  });

  it("imports the worker's own module where a standard one has its name, as the plain script does", async () => {
    const names = ["token", "inspect", "dataclasses", "traceback"];
    const files = Object.fromEntries(names.map((name) => [`${name}.py`, `def make(): return '${name}'`]));
    const imports = names.map((name) => `import ${name}`).join("; ");
    const calls = names.map((name) => `${name}.make()`).join(", ");
    const { result } = await lab.run({
      files: { ...files, "run.py": `${imports}\ndef run(inputs, context):\n    return {'x': [${calls}]}` },
    });
    expect(result).toMatchObject({ error: null, outputs: { x: names } });
  });

  it("may return a Decimal for a number", async () => {
    const { result } = await run(
      'from decimal import Decimal\ndef run(inputs): return {"n": Decimal("10.10")}',
      { config: { output_scalars: [{ name: "n", required: true, type: "number" }] } },
    );
    expect(result.outputs).toEqual({ n: 10.1 });
  });

  it("gets a context that logs, and gives secrets, connections and outputs, by key and by attribute", async () => {
    verifies("runner:call:context");
    const attempt = await run(
      `
def run(inputs, context):
    context["log"]("a"); context["log"]("b", level="error"); context.log.warning("c %s", 1); context.log("d")
    context.write_output("summary", "# x\\n")
    return {"outputs": {"k": [context["secrets"].get("KEY") is not None, context.secrets.get("X"), context.connections.get("gmail"), "log" in context]}}`,
      { config: { secrets: { KEY: "123456789" }, output_files: [file("summary", "text/markdown")] } },
    );
    expect(attempt.result.error).toBeNull();
    expect(attempt.lines()).toEqual(["a", "b", "c 1", "d"]);
    expect(attempt.result.outputs).toEqual({ k: [true, null, null, true], summary: "out/summary" });
  });
});
