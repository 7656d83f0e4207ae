import { Sandbox } from "e2b";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { runnerProgram, sandboxPaths } from "#contract/runner/runner";
import { startCommand } from "../../worker/sandboxes/start-command.ts";
import type { SandboxServer } from "../support/sandbox-server.ts";
import { verifies } from "../verifies.ts";
import { intrude, serverUsers, shell } from "./intruder.ts";
import { startProductionServer } from "./production-server.ts";

describe.each(serverUsers)("user code beside the runner that waits, on a server of %s", (_user, options) => {
  let server: SandboxServer;
  let sandbox: Sandbox;
  beforeAll(async () => {
    server = await startProductionServer(options);
    sandbox = await Sandbox.create("base", server.sdk);
  });
  afterAll(() => server.stop());

  it("finds one that waits, as every first command of a sandbox does", async () => {
    const command = `tr '\\0' ' ' </proc/$(cat ${sandboxPaths.control_dir}/waiting-*)/cmdline`;
    expect(await shell(sandbox, command)).toMatch(
      /^python3 \/opt\/agent\/start\/[0-9a-f]+\/__main__\.py --wait /,
    );
  });

  it("changes no file of its program, adds none, and puts none in its place", async () => {
    verifies("sandbox:attack:runner-program-kept");
    const program = `
root = ${JSON.stringify(runnerProgram.dir)}
files = [os.path.join(at, name) for at, _, names in os.walk(root) for name in names]
folders = [at for at, _, _ in os.walk(root)]
seen = [attempt(lambda: open(file, "r+b")) for file in files]
seen += [attempt(lambda: os.unlink(file)) for file in files]
seen += [attempt(lambda: os.chmod(file, 0o666)) for file in files]
seen += [attempt(lambda: open(os.path.join(at, "own.py"), "w")) for at in folders]
seen += [attempt(lambda: os.rename(at, at + "-old")) for at in folders]
tell([len(files) > 10, sorted(set(seen) - {"EROFS", "EACCES", "EPERM", "EBUSY", "EXDEV"})])`;
    expect(await intrude(sandbox, program)).toEqual([true, []]);
  });

  it("has no other process told to begin by what it leaves in place of the runner's number", async () => {
    verifies("sandbox:attack:runner-program-kept");
    const handle = await sandbox.commands.run("exec sleep 300", { background: true });
    await shell(
      sandbox,
      `for file in ${sandboxPaths.control_dir}/waiting-*; do echo ${handle.pid} >$file; done`,
    );
    await shell(sandbox, `bash -c ${quote(startCommand)}`);
    expect(await shell(sandbox, `kill -0 ${handle.pid} && cat /proc/${handle.pid}/comm`)).toBe("sleep\n");
    await handle.kill();
  });
});

/** As one word of a shell. */
function quote(text: string): string {
  return `'${text.replaceAll("'", `'\\''`)}'`;
}
