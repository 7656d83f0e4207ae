import { execFile } from "node:child_process";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { afterEach, beforeEach, expect, it } from "vitest";
import { sandboxPaths } from "#contract/runner/runner";
import { verifies } from "../../test/verifies.ts";
import { buildCommand, KEPT_BYTES, placeOf } from "./build-command.ts";

const run = promisify(execFile);
let home: string;

beforeEach(async () => {
  home = await mkdtemp(join(tmpdir(), "floom-command-"));
  await run("mkdir", ["-p", inHome(sandboxPaths.work_dir)]);
});
afterEach(async () => {
  await rm(home, { recursive: true, force: true });
});

/** The sandbox's home, below a folder of this test. */
const inHome = (text: string) => text.replaceAll("/home/user", home);

async function begin(key: string, change: Partial<Parameters<typeof buildCommand>[0]>): Promise<void> {
  const order = { key, cmd: "true", args: [], cwd: "", timeout_seconds: 10, ...change };
  await run("bash", ["-c", inHome(buildCommand(order))]);
}

const read = (key: string, what: "stdout" | "stderr" | "exit") =>
  readFile(inHome(placeOf(key)[what]), "utf8");

it("keeps what a command told and its exit code, whatever its words hold", async () => {
  const script = 'echo "$1"; echo no >&2; exit 3';
  await begin("a", { cmd: "bash", args: ["-c", script, "-", "it's $HOME `date`; rm -rf /nowhere"] });
  expect(await read("a", "stdout")).toBe("it's $HOME `date`; rm -rf /nowhere\n");
  expect(await read("a", "stderr")).toBe("no\n");
  expect(await read("a", "exit")).toBe("3\n");
});

it("runs a command once, however often it is begun", async () => {
  verifies("agents:commands:once");
  const args = ["-c", "echo once >> count"];
  await Promise.all([begin("a", { cmd: "bash", args }), begin("a", { cmd: "bash", args })]);
  await begin("a", { cmd: "bash", args });
  expect(await readFile(join(inHome(sandboxPaths.work_dir), "count"), "utf8")).toBe("once\n");
});

it("keeps the beginning of endless output, and ends what takes too long or leaves programs behind", async () => {
  verifies("agents:commands:bounded");
  await begin("a", { cmd: "bash", args: ["-c", "yes | head -c 1000000; echo end >&2"] });
  expect((await read("a", "stdout")).length).toBe(KEPT_BYTES);
  expect(await read("a", "stderr")).toBe("end\n");
  await begin("b", { cmd: "sleep", args: ["30"], timeout_seconds: 1 });
  expect(await read("b", "exit")).toBe("124\n");
  await begin("c", { cmd: "bash", args: ["-c", "sleep 600 & echo left $!"] });
  const [, left] = /^left (\d+)\n$/.exec(await read("c", "stdout")) ?? [];
  if (left !== undefined) process.kill(Number(left));
  expect(left).toBeDefined();
  expect(await read("c", "exit")).toBe("0\n");
  await begin("d", { cwd: "no/such" });
  expect(await read("d", "exit")).toBe("126\n");
});
