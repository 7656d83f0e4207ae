import { readFileSync } from "node:fs";
import { Sandbox } from "e2b";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { startProductionServer } from "./production-server.ts";
import type { SandboxServer } from "../support/sandbox-server.ts";
import { verifies } from "../verifies.ts";
import { intrude, serverUsers, shell } from "./intruder.ts";

/** Files and folders that every sandbox sees, and none may write. */
const SEEN_BY_ALL = [
  "/usr",
  "/usr/bin",
  "/usr/bin/env",
  "/etc/ssl",
  "/etc/ld.so.cache",
  "/etc/passwd",
  "/opt/agent",
  "/opt/agent/node",
  "/opt/agent/config.json",
  "/proc/cmdline",
  "/proc/uptime",
];

/** Python that waits, in the background of whoever runs it, and says when it has begun. */
const inBackground = (work: string): string => `
import time
if os.fork() > 0:
    while not os.path.exists("/tmp/begun"): time.sleep(0.01)
    tell("begun")
else:
    os.setsid(); os.closerange(0, 3)
${work.replaceAll(/^/gm, "    ")}
    open("/tmp/begun", "w").close()
    time.sleep(600)`;

describe.each(serverUsers)("files that all sandboxes see, with a server run by %s", (_user, options) => {
  let server: SandboxServer;
  let one: Sandbox;
  let other: Sandbox;
  beforeAll(async () => {
    server = await startProductionServer(options);
    [one, other] = await Promise.all([
      Sandbox.create("base", server.sdk),
      Sandbox.create("base", server.sdk),
    ]);
  });
  afterAll(() => server.stop());

  it("tell one sandbox nothing of the locks of another", async () => {
    verifies("sandbox:attack:own-files");
    const paths = JSON.stringify(SEEN_BY_ALL);
    await intrude(
      one,
      inBackground(`
import fcntl
held = [os.open(path, os.O_RDONLY) for path in ${paths} if os.path.exists(path)]
for fd in held: fcntl.flock(fd, fcntl.LOCK_EX)`),
    );
    const held = `
import fcntl
def lock(path): fcntl.flock(os.open(path, os.O_RDONLY), fcntl.LOCK_EX | fcntl.LOCK_NB)
tell([path for path in ${paths} if os.path.exists(path) and attempt(lambda: lock(path)) == "EAGAIN"])`;
    expect(await intrude(one, held)).toContain("/usr/bin/env");
    expect(await intrude(other, held)).toEqual([]);
  });

  it("tell a sandbox nothing of what others open, and all of what it opens itself", async () => {
    verifies("sandbox:attack:own-files");
    // The sandbox's own agent reads the list of users now and then.
    const watched = SEEN_BY_ALL.filter((path) => path !== "/etc/passwd");
    // Looked at until it is told to stop, without a program of its own that would open something.
    const seen = intrude(
      one,
      `
import time
fd = libc.inotify_init1(os.O_NONBLOCK)
for path in ${JSON.stringify(watched)}: libc.inotify_add_watch(fd, path.encode(), 0x20)
def look():
    try: return len(os.read(fd, 65536)) > 0
    except BlockingIOError: return False
look()
os.mkdir("/tmp/watching")
while not os.path.exists("/tmp/watched"): time.sleep(0.01)
of_others = look()
open("/usr/bin/env").close()
tell([of_others, look()])`,
    );
    await expect.poll(() => one.files.exists("/tmp/watching")).toBe(true);
    readFileSync("/usr/bin/env");
    await shell(other, "/usr/bin/env; cat /etc/passwd /etc/ld.so.cache /opt/agent/config.json; ls /usr/bin");
    await one.files.write("/tmp/watched", "");
    expect(await seen).toEqual([false, true]);
  });

  it("show what the host's files hold, also below folders, and let programs start", async () => {
    expect((await one.files.read("/etc/ld.so.cache", { format: "bytes" })).byteLength).toBe(
      readFileSync("/etc/ld.so.cache").byteLength,
    );
    expect(
      await shell(one, "python3 -c 'import ssl, json; print(1)'; node -p 2; ls /usr/lib | head -1"),
    ).toMatch(/^1\n2\n\S/);
  });

  it("name another boot in each sandbox than in the machine, the same one as long as it lives", async () => {
    verifies("sandbox:attack:no-host-facts");
    const file = "/proc/sys/kernel/random/boot_id";
    const seen = [
      await shell(one, `cat ${file}`),
      await shell(other, `cat ${file}`),
      readFileSync(file, "utf8"),
    ];
    for (const id of seen) expect(id).toMatch(/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}\n$/);
    expect(new Set(seen).size).toBe(3);
    expect(await shell(one, `cat ${file}`)).toBe(seen[0]);
  });

  it("tell nothing of the machine's drivers, devices, swap and sound", async () => {
    verifies("sandbox:attack:no-host-facts");
    const files = "swaps mdstat interrupts keys key-users modules iomem ioports";
    expect(await shell(one, `cd /proc; cat ${files} 2>/dev/null`)).toBe("");
    expect(
      await shell(one, "cd /proc; find acpi asound bus driver fs ide irq scsi -mindepth 1 2>/dev/null"),
    ).toBe("");
  });
});
