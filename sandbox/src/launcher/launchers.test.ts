import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import type { Launcher, LaunchOrder } from "./launcher.ts";
import { Launchers } from "./launchers.ts";
import type { MadeSandbox } from "./made-alike.ts";

const KINDS = ["user", "pid", "pid_for_children", "net", "mnt", "uts", "ipc", "cgroup"];
let numbered = 0;
/** What the kernel says of the next sandbox, each in namespaces of its own. */
const nextSandbox = (seccomp = 2): MadeSandbox => {
  numbered += 1;
  return {
    held: {
      status: `Seccomp:\t${seccomp}\n`,
      label: "",
      namespaces: Object.fromEntries(KINDS.map((kind) => [kind, `${kind}:[${numbered}]`])),
    },
    mounts: [],
    texts: {},
  };
};

/** Makes whatever is asked for, until it is told to fail. */
class SteadyLauncher implements Pick<Launcher, "make" | "retire" | "stop"> {
  made = 0;
  fails = false;
  said: string[] = [];

  async make(): Promise<Awaited<ReturnType<Launcher["make"]>>> {
    if (this.fails) throw new Error("it ended before it said made");
    this.made += 1;
    return { init: { pid: 1, start_ticks: 1 }, ended: new Promise(() => undefined) };
  }

  async retire(): Promise<void> {
    this.said.push("retired");
  }

  stop(): void {
    this.said.push("stopped");
  }
}

const order: LaunchOrder = Object.create(null);

describe("launchers", () => {
  let started: SteadyLauncher[];
  let launchers: Launchers;
  let canStart: boolean;
  beforeEach(() => {
    vi.useFakeTimers();
    vi.spyOn(console, "error").mockImplementation(() => undefined);
    started = [];
    canStart = true;
    launchers = new Launchers(async () => {
      if (!canStart) throw new Error("no program");
      const launcher = new SteadyLauncher();
      started.push(launcher);
      return launcher;
    });
  });
  afterEach(() => {
    launchers.stop();
    vi.useRealTimers();
    vi.restoreAllMocks();
  });
  const isMade = async (): Promise<boolean> => (await launchers.make(order)) !== undefined;
  const last = (): SteadyLauncher => {
    const launcher = started.at(-1);
    if (launcher === undefined) throw new Error("none was started");
    return launcher;
  };

  it("make nothing before one has shown that it makes them as bubblewrap does", async () => {
    expect(await isMade()).toBe(false);
    const asked: boolean[] = [];
    await launchers.prove(async () => {
      asked.push(await isMade());
      return nextSandbox();
    });
    expect(asked).toEqual([false, true]);
    expect(await isMade()).toBe(true);
  });

  it("make nothing when what one makes is held by less, and end it", async () => {
    const filters = [2, 0];
    await launchers.prove(async () => nextSandbox(filters.shift()));
    expect(await isMade()).toBe(false);
    expect(last().said).toEqual(["stopped"]);
    await vi.advanceTimersByTimeAsync(3_600_000);
    expect(started).toHaveLength(1);
  });

  it("make nothing where none can be started, or it makes none to be looked at", async () => {
    canStart = false;
    await launchers.prove(async () => nextSandbox());
    expect(launchers.isUsed).toBe(false);
    canStart = true;
    await launchers.prove(async () => {
      const launcher = started.at(-1);
      if (launcher !== undefined) launcher.fails = true;
      await isMade();
      return nextSandbox();
    });
    // Nor later: nobody would have looked at what it makes.
    await vi.advanceTimersByTimeAsync(3_600_000);
    expect(launchers.isUsed).toBe(false);
  });

  it("have another take the place of one that has made as many as it should", async () => {
    await launchers.prove(async () => nextSandbox());
    for (let made = 0; made < 64; made += 1) await launchers.make(order);
    await vi.advanceTimersByTimeAsync(0);
    const [before, next] = started;
    expect(before?.said).toEqual(["retired"]);
    await launchers.make(order);
    expect([before?.made, next?.made]).toEqual([64, 1]);
  });

  it("keep the one there is when no other can be started", async () => {
    await launchers.prove(async () => nextSandbox());
    canStart = false;
    for (let made = 0; made < 70; made += 1) expect(await isMade()).toBe(true);
    canStart = true;
    for (let made = 0; made < 64; made += 1) await launchers.make(order);
    await vi.advanceTimersByTimeAsync(0);
    expect(started).toHaveLength(2);
  });

  it("leave it to bubblewrap for a minute when one has failed", async () => {
    await launchers.prove(async () => nextSandbox());
    last().fails = true;
    expect([await isMade(), await isMade()]).toEqual([false, false]);
    await vi.advanceTimersByTimeAsync(61_000);
    expect(started).toHaveLength(2);
    expect(await isMade()).toBe(true);
  });

  it("try it once more each minute for as long as none can be started", async () => {
    await launchers.prove(async () => nextSandbox());
    last().fails = true;
    canStart = false;
    expect(await isMade()).toBe(false);
    await vi.advanceTimersByTimeAsync(61_000);
    canStart = true;
    expect(await isMade()).toBe(false);
    await vi.advanceTimersByTimeAsync(60_000);
    expect(await isMade()).toBe(true);
  });

  it("end one that was still starting when the server stopped", async () => {
    const loaded = Promise.withResolvers<void>();
    launchers = new Launchers(async () => {
      const launcher = new SteadyLauncher();
      started.push(launcher);
      if (started.length > 1) await loaded.promise;
      return launcher;
    });
    await launchers.prove(async () => nextSandbox());
    last().fails = true;
    await launchers.make(order);
    await vi.advanceTimersByTimeAsync(61_000);
    launchers.stop();
    loaded.resolve();
    await vi.advanceTimersByTimeAsync(0);
    expect(started.map(({ said }) => said)).toEqual([[], ["stopped"]]);
    expect(launchers.isUsed).toBe(false);
  });

  it("start none again for a server that has stopped", async () => {
    await launchers.prove(async () => nextSandbox());
    last().fails = true;
    await launchers.make(order);
    launchers.stop();
    await vi.advanceTimersByTimeAsync(3_600_000);
    expect(started).toHaveLength(1);
    expect(launchers.isUsed).toBe(false);
  });
});
