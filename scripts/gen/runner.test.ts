import { createHash } from "node:crypto";
import { execFileSync } from "node:child_process";
import { readFile } from "node:fs/promises";
import { expect, it } from "vitest";
import { runnerArchiveBase64, runnerDigest } from "../../worker/sandboxes/runner.gen.ts";
import { inRoot } from "../checkout.ts";
import { runnerArchive } from "./runner.ts";

it("the checked-in runner is what its sources make, byte for byte", async () => {
  const made = await runnerArchive.render();
  expect(await readFile(inRoot(runnerArchive.file), "utf8")).toBe(made);
  expect(createHash("sha256").update(Buffer.from(runnerArchiveBase64, "base64")).digest("hex")).toBe(
    runnerDigest,
  );
});

it("the runner's sources are Python 3.9 and import the standard library alone", () => {
  const check = `
import ast, pathlib, sys
for path in pathlib.Path(sys.argv[1]).rglob("*.py"):
    tree = ast.parse(path.read_text(), str(path), feature_version=(3, 9))
    for node in ast.walk(tree):
        names = [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
        if isinstance(node, ast.ImportFrom) and node.level == 0:
            names = [node.module]
        for name in names:
            assert name.split(".")[0] in {*sys.stdlib_module_names, "floom", "floom_runner"}, (path, name)
print("fine")`;
  const answer = execFileSync("/usr/bin/python3", ["-c", check, inRoot("runner")]);
  expect(answer.toString()).toBe("fine\n");
});
