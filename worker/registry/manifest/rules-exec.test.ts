import { expect, it } from "vitest";
import { parseManifest } from "../parse-manifest.ts";

const file = (exec: string, top: string) =>
  `schema_version: "0.3"\nname: hello-worker\ntitle: Hello\nversion: 0.1.0\nexec:\n  ${exec}\n${top}\n`;

/** What runs, and what is said of `entrypoint`. */
function read(source: string, paths: string[]) {
  const { manifest, findings } = parseManifest(source, { paths: new Set(["worker.yml", ...paths]) });
  const said = findings.find(({ code }) => code === "entrypoint_differs");
  return [manifest?.exec.mode, manifest?.exec.entry, said?.message.split(":")[0]];
}

it.each([
  ["runtime: python311", "entrypoint: SKILL.md", ["SKILL.md"], ["agent", "SKILL.md", undefined]],
  [
    "runtime: python311",
    "entrypoint: SKILL.md",
    ["SKILL.md", "run.py"],
    ["script", "run.py", "entrypoint says SKILL.md, but run.py is what runs"],
  ],
  [
    "command: python job.py",
    "entrypoint: SKILL.md",
    ["SKILL.md", "job.py"],
    ["script", "job.py", "entrypoint says SKILL.md, but job.py is what runs"],
  ],
  [
    "entry: run.py",
    "entrypoints: [{name: main, path: other.py, type: script}]",
    ["run.py", "other.py"],
    ["script", "run.py", "entrypoint says other.py, but run.py is what runs"],
  ],
  [
    "runtime: bash\n  command: bash ./run.sh",
    "entrypoint: ./run.sh",
    ["run.sh"],
    ["script", "run.sh", undefined],
  ],
  ["mode: pure-script", "entrypoint: run.py", ["run.py"], ["script", "run.py", undefined]],
  ["runtime: skill", "entrypoint: prompts/do.md", ["prompts/do.md"], ["agent", "prompts/do.md", undefined]],
])("with exec {%s}, %s beside %j, what is said of entrypoint is what is so", (exec, top, paths, expected) => {
  expect(read(file(exec, top), paths)).toEqual(expected);
});
