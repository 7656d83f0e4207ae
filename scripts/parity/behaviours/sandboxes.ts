import { Sandbox } from "e2b";
import { refusal } from "../behaviour.ts";
import type { Behaviour } from "../behaviour.ts";

const NO_SUCH_TEMPLATE = "floom-parity-no-such-template";

/** The control plane: create, list, pause, time-outs, and what it refuses. */
export const sandboxBehaviours: Behaviour[] = [
  {
    name: "a time-out of 0 is refused when a sandbox is created",
    expected: "400",
    measure: ({ create }) => refusal(() => create({ timeoutMs: 0 })),
  },
  {
    name: "a template that nobody built is refused",
    expected: `404: template '${NO_SUCH_TEMPLATE}' not found`,
    measure: async ({ connection }) => {
      const created = Sandbox.create(NO_SUCH_TEMPLATE, connection);
      return created.then(
        async (box) => `created, killed again: ${await box.kill()}`,
        (error: unknown) => (error instanceof Error ? error.message : String(error)),
      );
    },
  },
  {
    name: "a sandbox is listed under the metadata it was made with, and under no other",
    expected: [1, 0],
    measure: async ({ create, connection }) => {
      const box = await create({ metadata: { parity: "yes & no" } });
      const count = async (metadata: Record<string, string>): Promise<number> =>
        (await Sandbox.list({ ...connection, query: { metadata } }).nextItems()).filter(
          ({ sandboxId }) => sandboxId === box.sandboxId,
        ).length;
      return [await count({ parity: "yes & no" }), await count({ parity: "yes" })];
    },
  },
  {
    name: "its information tells the template by name and that it runs",
    expected: { name: "base", state: "running" },
    measure: async ({ box }) => {
      const { name, state } = await (await box()).getInfo();
      return { name: name ?? null, state };
    },
  },
  {
    name: "a killed sandbox is gone for kill, isRunning, connect and commands",
    expected: { killed: true, again: false, running: false, connect: "SandboxNotFoundError" },
    measure: async ({ create, connection }) => {
      const box = await create();
      const killed = await box.kill();
      return {
        killed,
        again: await box.kill(),
        running: await box.isRunning(),
        connect: await refusal(() => Sandbox.connect(box.sandboxId, connection)),
      };
    },
  },
  {
    name: "a paused sandbox says so, is paused once, refuses a new time-out, and goes on with its memory",
    expected: { paused: true, again: false, state: "paused", timeout: "409", kept: "7\n" },
    measure: async ({ create, connection }) => {
      const box = await create();
      await box.commands.run("x=7; while ! test -e go; do sleep 0.1; done; echo $x > kept", {
        background: true,
      });
      const paused = await box.pause();
      const again = await box.pause();
      const { state } = await Sandbox.getInfo(box.sandboxId, connection);
      const timeout = await refusal(() => box.setTimeout(60_000));
      const resumed = await Sandbox.connect(box.sandboxId, connection);
      await resumed.files.write("go", "");
      await resumed.commands.run("while ! test -s kept; do sleep 0.1; done");
      return { paused, again, state, timeout, kept: await resumed.files.read("kept") };
    },
  },
  {
    name: "a pause without memory keeps files, ends processes, and is followed by another boot",
    expected: { paused: true, kept: "7", processes: 0, rebooted: true },
    measure: async ({ create, connection }) => {
      const box = await create();
      const boot = async (): Promise<string> =>
        (await box.commands.run("cat /proc/sys/kernel/random/boot_id")).stdout;
      const before = await boot();
      await box.files.write("/home/user/kept", "7");
      await box.commands.run("exec sleep 300", { background: true });
      const paused = await box.pause({ keepMemory: false });
      const resumed = await Sandbox.connect(box.sandboxId, connection);
      const kept = await resumed.files.read("/home/user/kept");
      const processes = (await resumed.commands.list()).length;
      return { paused, kept, processes, rebooted: (await boot()) !== before };
    },
  },
  {
    name: "variables given at creation reach commands, and those of the command win",
    expected: ["made", "own"],
    measure: async ({ create }) => {
      const { commands } = await create({ envs: { PARITY: "made" } });
      const first = await commands.run("echo -n $PARITY");
      return [first.stdout, (await commands.run("echo -n $PARITY", { envs: { PARITY: "own" } })).stdout];
    },
  },
  {
    name: "a snapshot can be taken",
    expected: "accepted",
    byDesign: { row: "snapshots", local: "501" },
    measure: async ({ create, connection }) => {
      const box = await create();
      return refusal(async () => {
        const { snapshotId } = await box.createSnapshot();
        await Sandbox.deleteSnapshot(snapshotId, connection);
      });
    },
  },
  {
    name: "a sandbox can be forked",
    expected: "accepted",
    byDesign: { row: "snapshots", local: "501" },
    measure: async ({ create }) => {
      const box = await create();
      return refusal(async () => {
        for (const fork of await box.fork()) if (!(fork instanceof Error)) await fork.kill();
      });
    },
  },
  {
    name: "a port opened inside answers from outside",
    expected: 200,
    byDesign: { row: "ports", local: 502 },
    measure: async ({ create, visit }) => {
      const box = await create();
      await box.commands.run("python3 -m http.server 8000", { background: true, timeoutMs: 0 });
      await box.commands.run(
        "until curl -s --noproxy '*' -o /dev/null http://127.0.0.1:8000/; do sleep 0.1; done",
      );
      return visit(box, 8000);
    },
  },
];
