import { createHash } from "node:crypto";
import { afterEach, beforeEach, expect, it } from "vitest";
import { RunnerLab } from "../test/support/runner/start-runner.ts";
import type { Attempt } from "../test/support/runner/start-runner.ts";
import { verifies } from "../test/verifies.ts";

let lab: RunnerLab;
beforeEach(async () => {
  lab = await RunnerLab.open();
});
afterEach(async () => {
  await lab.close();
});

const sha256 = (text: string) => createHash("sha256").update(text).digest("hex");
const left = ({ entries }: Attempt) =>
  entries.flatMap((entry) =>
    entry.type === "context_file" ? [[entry.context, entry.path, entry.sha256]] : [],
  );
const notes = { name: "notes", writeable: true, files: { "a.md": "one", "deep/b.md": "two" } };
const done = `\nimport json; json.dump({"outputs": {}}, open("result.json", "w"))\n`;

it("a script finds its contexts, without what its bundle brought to the same place", async () => {
  verifies("contexts:mounts:placed");
  const { result } = await lab.run({
    contexts: [notes, { name: "empty", writeable: false, files: {} }],
    files: {
      "context/notes/stale.md": "of the author's machine",
      "run.py": `
import json, os
names = sorted(os.path.join(folder, name) for folder, _, names in os.walk("context") for name in names)
json.dump({"outputs": {"names": names, "text": open("context/notes/a.md").read(), "empty": os.listdir("context/empty")}}, open("result.json", "w"))
`,
    },
  });
  expect(result.outputs).toEqual({
    names: ["context/notes/a.md", "context/notes/deep/b.md"],
    text: "one",
    empty: [],
  });
});

it("hands over what was changed in a writeable context, and nothing of what was not", async () => {
  verifies("contexts:write-back:changed-files");
  const attempt = await lab.run({
    contexts: [notes],
    files: {
      "run.py": `
import os
open("context/notes/a.md", "w").write("changed")
open("context/notes/new.md", "w").write("new")
os.unlink("context/notes/deep/b.md")
os.symlink("/etc/hostname", "context/notes/link")
os.mkfifo("context/notes/pipe")${done}`,
    },
  });
  expect(attempt.result.outcome).toBe("success");
  expect(left(attempt)).toEqual([
    ["notes", "a.md", sha256("changed")],
    ["notes", "new.md", sha256("new")],
  ]);
});

it("what is written into a read-only context goes nowhere, whatever the script does to its files", async () => {
  verifies("contexts:mounts:read-only");
  const attempt = await lab.run({
    contexts: [{ ...notes, writeable: false }],
    files: {
      "run.py": `
import os
os.chmod("context/notes", 0o755)
os.chmod("context/notes/a.md", 0o644)
open("context/notes/a.md", "w").write("changed all the same")
open("context/notes/new.md", "w").write("new")${done}`,
    },
  });
  expect([attempt.result.outcome, left(attempt)]).toEqual(["success", []]);
});

it.each([
  ["failed", "raise SystemExit(3)", "failure"],
  [
    "only asks",
    `import json; json.dump({"outputs": {}, "decision_required": {"label": "Send"}}, open("result.json", "w"))`,
    "success",
  ],
])("of a script that %s nothing is handed over", async (_what, end, outcome) => {
  const change = `open("context/notes/a.md", "w").write("changed")\n`;
  const attempt = await lab.run({ contexts: [notes], files: { "run.py": change + end } });
  expect([attempt.result.outcome, left(attempt)]).toEqual([outcome, []]);
});

it("a file that holds the value of a secret ends the run instead of getting into the context", async () => {
  verifies("contexts:write-back:no-secrets");
  const { result } = await lab.run({
    contexts: [notes],
    config: { secrets: { KEY: "hunter2-hunter2" } },
    files: { "run.py": `import os\nopen("context/notes/log.txt", "w").write(os.environ["KEY"])${done}` },
  });
  expect([result.outcome, result.error_code]).toEqual(["failure", "context_refused"]);
  expect(result.error).toContain("context/notes/log.txt");
  expect(JSON.stringify(result)).not.toContain("hunter2");
});
