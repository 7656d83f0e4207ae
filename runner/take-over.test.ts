import { afterEach, beforeEach, expect, it } from "vitest";
import { parseJournal, RunnerLab } from "../test/support/runner/start-runner.ts";
import { Turns } from "../test/support/runner/turns.ts";

let lab: RunnerLab;
beforeEach(async () => {
  lab = await RunnerLab.open();
});
afterEach(async () => {
  await lab.close();
});

/** A worker whose runs say what they find; the first of them leaves something. */
const leaves = (lines: string) => `
import os

def run(inputs, context):
    found, work = sorted(os.listdir(".")), os.getcwd()
    if not os.path.exists("../been"):
        open("../been", "w").close()
${lines.replaceAll(/^/gm, "        ")}
    return {"found": found}
`;

it.each([
  [
    "folders in folders, deeper than Python calls",
    "for _ in range(1500):\n    os.mkdir('a')\n    os.chdir('a')",
  ],
  [
    "a path that is longer than any may be, with folders that are shut",
    "for _ in range(40):\n    os.mkdir('x' * 200)\n    os.chdir('x' * 200)\nos.mkdir('0')\nos.chmod('0', 0)\nos.chmod('.', 0o500)",
  ],
  ["links to what is not its own", "os.symlink('/etc', 'link')\nos.mkdir('d')\nos.symlink('..', 'd/up')"],
])("the next run of a sandbox finds nothing of what the one before left: %s", async (_, lines) => {
  const turns = await Turns.begin(lab, { files: { "run.py": leaves(lines) } });
  const { result } = parseJournal(await turns.take(2));
  expect(result).toMatchObject({
    outcome: "success",
    outputs: {
      found: ["connections.json", "inputs.json", "run.py", ".env.local", "secrets.json"].toSorted(),
    },
  });
});

it.each([
  [
    "a file where a folder is to be",
    "import shutil\nshutil.rmtree('../node_modules')\nopen('../node_modules', 'w').close()",
  ],
  ["a folder where the script would be heard", "os.makedirs('../.floom/use-2/events.sock/x')"],
  [
    "a link that leads in a circle",
    "import shutil\nshutil.rmtree('../node_modules')\nos.symlink('node_modules', '../node_modules')",
  ],
])(
  "a run that cannot begin for what another has left is told by nobody, for the platform to begin elsewhere: %s",
  async (_, lines) => {
    const turns = await Turns.begin(lab, { files: { "run.py": leaves(lines) } });
    const journal = await turns.take(2);
    expect(journal).not.toContain('"phase":"run"');
    expect(journal).not.toContain('"type":"result"');
    expect(lab.edge.posts).toEqual([]);
  },
);
