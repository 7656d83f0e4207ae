import { Sandbox } from "e2b";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { startProductionServer } from "./production-server.ts";
import type { SandboxServer } from "../support/sandbox-server.ts";
import { verifies } from "../verifies.ts";
import { intrude, serverUsers, shell } from "./intruder.ts";

describe.each(serverUsers)("user code against the kernel, with a server run by %s", (_user, options) => {
  let server: SandboxServer;
  let sandbox: Sandbox;
  beforeAll(async () => {
    server = await startProductionServer(options);
    sandbox = await Sandbox.create("base", server.sdk);
  });
  afterAll(() => server.stop());

  it.each<[string, readonly [number, number], string]>([
    ["ptrace of the agent", [101, 117], "16, 1, 0, 0"],
    ["pidfd_getfd", [438, 438], "0, 0, 0"],
    ["process_vm_readv", [310, 270], "1, 0, 0, 0, 0, 0"],
    ["process_vm_writev", [311, 271], "1, 0, 0, 0, 0, 0"],
    ["mount", [165, 40], 'b"none", b"/tmp", b"tmpfs", 0, 0'],
    ["umount2", [166, 39], 'b"/tmp", 0'],
    ["pivot_root", [155, 41], 'b"/tmp", b"/tmp"'],
    ["chroot", [161, 51], 'b"/tmp"'],
    ["fsopen", [430, 430], 'b"tmpfs", 0'],
    ["open_tree", [428, 428], '-100, b"/", 1'],
    ["unshare of a user namespace", [272, 97], "0x10000000"],
    ["unshare of a mount namespace", [272, 97], "0x20000"],
    ["setns", [308, 268], "0, 0"],
    ["bpf", [321, 280], "0, 0, 0"],
    ["io_uring_setup", [425, 425], "1, 0"],
    ["io_setup, whose queues are the whole machine's", [206, 0], "128, ctypes.c_char_p(bytes(8))"],
    ["userfaultfd", [323, 282], "0"],
    ["perf_event_open", [298, 241], "0, 0, -1, -1, 0"],
    ["keyctl", [250, 219], "0, 0"],
    ["kexec_load", [246, 104], "0, 0, 0, 0"],
    ["finit_module", [313, 273], '0, b"", 0'],
    ["swapon", [167, 224], 'b"/tmp/x", 0'],
    ["open_by_handle_at", [304, 265], "-100, 0, 0"],
    ["fanotify_init", [300, 262], "0, 0"],
    ["syslog", [103, 116], "3, 0, 0"],
    ["reboot", [169, 142], "0xfee1dead, 672274793, 0, 0"],
    ["clock_settime", [227, 112], "0, 0"],
    ["settimeofday", [164, 170], "0, 0"],
    ["sethostname", [170, 161], 'b"x", 1'],
    ["personality without address randomisation", [135, 92], "0x0040000"],
  ])("is refused %s", async (_name, numbers, args) => {
    verifies("sandbox:attack:kernel-calls-refused");
    expect(await intrude(sandbox, `tell(call((${numbers.join(", ")}), ${args}))`)).toBe("EPERM");
  });

  it.each<[string, readonly [number, number], string]>([
    ["memfd_create", [319, 279], 'b"x", 0'],
    ["memfd_secret", [447, 447], "0"],
    ["msgget", [68, 186], "0, 0o1600"],
    ["semget", [64, 190], "0, 32, 0o1600"],
    ["shmget of a megabyte", [29, 194], "0, 1 << 20, 0o1600"],
  ])("finds no %s, by which memory belongs to no process", async (_name, numbers, args) => {
    verifies("sandbox:limits:memory");
    expect(await intrude(sandbox, `tell(call((${numbers.join(", ")}), ${args}))`)).toBe("ENOSYS");
  });

  it("makes no new namespace by clone, and sees no clone3", async () => {
    verifies("sandbox:attack:kernel-calls-refused");
    const program = `
x64 = (56, 220)
tell([call(x64, 0x10000000 | 17, 0, 0, 0, 0), call(x64, 0x40000000 | 17, 0, 0, 0, 0), call((435, 435), 0, 0)])`;
    expect(await intrude(sandbox, program)).toEqual(["EPERM", "EPERM", "ENOSYS"]);
    expect(await shell(sandbox, "unshare -Ur id")).toMatch(/not permitted/i);
  });

  it("gets no socket of a family that escapes a network namespace or reaches rare kernel code", async () => {
    verifies("sandbox:attack:kernel-calls-refused");
    const program = `
families = {"vsock": 40, "alg": 38, "packet": 17, "bluetooth": 31, "key": 15, "rds": 21, "tipc": 30, "can": 29, "x25": 9}
kinds = [1, 2, 3, 5]
tell([name for name, family in families.items() for kind in kinds if attempt(lambda: socket.socket(family, kind, 0)) == "ok"]
     + [kind for kind in ("raw",) if attempt(lambda: socket.socket(socket.AF_INET, socket.SOCK_RAW, 1)) == "ok"]
     + [protocol for protocol in (4, 6, 9, 12, 15, 16) if attempt(lambda: socket.socket(16, 3, protocol)) == "ok"])`;
    expect(await intrude(sandbox, program)).toEqual([]);
  });

  it("cannot type into a terminal", async () => {
    verifies("sandbox:attack:kernel-calls-refused");
    const program = `
master, slave = os.openpty()
tell([call((16, 29), slave, 0x5412, ctypes.c_char_p(b"x")), call((16, 29), slave, 0x541c, ctypes.c_char_p(b"x"))])`;
    expect(await intrude(sandbox, program)).toEqual(["EPERM", "EPERM"]);
  });

  it("gains no privilege", async () => {
    verifies("sandbox:attack:no-privileges");
    expect(
      await intrude(
        sandbox,
        "tell([attempt(lambda: os.setuid(0)), attempt(lambda: os.setgid(0)), os.getuid()])",
      ),
    ).toEqual(["EINVAL", "EINVAL", 1000]);
    const status = await shell(
      sandbox,
      "grep -E '^(Cap(Inh|Prm|Eff|Bnd|Amb)|NoNewPrivs|Seccomp):' /proc/self/status",
    );
    expect(
      status
        .replaceAll(/[ \t]+/g, " ")
        .trim()
        .split("\n"),
    ).toEqual([
      "CapInh: 0000000000000000",
      "CapPrm: 0000000000000000",
      "CapEff: 0000000000000000",
      "CapBnd: 0000000000000000",
      "CapAmb: 0000000000000000",
      "NoNewPrivs: 1",
      "Seccomp: 2",
    ]);
    expect(await shell(sandbox, "su -c id </dev/null")).not.toContain("uid=0");
  });

  it("finds no devices beyond the harmless ones, and makes none", async () => {
    verifies("sandbox:attack:no-devices");
    const program = `
names = ["vda", "sda", "mem", "kmem", "kvm", "fuse", "net/tun", "vsock", "port", "loop0", "mapper", "dri", "kmsg"]
tell([[name for name in names if os.path.exists("/dev/" + name)], attempt(lambda: os.mknod("/tmp/disk", 0o60600, os.makedev(254, 0)))])`;
    expect(await intrude(sandbox, program)).toEqual([[], "EPERM"]);
  });

  it("changes no kernel setting and sees no /sys", async () => {
    verifies("sandbox:attack:no-kernel-settings");
    const program = `
paths = ["/proc/sys/kernel/hostname", "/proc/sys/kernel/core_pattern", "/proc/sysrq-trigger", "/proc/sys/vm/drop_caches"]
tell([[attempt(lambda: open(path, "w").write("x")) == "ok" for path in paths],
      attempt(lambda: open("/proc/kcore", "rb").read(16)) == "ok", os.path.exists("/sys")])`;
    expect(await intrude(sandbox, program)).toEqual([[false, false, false, false], false, false]);
  });

  it("raises none of its limits above what the host set", async () => {
    verifies("sandbox:attack:limits-hold");
    const program = `
import resource
names = ["RLIMIT_NPROC", "RLIMIT_NOFILE", "RLIMIT_FSIZE", "RLIMIT_MEMLOCK", "RLIMIT_CORE", "RLIMIT_DATA"]
def raised(name):
    try:
        soft, hard = resource.getrlimit(getattr(resource, name))
        resource.setrlimit(getattr(resource, name), (hard + 1, hard + 1))
        return True
    except (ValueError, OSError):
        return False
tell([name for name in names if raised(name)])`;
    expect(await intrude(sandbox, program)).toEqual([]);
  });

  it("cannot offer the agent to the kernel's out-of-memory killer", async () => {
    verifies("sandbox:attack:agent-protected");
    expect(
      await intrude(sandbox, 'tell(attempt(lambda: open("/proc/1/oom_score_adj", "w").write("1000")))'),
    ).toBe("EROFS");
  });
});
