import { spawnSync } from "node:child_process";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { RunnerLab } from "../test/support/runner/start-runner.ts";
import { verifies } from "../test/verifies.ts";

let lab: RunnerLab;
beforeEach(async () => {
  lab = await RunnerLab.open();
});
afterEach(async () => {
  await lab.close();
});

const approved_output = { text: "Hi Ada" };
const phases = {
  proposed: { environment: { FLOOM_DECISION: "proposed" }, inputs: { decision: "proposed" } },
  approved: {
    environment: { FLOOM_DECISION: "approved" },
    inputs: { decision: "approved", approved_output },
  },
};

const asked = {
  label: "Send it",
  preview: { to: "ada" },
  preview_type: "email",
};

const python = `
import floom
floom.write_output("draft", "Hello")
answer = floom.approve("Send it", {"to": "ada"}, outputs={"text": "Hello Ada"}, preview_type="email")
print("SENT", answer["text"])
floom.write_output("sent", answer["text"])
`;
const called = `
def run(inputs, context):
    context.write_output("draft", "Hello")
    try:
        answer = context.approve("Send it", {"to": "ada"}, outputs={"text": "Hello Ada"}, preview_type="email")
    except Exception:
        answer = {"text": "nobody asked"}
    print("SENT", answer["text"])
    return {"sent": answer["text"]}
`;
const question =
  '{ label: "Send it", preview: { to: "ada" }, previewType: "email", outputs: { text: "Hello Ada" } }';
const act = 'console.log("SENT", answer.text); writeOutput("sent", answer.text);';
const commonJs = `const { approve, writeOutput } = require("floom");
writeOutput("draft", "Hello"); const answer = approve(${question}); ${act}`;
const esModule = `import { approve, writeOutput } from "floom";
writeOutput("draft", "Hello"); const answer = approve(${question}); ${act}`;

describe.each([
  ["a Python script", "run.py", python, "python run.py"],
  ["a Python function", "run.py", called, "python run.py"],
  ["a CommonJS script", "run.js", commonJs, "node run.js"],
  ["an ES module", "run.mjs", esModule, "node run.mjs"],
])("floom.approve in %s", (_, entry, source, command) => {
  const run = (config: object) => lab.run({ files: { [entry]: source }, entry, command, config });

  it("ends the run with the question, before anything behind it has happened", async () => {
    verifies("runner:module:approve");
    const { result, lines } = await run(phases.proposed);
    expect(result).toMatchObject({
      outcome: "success",
      exit_code: 0,
      outputs: { draft: "Hello", text: "Hello Ada" },
      decision_required: asked,
    });
    expect(lines().join("\n")).not.toContain("SENT");
  });

  it("gives the run that follows what was approved", async () => {
    verifies("runner:module:approve");
    const { result, lines } = await run(phases.approved);
    expect(result).toMatchObject({ outcome: "success", outputs: { sent: "Hi Ada" } });
    expect(result.decision_required).toBeUndefined();
    expect(lines()).toContain("SENT Hi Ada");
  });
});

it.each([
  ["run.py", "import floom\nfloom.approve('Go')\nprint('SENT')", "python run.py"],
  ["run.js", 'require("floom").approve({label: "Go"}); console.log("SENT")', "node run.js"],
])(
  "a worker that asks nobody cannot be approved, whatever its caller calls a decision: %s",
  async (entry, source, command) => {
    verifies("runner:module:approve");
    const { result, lines } = await lab.run({
      files: { [entry]: source },
      entry,
      command,
      config: { inputs: { decision: "approved", approved_output } },
    });
    expect(result).toMatchObject({ outcome: "failure", error_code: "execution_error" });
    expect(result.error).toContain("approvals: {required: true}");
    expect(lines()).not.toContain("SENT");
  },
);

it("a second question in one run is refused, since only the first was answered", async () => {
  verifies("runner:module:approve");
  const source = "import floom\nfloom.approve('one')\nfloom.approve('two')";
  const { result } = await lab.run({ files: { "run.py": source }, config: phases.approved });
  expect(result).toMatchObject({ outcome: "failure" });
  expect(result.error).toContain("can ask once in a run");
});

it("on a laptop it says what would be asked, and goes no further", async () => {
  verifies("runner:module:laptop");
  const folder = await mkdtemp(join(tmpdir(), "floom-laptop-"));
  await writeFile(join(folder, "run.py"), "import floom\nfloom.approve('Send it')\nprint('SENT')");
  const { stdout, status } = spawnSync("/usr/bin/python3", ["run.py"], {
    cwd: folder,
    encoding: "utf8",
    env: { PATH: "/usr/bin", PYTHONPATH: import.meta.dirname } as unknown as NodeJS.ProcessEnv,
  });
  await rm(folder, { recursive: true });
  expect(stdout).toContain("approve: Send it");
  expect(stdout).not.toContain("SENT");
  expect(status).toBe(0);
});
