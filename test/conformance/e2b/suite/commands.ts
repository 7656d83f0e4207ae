import assert from "node:assert/strict";
import { AuthenticationError, CommandExitError, InvalidArgumentError, TimeoutError } from "e2b";
import type { CommandResult } from "e2b";
import { eventually } from "./case.ts";
import type { ConformanceCase } from "./case.ts";

/** commands.run, background, connect, list, kill, standard input, time-outs, exit codes, envs, cwd, user. */
export const commandCases: ConformanceCase[] = [
  {
    name: "run returns both outputs and exit code 0",
    async run({ sandbox }) {
      const result = await (await sandbox()).commands.run("echo out; echo err >&2");
      assert.deepEqual({ ...result }, { exitCode: 0, error: undefined, stdout: "out\n", stderr: "err\n" });
    },
  },
  {
    name: "run streams output while the command runs",
    async run({ sandbox }) {
      const { commands, files } = await sandbox();
      const seen: string[] = [];
      const running = commands.run("echo first; until [ -e go ]; do sleep 0.02; done; echo second >&2", {
        onStdout: (text) => void seen.push(text),
        onStderr: (text) => void seen.push(text),
      });
      await eventually("the first line arrives", () => seen.length > 0);
      assert.deepEqual(seen, ["first\n"]);
      await files.write("go", "");
      await running;
      assert.deepEqual(seen, ["first\n", "second\n"]);
    },
  },
  {
    name: "run throws CommandExitError with exit code, outputs and error",
    async run({ sandbox }) {
      const failure = await failureOf((await sandbox()).commands.run("echo half; echo why >&2; exit 7"));
      assert.equal(failure.exitCode, 7);
      assert.equal(failure.stdout, "half\n");
      assert.equal(failure.stderr, "why\n");
      assert.equal(failure.error, "exit status 7");
    },
  },
  {
    name: "run passes the shell's exit code of an unknown program",
    async run({ sandbox }) {
      assert.equal((await failureOf((await sandbox()).commands.run("no-such-program"))).exitCode, 127);
    },
  },
  {
    name: "envs: those of the sandbox, those of the command, and the command's win",
    async run({ create }) {
      const sandbox = await create({ envs: { FROM_SANDBOX: "one", SHARED: "sandbox" } });
      const { stdout } = await sandbox.commands.run('echo "$FROM_SANDBOX $SHARED $OWN"', {
        envs: { SHARED: "command", OWN: "a b\n'\"$HOME" },
      });
      assert.equal(stdout, "one command a b\n'\"$HOME\n");
      assert.equal((await sandbox.commands.run('echo "$SHARED"')).stdout, "sandbox\n");
    },
  },
  {
    name: "cwd: home by default, absolute, relative to home, and refused when missing",
    async run({ sandbox }) {
      const { commands, files } = await sandbox();
      await files.makeDir("deep/er");
      assert.equal((await commands.run("pwd")).stdout, "/home/user\n");
      assert.equal((await commands.run("pwd", { cwd: "/tmp" })).stdout, "/tmp\n");
      assert.equal((await commands.run("pwd", { cwd: "deep/er" })).stdout, "/home/user/deep/er\n");
      await assert.rejects(commands.run("pwd", { cwd: "/not/there" }), InvalidArgumentError);
    },
  },
  {
    name: "user: default, root, and refused when unknown",
    async run({ sandbox }) {
      const { commands } = await sandbox();
      assert.equal((await commands.run('echo "$USER $HOME"')).stdout, "user /home/user\n");
      assert.equal((await commands.run('echo "$USER $HOME"', { user: "root" })).stdout, "root /root\n");
      await assert.rejects(commands.run("true", { user: "nobody-we-know" }), AuthenticationError);
    },
  },
  {
    name: "timeoutMs ends the wait with TimeoutError and kills the command",
    async run({ sandbox }) {
      const { commands } = await sandbox();
      await assert.rejects(commands.run("sleep 300", { timeoutMs: 400 }), TimeoutError);
      await eventually("the command is gone", async () => (await commands.list()).length === 0);
      assert.equal((await commands.run("pgrep -x sleep || echo none")).stdout, "none\n");
    },
  },
  {
    name: "timeoutMs 0 means no time limit",
    async run({ sandbox }) {
      assert.equal((await (await sandbox()).commands.run("echo free", { timeoutMs: 0 })).stdout, "free\n");
    },
  },
  {
    name: "background returns at once; wait gives the result",
    async run({ sandbox }) {
      const { commands, files } = await sandbox();
      const handle = await commands.run("until [ -e go ]; do sleep 0.02; done; echo done", {
        background: true,
      });
      assert.ok(handle.pid > 0);
      assert.equal(handle.exitCode, undefined);
      await files.write("go", "");
      assert.equal((await handle.wait()).stdout, "done\n");
      assert.equal(handle.exitCode, 0);
    },
  },
  {
    name: "a client that disconnects does not kill; connect gives the output from the first line on",
    async run({ sandbox }) {
      const { commands, files } = await sandbox();
      const script = "echo early; until [ -e go ]; do sleep 0.02; done; echo late; exit 4";
      const handle = await commands.run(script, { background: true });
      await eventually("the first line arrives", () => handle.stdout === "early\n");
      await handle.disconnect();
      await files.write("go", "");
      const again = await commands.connect(handle.pid);
      const failure = await failureOf(again.wait());
      assert.equal(failure.stdout, "early\nlate\n");
      assert.equal(failure.exitCode, 4);
    },
  },
  {
    name: "connect after the end still gives output and exit code",
    async run({ sandbox }) {
      const { commands } = await sandbox();
      const handle = await commands.run("echo kept; exit 5", { background: true });
      await failureOf(handle.wait());
      const failure = await failureOf((await commands.connect(handle.pid)).wait());
      assert.equal(failure.stdout, "kept\n");
      assert.equal(failure.exitCode, 5);
    },
  },
  {
    name: "list shows running commands with pid, arguments, envs and cwd",
    async run({ sandbox }) {
      const { commands } = await sandbox();
      const handle = await commands.run("sleep 300", { background: true, cwd: "/tmp", envs: { MARK: "1" } });
      const [listed, ...others] = await commands.list();
      assert.deepEqual(others, []);
      assert.deepEqual(listed, {
        pid: handle.pid,
        cmd: "/bin/bash",
        args: ["-l", "-c", "sleep 300"],
        envs: { MARK: "1" },
        cwd: "/tmp",
      });
      await handle.kill();
      assert.deepEqual(await commands.list(), []);
    },
  },
  {
    name: "kill ends the command and its children; an unknown pid gives false",
    async run({ sandbox }) {
      const { commands } = await sandbox();
      const handle = await commands.run("sleep 301 & sleep 302; wait", { background: true });
      assert.equal(await handle.kill(), true);
      const failure = await failureOf(handle.wait());
      assert.equal(failure.exitCode, -1);
      assert.equal(failure.error, "signal: killed");
      assert.equal(await commands.kill(handle.pid), false);
      assert.equal(await commands.kill(999_999), false);
      assert.equal((await commands.run("pgrep -x sleep || echo none")).stdout, "none\n");
    },
  },
  {
    name: "standard input: text, bytes, and the end of it",
    async run({ sandbox }) {
      const { commands } = await sandbox();
      const handle = await commands.run("cat; echo over", { background: true, stdin: true });
      await commands.sendStdin(handle.pid, "text\n");
      await handle.sendStdin(new Uint8Array([0xe2, 0x82, 0xac, 0x0a]));
      await eventually("both lines come back", () => handle.stdout === "text\n€\n");
      await commands.closeStdin(handle.pid);
      assert.equal((await handle.wait()).stdout, "text\n€\nover\n");
    },
  },
  {
    name: "standard input is empty unless asked for, and writing to it is refused",
    async run({ sandbox }) {
      const { commands } = await sandbox();
      assert.equal((await commands.run("cat; echo empty")).stdout, "empty\n");
      const handle = await commands.run("sleep 300", { background: true });
      await assert.rejects(handle.sendStdin("x"), /without standard input/);
    },
  },
  {
    name: "bytes that are no UTF-8 arrive as replacement characters and break nothing",
    async run({ sandbox }) {
      const { stdout } = await (await sandbox()).commands.run("printf 'a\\xffb\\x00c'");
      assert.equal(stdout, "a\ufffdb\0c");
    },
  },
  {
    name: "a hundred thousand short lines arrive whole and in order",
    async run({ sandbox }) {
      const { stdout } = await (await sandbox()).commands.run("seq 1 100000");
      const lines = stdout.trimEnd().split("\n");
      assert.equal(lines.length, 100_000);
      assert.ok(lines.every((line, index) => line === String(index + 1)));
    },
  },
  {
    name: "a reader slower than the command loses nothing",
    async run({ sandbox }) {
      const sizeBytes = 8_000_000;
      let received = 0;
      const { commands } = await sandbox();
      await commands.run(`head -c ${sizeBytes} /dev/zero`, {
        onStdout: async (text) => {
          received += text.length;
          if (received < 200_000) await new Promise((resolve) => setTimeout(resolve, 20));
        },
      });
      assert.equal(received, sizeBytes);
    },
  },
];

async function failureOf(result: Promise<CommandResult>): Promise<CommandExitError> {
  try {
    await result;
  } catch (error) {
    assert.ok(error instanceof CommandExitError, String(error));
    return error;
  }
  throw new Error("the command succeeded");
}
