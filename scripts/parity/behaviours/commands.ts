import { CommandExitError } from "e2b";
import type { CommandHandle } from "e2b";
import { eventually, output, outputIn, refusal } from "../behaviour.ts";
import type { Behaviour, Value } from "../behaviour.ts";

async function endOf(handle: CommandHandle): Promise<Value> {
  try {
    return { exit_code: (await handle.wait()).exitCode };
  } catch (error) {
    if (!(error instanceof CommandExitError)) throw error;
    return { exit_code: error.exitCode, error: error.error ?? null };
  }
}

/** Commands: outputs, ends, input, signals, reconnecting. */
export const commandBehaviours: Behaviour[] = [
  {
    name: "both outputs and the exit code come apart",
    expected: ["out\n", "err\n", 3, "exit status 3"],
    measure: async ({ box }) => {
      const { commands } = await box();
      try {
        await commands.run("echo out; echo err >&2; exit 3");
        return "succeeded";
      } catch (error) {
        if (!(error instanceof CommandExitError)) throw error;
        return [error.stdout, error.stderr, error.exitCode, error.error ?? null];
      }
    },
  },
  {
    name: "a killed command says so, and an unknown one is not killed",
    expected: [true, { exit_code: -1, error: "signal: killed" }, false],
    measure: async ({ box }) => {
      const { commands } = await box();
      const handle = await commands.run("exec sleep 300", { background: true });
      const killed = await handle.kill();
      return [killed, await endOf(handle), await commands.kill(999_999)];
    },
  },
  {
    name: "a command that takes too long ends with a time-out",
    expected: "TimeoutError",
    measure: async ({ box }) => {
      const { commands } = await box();
      return refusal(() => commands.run("sleep 300", { timeoutMs: 1_000 }));
    },
  },
  {
    name: "a missing folder to work in is refused",
    expected: "InvalidArgumentError",
    measure: async ({ box }) => {
      const { commands } = await box();
      return refusal(() => commands.run("pwd", { cwd: "/no/such/folder" }));
    },
  },
  {
    name: "input is taken and its end is told",
    expected: "given",
    measure: async ({ box }) => {
      const { commands } = await box();
      const handle = await commands.run("cat", { background: true, stdin: true });
      await commands.sendStdin(handle.pid, "given");
      await commands.closeStdin(handle.pid);
      return (await handle.wait()).stdout;
    },
  },
  {
    name: "a background command is listed while it runs",
    expected: [true, false],
    measure: async ({ box }) => {
      const { commands } = await box();
      const handle = await commands.run("exec sleep 300", { background: true });
      const isListed = async (): Promise<boolean> =>
        (await commands.list()).some(({ pid }) => pid === handle.pid);
      const before = await isListed();
      await handle.kill();
      await eventually(async () => !(await isListed()));
      return [before, await isListed()];
    },
  },
  {
    name: "who connects to a running command gets what comes from then on",
    expected: "late\n",
    byDesign: { row: "reconnect", local: "early\nlate\n" },
    measure: async ({ create }) => {
      const { commands, files } = await create();
      const first = await commands.run("echo early; until test -e go; do sleep 0.1; done; echo late", {
        background: true,
      });
      await eventually(() => first.stdout === "early\n");
      await first.disconnect();
      const second = await commands.connect(first.pid);
      await files.write("go", "");
      return (await second.wait()).stdout;
    },
  },
  {
    name: "a kill meets the command alone, and what it started lives on",
    expected: "alive",
    byDesign: { row: "kill", local: "ended" },
    measure: async ({ create }) => {
      const box = await create();
      const { commands, files } = box;
      const handle = await commands.run("sleep 300 > /dev/null 2>&1 & echo $! > child; wait", {
        background: true,
      });
      await eventually(async () => (await files.exists("child")) && (await files.read("child")) !== "");
      await handle.kill();
      return outputIn(box, "if kill -0 $(cat child) 2> /dev/null; then echo alive; else echo ended; fi");
    },
  },
  {
    name: "what a command leaves behind in the background goes on when it has ended",
    expected: [0, true],
    measure: async ({ create }) => {
      const { commands, files } = await create();
      const { exitCode } = await commands.run(
        "nohup sh -c 'until test -e go; do sleep 0.1; done; echo 1 > done' > /dev/null 2>&1 &",
      );
      await files.write("go", "");
      return [exitCode, await eventually(() => files.exists("done"))];
    },
  },
  {
    name: "what a script adds to ~/.profile and /etc/profile.d counts for the commands after, and ~/.bashrc for terminals",
    expected: "1 1 none",
    measure: async ({ create }) => {
      const box = await create();
      await box.commands.run(
        "echo 'export ONE=1' >> ~/.profile; echo 'export TWO=1' | sudo tee /etc/profile.d/parity.sh; echo 'export THREE=1' >> ~/.bashrc",
      );
      return outputIn(box, "echo $ONE $TWO ${THREE:-none}");
    },
  },
  {
    name: "a terminal can be had",
    expected: "accepted",
    byDesign: { row: "terminals", local: "SandboxError" },
    measure: async ({ create }) => {
      const { pty } = await create();
      return refusal(async () => {
        const terminal = await pty.create({ cols: 80, rows: 24, onData: () => {} });
        await terminal.kill();
      });
    },
  },
  {
    name: "a command gets the folder, the home and the names of its user",
    expected: "/home/user /home/user user user",
    measure: (place) => output(place, 'echo "$PWD $HOME $USER $LOGNAME"'),
  },
  {
    name: "a command run as root has root's home and names",
    expected: "/root root root",
    measure: (place) => output(place, 'echo "$HOME $USER $LOGNAME"', { user: "root" }),
  },
  {
    name: "root and sudo have uid 0",
    expected: ["0", "0"],
    byDesign: { row: "users", local: ["1000", "1000"] },
    measure: async (place) => [
      await output(place, "id -u", { user: "root" }),
      await output(place, "sudo id -u"),
    ],
  },
  {
    name: "an ordinary user may not write to / and /etc",
    expected: "denied denied",
    byDesign: { row: "users", local: "written written" },
    measure: (place) =>
      output(
        place,
        "for f in /parity /etc/parity; do if (echo > $f) 2> /dev/null; then rm $f; echo written; else echo denied; fi; done | xargs echo",
      ),
  },
];
