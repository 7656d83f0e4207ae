import assert from "node:assert/strict";
import { AuthenticationError, NotFoundError, Sandbox, SandboxNotFoundError, TimeoutError } from "e2b";
import type { SandboxInfo, SandboxListOpts } from "e2b";
import { eventually } from "./case.ts";
import type { ConformanceCase, Target } from "./case.ts";

const NEVER_WAS = "i0000000000000000000";

/** create, connect, list (metadata, state, paging), kill, timeout, pause and resume, info, metrics. */
export const sandboxCases: ConformanceCase[] = [
  {
    name: "create gives a running sandbox of its own; kill ends it once",
    async run({ create, target }) {
      const [one, two] = await Promise.all([create(), create()]);
      assert.notEqual(one.sandboxId, two.sandboxId);
      assert.equal(await one.isRunning(), true);
      await one.files.write("mine", "1");
      assert.equal(await two.files.exists("mine"), false);
      assert.equal(await one.kill(), true);
      assert.equal(await one.isRunning(), false);
      assert.equal(await Sandbox.kill(one.sandboxId, target), false);
      assert.equal(await two.isRunning(), true);
      await assert.rejects(one.commands.run("true"), SandboxNotFoundError);
      await assert.rejects(one.files.read("mine"), TimeoutError);
    },
  },
  {
    name: "a wrong API key and a wrong sandbox token are refused",
    async run({ sandbox, target }) {
      const { sandboxId } = await sandbox();
      await assert.rejects(
        Sandbox.getInfo(sandboxId, { ...target, apiKey: "not-the-key" }),
        AuthenticationError,
      );
      const stranger = new Sandbox({ ...target, sandboxId, envdVersion: "0.6.13", envdAccessToken: "wrong" });
      await assert.rejects(stranger.files.list("/"), AuthenticationError);
      await assert.rejects(stranger.files.read("/etc/passwd"), AuthenticationError);
    },
  },
  {
    name: "connect reaches the same sandbox, and only extends its time",
    async run({ create, target }) {
      const sandbox = await create({ timeoutMs: 100_000 });
      await sandbox.files.write("note", "same");
      const again = await Sandbox.connect(sandbox.sandboxId, { ...target, timeoutMs: 1_000 });
      assert.equal(again.sandboxId, sandbox.sandboxId);
      assert.equal(await again.files.read("note"), "same");
      assert.ok(secondsLeft(await again.getInfo()) > 60);
      await Sandbox.connect(sandbox.sandboxId, { ...target, timeoutMs: 900_000 });
      assert.ok(secondsLeft(await again.getInfo()) > 800);
      await assert.rejects(Sandbox.connect(NEVER_WAS, target), SandboxNotFoundError);
    },
  },
  {
    name: "info tells what was asked for and what was given",
    async run({ create, target }) {
      const sandbox = await create({ metadata: { job: "info", "k e y": "v&l=ü" }, timeoutMs: 200_000 });
      const info = await sandbox.getInfo();
      assert.equal(info.sandboxId, sandbox.sandboxId);
      assert.equal(info.state, "running");
      assert.equal(info.envdVersion, "0.6.13");
      assert.deepEqual(info.metadata, { job: "info", "k e y": "v&l=ü" });
      assert.ok(info.cpuCount >= 1 && info.memoryMB >= 128);
      assert.ok(Math.abs(secondsLeft(info) - 200) < 60);
      assert.equal(info.lifecycle?.onTimeout, "kill");
      await assert.rejects(Sandbox.getInfo(NEVER_WAS, target), SandboxNotFoundError);
    },
  },
  {
    name: "list by metadata, whole match of every pair",
    async run({ create, target }) {
      const mark = crypto.randomUUID();
      const odd = await create({ metadata: { mark, kind: "a=b&c d" } });
      const even = await create({ metadata: { mark, kind: "even" } });
      assert.deepEqual(await listed({ ...target, query: { metadata: { mark } } }), [
        even.sandboxId,
        odd.sandboxId,
      ]);
      assert.deepEqual(await listed({ ...target, query: { metadata: { mark, kind: "a=b&c d" } } }), [
        odd.sandboxId,
      ]);
      assert.deepEqual(await listed({ ...target, query: { metadata: { mark: "other" } } }), []);
    },
  },
  {
    name: "list by state, order and start",
    async run({ create, target }) {
      const mark = crypto.randomUUID();
      const early = await create({ metadata: { mark } });
      const late = await create({ metadata: { mark } });
      await early.pause();
      const list = async (options: SandboxListOpts) =>
        listed({ ...target, ...options, query: { metadata: { mark }, ...options.query } });
      assert.deepEqual(await list({ query: { state: ["running"] } }), [late.sandboxId]);
      assert.deepEqual(await list({ query: { state: ["paused"] } }), [early.sandboxId]);
      assert.deepEqual(await list({ query: { state: ["running", "paused"] } }), [
        late.sandboxId,
        early.sandboxId,
      ]);
      assert.deepEqual(await list({ order: "asc" }), [early.sandboxId, late.sandboxId]);
      const { startedAt } = await late.getInfo();
      assert.deepEqual(await list({ query: { startedAfter: startedAt } }), [late.sandboxId]);
    },
  },
  {
    name: "list in pages gives each sandbox once",
    async run({ create, target }) {
      const mark = crypto.randomUUID();
      const created = await Promise.all([1, 2, 3].map(async () => create({ metadata: { mark } })));
      const pages = Sandbox.list({ ...target, limit: 2, query: { metadata: { mark } } });
      assert.equal(pages.hasNext, true);
      const first = await pages.nextItems();
      assert.equal(first.length, 2);
      assert.equal(pages.hasNext, true);
      const second = await pages.nextItems();
      assert.equal(second.length, 1);
      assert.equal(pages.hasNext, false);
      assert.deepEqual(
        new Set([...first, ...second].map((info) => info.sandboxId)),
        new Set(created.map((sandbox) => sandbox.sandboxId)),
      );
    },
  },
  {
    name: "setTimeout counts from now, in both directions, and time-out ends the sandbox",
    async run({ create, target }) {
      const sandbox = await create({ timeoutMs: 60_000 });
      await sandbox.setTimeout(600_000);
      assert.ok(secondsLeft(await sandbox.getInfo()) > 500);
      await sandbox.setTimeout(1_000);
      await eventually("the sandbox ends", async () => !(await sandbox.isRunning()));
      await eventually("it is forgotten", async () => isNotFound(Sandbox.getInfo(sandbox.sandboxId, target)));
      await assert.rejects(Sandbox.setTimeout(NEVER_WAS, 1_000, target), SandboxNotFoundError);
    },
  },
  {
    name: "a command running when its sandbox is killed fails with TimeoutError",
    async run({ create }) {
      const sandbox = await create();
      const handle = await sandbox.commands.run("echo up; sleep 300", { background: true });
      await eventually("the command is up", () => handle.stdout === "up\n");
      const outcome = assert.rejects(handle.wait(), TimeoutError);
      await sandbox.kill();
      await outcome;
    },
  },
  {
    name: "pause keeps files and processes; connect resumes; a second pause says so",
    async run({ create, target }) {
      const sandbox = await create();
      const counting = "n=0; while true; do n=$((n+1)); echo $n > count; sleep 0.02; done";
      const handle = await sandbox.commands.run(counting, { background: true, timeoutMs: 0 });
      const count = async () =>
        Number((await sandbox.files.exists("count")) ? await sandbox.files.read("count") : 0);
      await eventually("the process counts", async () => (await count()) > 0);
      assert.equal(await sandbox.pause(), true);
      assert.equal(await sandbox.pause(), false);
      assert.equal((await Sandbox.getInfo(sandbox.sandboxId, target)).state, "paused");
      assert.equal(await sandbox.isRunning(), false);
      const resumed = await Sandbox.connect(sandbox.sandboxId, target);
      assert.equal((await resumed.getInfo()).state, "running");
      const before = await count();
      await eventually("the process goes on", async () => (await count()) > before);
      assert.equal(await resumed.commands.kill(handle.pid), true);
      await assert.rejects(Sandbox.pause(NEVER_WAS, target), SandboxNotFoundError);
    },
  },
  {
    name: "a command's time stands still while its sandbox is paused",
    async run({ create, target }) {
      const sandbox = await create();
      const handle = await sandbox.commands.run("until [ -e go ]; do sleep 0.02; done; echo made it", {
        background: true,
        timeoutMs: 6_000,
      });
      handle.wait().catch(() => {});
      await sandbox.pause();
      await new Promise((resolve) => setTimeout(resolve, 7_000));
      const resumed = await Sandbox.connect(sandbox.sandboxId, target);
      await resumed.files.write("go", "");
      const { stdout } = await (await resumed.commands.connect(handle.pid)).wait();
      assert.equal(stdout, "made it\n");
    },
  },
  {
    name: "onTimeout pause keeps the sandbox for a later connect",
    async run({ create, target }) {
      const sandbox = await create({ timeoutMs: 1_000, lifecycle: { onTimeout: "pause" } });
      assert.equal((await sandbox.getInfo()).lifecycle?.onTimeout, "pause");
      await sandbox.files.write("kept", "yes");
      await eventually("the sandbox is paused", async () => {
        const { state } = await Sandbox.getInfo(sandbox.sandboxId, target);
        return state === "paused";
      });
      const resumed = await Sandbox.connect(sandbox.sandboxId, { ...target, timeoutMs: 60_000 });
      assert.equal(await resumed.files.read("kept"), "yes");
    },
  },
  {
    name: "a pause without memory keeps the files, ends every process, and is followed by another boot",
    async run({ create, target }) {
      const sandbox = await create({ envs: { GIVEN: "still" } });
      const boot = async () => (await sandbox.commands.run("cat /proc/sys/kernel/random/boot_id")).stdout;
      await sandbox.files.write("kept", "yes");
      await sandbox.files.write("/dev/shm/lost", "was in memory");
      const before = await boot();
      const handle = await sandbox.commands.run("exec sleep 300", { background: true, timeoutMs: 0 });
      const ended = handle.wait().catch(() => "ended");
      await sandbox.commands.run("setsid -f sleep 301 > /dev/null 2>&1");
      assert.equal(await sandbox.pause({ keepMemory: false }), true);
      assert.equal(await sandbox.pause({ keepMemory: false }), false);
      assert.equal(await sandbox.isRunning(), false);
      const again = await Sandbox.connect(sandbox.sandboxId, target);
      assert.equal(await ended, "ended");
      assert.equal(await again.files.read("kept"), "yes");
      assert.equal(await again.files.exists("/dev/shm/lost"), false);
      assert.deepEqual(await again.commands.list(), []);
      await assert.rejects(again.commands.connect(handle.pid), NotFoundError);
      assert.equal((await again.commands.run("pgrep -c sleep || echo $GIVEN")).stdout, "0\nstill\n");
      assert.notEqual(await boot(), before);
    },
  },
  {
    name: "onTimeout pause without memory lets the sandbox wait for a connect, and traffic does not wake it",
    async run({ create, target }) {
      const sandbox = await create({
        timeoutMs: 1_500,
        lifecycle: { onTimeout: { action: "pause", keepMemory: false } },
      });
      await sandbox.files.write("kept", "yes");
      await sandbox.commands.run("exec sleep 300", { background: true });
      await eventually("the sandbox is paused", async () => {
        const { state } = await Sandbox.getInfo(sandbox.sandboxId, target);
        return state === "paused";
      });
      assert.equal(await sandbox.isRunning(), false);
      const again = await Sandbox.connect(sandbox.sandboxId, { ...target, timeoutMs: 60_000 });
      assert.equal(await again.files.read("kept"), "yes");
      assert.deepEqual(await again.commands.list(), []);
    },
  },
  {
    name: "a sandbox that traffic wakes is not woken by it after a pause without memory",
    async run({ create, target }) {
      const lifecycle = { onTimeout: "pause", autoResume: true } as const;
      const sandbox = await create({ timeoutMs: 60_000, lifecycle });
      await sandbox.pause();
      assert.equal(await sandbox.files.exists("nothing"), false);
      await sandbox.pause({ keepMemory: false });
      await assert.rejects(sandbox.files.exists("nothing"));
      await Sandbox.connect(sandbox.sandboxId, target);
      await sandbox.pause();
      assert.equal(await sandbox.files.exists("nothing"), false);
    },
  },
  {
    name: "metrics measure the sandbox",
    async run({ sandbox, target }) {
      const box = await sandbox();
      await box.commands.run("head -c 20M /dev/zero > filler");
      const [metrics] = await box.getMetrics();
      assert.ok(metrics !== undefined);
      assert.ok(metrics.cpuCount >= 1 && metrics.cpuUsedPct >= 0 && metrics.cpuUsedPct <= 100);
      assert.ok(metrics.memUsed > 0 && metrics.memUsed < metrics.memTotal);
      assert.ok(metrics.diskUsed >= 20_000_000 && metrics.diskUsed < metrics.diskTotal);
      assert.ok(Math.abs(metrics.timestamp.getTime() - Date.now()) < 60_000);
      await assert.rejects(Sandbox.getMetrics(NEVER_WAS, target), SandboxNotFoundError);
    },
  },
];

async function isNotFound(answer: Promise<unknown>): Promise<boolean> {
  return answer.then(
    () => false,
    (error: unknown) => error instanceof SandboxNotFoundError,
  );
}

function secondsLeft(info: SandboxInfo): number {
  return (info.endAt.getTime() - Date.now()) / 1000;
}

async function listed(options: SandboxListOpts & Target): Promise<string[]> {
  const pages = Sandbox.list(options);
  const ids: string[] = [];
  while (pages.hasNext) ids.push(...(await pages.nextItems()).map((info) => info.sandboxId));
  return ids;
}
