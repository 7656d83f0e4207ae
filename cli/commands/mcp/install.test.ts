import {
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterEach, beforeEach, expect, it } from "vitest";
import { callCli } from "../../../test/support/cli-host.ts";

let dir = "";
let file = "";
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), "floom-install-"));
  file = join(dir, ".vscode", "mcp.json");
  mkdirSync(dirname(file));
});
afterEach(() => rmSync(dir, { recursive: true }));

const call = (...argv: string[]) => callCli(["mcp", ...argv], { cwd: dir });

it("a link to where a person keeps the file stays a link, also to one that is still to be made", async () => {
  const kept = join(dir, "kept", "mcp.json");
  symlinkSync(join("..", "kept", "mcp.json"), file);
  for (const what of ["install", "uninstall", "install"]) {
    expect((await call(what, "--target", "vscode")).exitCode).toBe(0);
    expect(lstatSync(file).isSymbolicLink()).toBe(true);
    expect(readFileSync(kept, "utf8").includes("floom.mjs")).toBe(what === "install");
  }
});

it("a file that nobody may write, or that cannot be read as text, is left as it is", async () => {
  writeFileSync(file, "{}", { mode: 0o444 });
  const refused = await call("install", "--target", "vscode");
  expect([refused.exitCode, refused.stdout]).toEqual([5, ""]);
  expect(refused.stderr).toContain("is read-only");
  expect([readFileSync(file, "utf8"), statSync(file).mode & 0o777]).toEqual(["{}", 0o444]);
  rmSync(file);
  const latin = Buffer.from('{"name": "\xe9"}', "latin1");
  writeFileSync(file, latin);
  const foreign = await call("install", "--target", "vscode", "--json");
  expect([foreign.exitCode, JSON.parse(foreign.stderr)]).toMatchObject([2, { code: "unreadable_file" }]);
  expect(readFileSync(file)).toEqual(latin);
  rmSync(file);
  mkdirSync(file);
  expect((await call("install", "--target", "vscode")).stderr).toContain(file);
});

it("servers that are no object end in a sentence, not in a fault of ours", async () => {
  writeFileSync(file, '{"servers": null}');
  const { exitCode, stderr } = await call("install", "--target", "vscode");
  expect([exitCode, stderr.includes("fault of the CLI")]).toEqual([2, false]);
  expect(stderr).toContain("is left as it is");
});

it("where no file is known to take an entry out of, that is said, to machines as a document", async () => {
  expect((await call("uninstall", "--target", "generic")).stderr).toContain("by hand");
  const { stdout } = await call("uninstall", "--target", "generic", "--json");
  expect(JSON.parse(stdout)).toMatchObject({ target: "generic", file: null, changed: false });
});
