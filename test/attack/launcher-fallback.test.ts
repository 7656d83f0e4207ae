import fs from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { openAuthority } from "../../sandbox/src/egress/authority.ts";
import { launch } from "../../sandbox/src/host/launch.ts";
import type { LaunchDeps } from "../../sandbox/src/host/launch.ts";
import type { SandboxRecord } from "../../sandbox/src/host/sandbox-record.ts";
import { readLimits } from "../../sandbox/src/isolation/limits.ts";
import { isAlive, killTree } from "../../sandbox/src/process-table.ts";
import type { ProcessIdentity } from "../../sandbox/src/process-table.ts";
import { installSources } from "../../sandbox/src/runtime/install-sources.ts";
import { createSandboxDirs, sandboxDirs } from "../../sandbox/src/runtime/sandbox-dirs.ts";
import { verifies } from "../verifies.ts";

/** What nobody has: the kernel's numbers end before. */
const ENDED: ProcessIdentity = { pid: 99_999_999, start_ticks: 1 };
const isRoot = process.getuid?.() === 0;
const record: SandboxRecord = {
  id: "fallback",
  state: "starting",
  key: "fallback",
  uid: isRoot ? 60_017 : null,
  init: null,
  access_token: "access",
  agent_token: "agent",
  template_id: "",
  metadata: {},
  started_at_ms: 0,
  deadline_at_ms: 0,
  timeout_ms: 0,
  pause_on_timeout: false,
  auto_resume: false,
  allow_internet_access: false,
  network: null,
};

describe("a sandbox that bubblewrap makes because a launcher has failed half-way", () => {
  let dir: string;
  let kept: (ProcessIdentity | null)[];
  let deps: LaunchDeps;
  beforeEach(() => {
    dir = fs.mkdtempSync(path.join("/var/tmp", "fallback-"));
    fs.chmodSync(dir, 0o711);
    const stateDir = fs.mkdtempSync(path.join(tmpdir(), "fallback-state-"));
    const cgroupParent = path.join(dir, "groups");
    fs.mkdirSync(cgroupParent);
    kept = [];
    const limits = readLimits({}, 2);
    const sources = installSources({
      authority: openAuthority(stateDir, Date.now).certificate,
      runtimeDir: dir,
      limits,
      nodeBinary: process.execPath,
      edgeOrigin: "http://127.0.0.1:1",
      startProgram: undefined,
    });
    fs.rmSync(stateDir, { recursive: true });
    deps = {
      sources,
      limits,
      cgroupParent,
      launchers: {
        make: async (order) => {
          order.onHeld?.(ENDED.pid);
          order.onMade(ENDED);
          return undefined;
        },
      },
      keep: (init) => kept.push(init),
    };
  });
  afterEach(() => {
    for (const init of kept) if (init !== null) killTree(init);
    fs.rmSync(dir, { recursive: true, force: true });
  });
  const start = async (): Promise<void> => {
    const dirs = sandboxDirs(dir, record.key);
    createSandboxDirs(dirs, record.uid);
    await launch(record, dirs, deps);
  };

  it("is held to its memory by its own group, which is there already", async () => {
    verifies("sandbox:attack:made-is-held");
    await start();
    const inGroup = fs.readFileSync(path.join(dir, "groups", `floom-${record.id}`, "cgroup.procs"), "utf8");
    expect(Number(inGroup)).not.toBe(ENDED.pid);
    expect(fs.existsSync(`/proc/${inGroup}`)).toBe(true);
  });

  it("is not taken for the one that has ended, by whoever looks while it starts", async () => {
    verifies("sandbox:attack:nothing-survives");
    await start();
    expect(kept.slice(0, 2)).toEqual([ENDED, null]);
    const last = kept.at(-1);
    expect(last && isAlive(last)).toBe(true);
  });
});
