import { readdirSync, readFileSync } from "node:fs";
import { Sandbox } from "e2b";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { startSandboxServer } from "../support/sandbox-server.ts";
import type { SandboxServer } from "../support/sandbox-server.ts";
import { verifies } from "../verifies.ts";
import { endLauncher } from "./launchers.ts";

const MARK = "outliving-3d9a";

interface HostProcess {
  pid: number;
  parent: number;
  argv0: string;
}

function hostProcesses(): HostProcess[] {
  return readdirSync("/proc")
    .filter((name) => /^\d+$/.test(name))
    .flatMap((name) => {
      try {
        const stat = readFileSync(`/proc/${name}/stat`, "utf8");
        const argv0 = readFileSync(`/proc/${name}/cmdline`, "utf8").split("\0")[0] ?? "";
        return [
          { pid: Number(name), parent: Number(stat.slice(stat.lastIndexOf(")") + 2).split(" ")[1]), argv0 },
        ];
      } catch {
        return [];
      }
    });
}

function marked(): HostProcess[] {
  return hostProcesses().filter(({ argv0 }) => argv0 === MARK);
}

/** What an agent is called: by its program, or where a launcher has made it by its sandbox. */
const AGENT = /\/sandbox-agent$|^sandbox-[0-9a-f]{20}$/;

/** The first process of the sandbox that a process is in, and the process on the host that is above that. */
function ancestors(pid: number): { agent: number; outer: number } {
  const all = new Map(hostProcesses().map((entry) => [entry.pid, entry]));
  let at = all.get(pid);
  while (at !== undefined && !AGENT.test(at.argv0)) at = all.get(at.parent);
  // A number below 2 would make `kill` mean far more than one process.
  if (at === undefined || at.parent < 2) throw new Error(`no agent above process ${pid}`);
  return { agent: at.pid, outer: at.parent };
}

describe.each(["a launcher", "bubblewrap"])("a script that wants to outlive a sandbox of %s", (maker) => {
  const isWrapped = maker === "bubblewrap";
  let server: SandboxServer;
  let sandbox: Sandbox;
  let left: HostProcess | undefined;
  beforeEach(async () => {
    server = await startSandboxServer({ pool: 0 });
    if (isWrapped) await endLauncher(server);
    sandbox = await Sandbox.create("base", { ...server.sdk, timeoutMs: 120_000 });
    await sandbox.commands.run(`setsid nohup bash -c 'exec -a ${MARK} sleep 600' >/dev/null 2>&1 & echo`);
    await vi.waitUntil(() => marked().length === 1, { timeout: 60_000 });
    [left] = marked();
  });
  afterEach(() => server.stop());

  const isForgotten = async (): Promise<boolean> =>
    (await Sandbox.list({ ...server.sdk }).nextItems()).every(
      ({ sandboxId }) => sandboxId !== sandbox.sandboxId,
    );

  it.each(isWrapped ? (["agent", "outer"] as const) : (["agent"] as const))(
    "ends with its %s, whatever ended that",
    async (which) => {
      verifies("sandbox:attack:nothing-survives");
      process.kill(ancestors(left?.pid ?? -1)[which], "SIGKILL");
      await expect.poll(marked).toEqual([]);
      await expect.poll(isForgotten).toBe(true);
    },
  );

  it("has no longer life for silencing the agent", async () => {
    verifies("sandbox:attack:deadline-from-outside");
    process.kill(ancestors(left?.pid ?? -1).agent, "SIGSTOP");
    // The agent cannot be told, so the answer is an error; the time is the host's to keep.
    await sandbox.setTimeout(1_000, { requestTimeoutMs: 1_000 }).catch(() => undefined);
    await expect.poll(marked).toEqual([]);
    await expect.poll(isForgotten).toBe(true);
  });

  it("does not survive the end of the server and the next start, once its agent is gone", async () => {
    verifies("sandbox:attack:nothing-survives");
    const { agent } = ancestors(left?.pid ?? -1);
    await server.kill("SIGKILL");
    process.kill(agent, "SIGKILL");
    await server.restart();
    expect(marked()).toEqual([]);
    expect(await isForgotten()).toBe(true);
  });

  it("is found by the next server when only what had made the sandbox was lost", async () => {
    verifies("sandbox:attack:nothing-survives");
    const { outer } = ancestors(left?.pid ?? -1);
    await server.kill("SIGKILL");
    // A launcher has gone with the server.
    if (isWrapped) process.kill(outer, "SIGKILL");
    await server.restart();
    const again = await Sandbox.connect(sandbox.sandboxId, server.sdk);
    await again.kill();
    expect(marked()).toEqual([]);
  });
});
