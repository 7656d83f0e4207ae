import { describe, expect, it } from "vitest";
import { buildSeccompProgram, encodeSeccompProgram, seccompFilterFor } from "./seccomp.ts";
import type { Instruction } from "./seccomp.ts";
import type { FilteredArch } from "./syscalls.ts";

const ALLOW = 0x7fff0000;
const EPERM = 0x00050001;
const ENOSYS = 0x00050026;
const EPROTONOSUPPORT = 0x0005005d;
const EAFNOSUPPORT = 0x00050061;
const IGNORED = 0x00050000;
const KILL = 0x80000000;
const ARCH = { x64: 0xc000003e, arm64: 0xc00000b7 };

interface Call {
  nr: number;
  args?: number[];
  high?: number[];
  arch?: number;
}

function step(instruction: Instruction, loaded: number): number {
  const taken = {
    0x15: loaded === instruction.k,
    0x35: loaded >= instruction.k,
    0x45: (loaded & instruction.k) !== 0,
  }[instruction.code];
  if (taken === undefined) throw new Error(`unknown instruction ${instruction.code}`);
  return 1 + (taken ? instruction.jt : instruction.jf);
}

function verdictOf(arch: FilteredArch, call: Call): number {
  const program = buildSeccompProgram(arch);
  const words = new Map([
    [0, call.nr],
    [4, call.arch ?? ARCH[arch]],
    ...(call.args ?? []).map((value, index): [number, number] => [16 + index * 8, value]),
    ...(call.high ?? []).map((value, index): [number, number] => [20 + index * 8, value]),
  ]);
  let loaded = 0;
  for (let at = 0; at < program.length;) {
    const instruction = program[at];
    if (instruction === undefined) break;
    if (instruction.code === 0x06) return instruction.k;
    if (instruction.code === 0x20) {
      loaded = words.get(instruction.k) ?? 0;
      at += 1;
    } else at += step(instruction, loaded);
  }
  throw new Error("the program ran off its end");
}

describe("the system call filter", () => {
  it.each<[string, FilteredArch, Call, number]>([
    ["an ordinary call", "x64", { nr: 0 }, ALLOW],
    ["an ordinary call on arm64", "arm64", { nr: 63 }, ALLOW],
    ["a call of a foreign architecture", "x64", { nr: 0, arch: 0x40000003 }, KILL],
    ["an x32 call", "x64", { nr: 0x40000000 }, ENOSYS],
    ["mount", "x64", { nr: 165 }, EPERM],
    ["mount on arm64", "arm64", { nr: 40 }, EPERM],
    ["ptrace", "x64", { nr: 101 }, EPERM],
    ["unshare", "arm64", { nr: 97 }, EPERM],
    ["clone3", "x64", { nr: 435 }, ENOSYS],
    ["clone of a thread", "x64", { nr: 56, args: [0x3d0f00] }, ALLOW],
    ["clone of a user namespace", "x64", { nr: 56, args: [0x10000011] }, EPERM],
    ["clone of a network namespace", "arm64", { nr: 220, args: [0x40000000] }, EPERM],
    ["a unix socket", "x64", { nr: 41, args: [1, 1, 0] }, ALLOW],
    ["an IPv6 socket", "x64", { nr: 41, args: [10, 1, 0] }, ALLOW],
    ["a TCP socket by its number", "x64", { nr: 41, args: [2, 1, 6] }, ALLOW],
    ["a ping socket", "arm64", { nr: 198, args: [10, 2, 58] }, ALLOW],
    ["an MPTCP socket", "x64", { nr: 41, args: [2, 1, 262] }, EPROTONOSUPPORT],
    ["an SCTP socket", "arm64", { nr: 198, args: [10, 1, 132] }, EPROTONOSUPPORT],
    ["a bigger send buffer", "x64", { nr: 54, args: [3, 1, 7] }, IGNORED],
    ["a bigger receive buffer", "arm64", { nr: 208, args: [3, 1, 8] }, IGNORED],
    ["another option of a socket", "x64", { nr: 54, args: [3, 1, 9] }, ALLOW],
    ["an option of TCP with the same number", "x64", { nr: 54, args: [3, 6, 7] }, ALLOW],
    ["vmsplice", "x64", { nr: 278 }, ENOSYS],
    ["vmsplice on arm64", "arm64", { nr: 75 }, ENOSYS],
    ["a route netlink socket", "x64", { nr: 41, args: [16, 3, 0] }, ALLOW],
    ["another netlink socket", "x64", { nr: 41, args: [16, 3, 12] }, EPERM],
    ["a vsock socket", "x64", { nr: 41, args: [40, 1, 0] }, EAFNOSUPPORT],
    ["a kernel crypto socket", "arm64", { nr: 198, args: [38, 5, 0] }, EAFNOSUPPORT],
    ["a packet socket", "x64", { nr: 41, args: [17, 3, 0] }, EAFNOSUPPORT],
    ["a unix socket pair", "x64", { nr: 53, args: [1, 1, 0] }, ALLOW],
    ["another socket pair", "x64", { nr: 53, args: [30, 1, 0] }, EAFNOSUPPORT],
    ["terminal input injection", "x64", { nr: 16, args: [0, 0x5412] }, EPERM],
    ["TIOCLINUX", "x64", { nr: 16, args: [0, 0x541c] }, EPERM],
    ["an ordinary ioctl", "x64", { nr: 16, args: [0, 0x5413] }, ALLOW],
    ["reading the personality", "x64", { nr: 135, args: [0xffffffff] }, ALLOW],
    ["the default personality", "x64", { nr: 135, args: [0] }, ALLOW],
    ["switching off address randomisation", "x64", { nr: 135, args: [0x0040000] }, EPERM],
    ["switching off address randomisation on arm64", "arm64", { nr: 92, args: [0x0040000] }, EPERM],
    ["stopping a process of its own", "x64", { nr: 62, args: [30, 19] }, ALLOW],
    ["killing a process", "x64", { nr: 62, args: [30, 9] }, ALLOW],
    ["limits of the agent", "x64", { nr: 302, args: [1, 7, 0x1000] }, EPERM],
    ["limits of a thread of the agent", "arm64", { nr: 261, args: [7, 0, 0x1000] }, EPERM],
    [
      "limits of another, the pointer above 4 GiB",
      "x64",
      { nr: 302, args: [7, 0, 0], high: [0, 0, 1] },
      EPERM,
    ],
    ["a look at another's limits", "x64", { nr: 302, args: [7, 0, 0] }, ALLOW],
    ["its own limits", "x64", { nr: 302, args: [0, 7, 0x1000] }, ALLOW],
    ["scheduling of the agent on arm64", "arm64", { nr: 119, args: [1] }, EPERM],
    ["priority of the agent", "x64", { nr: 141, args: [0, 1] }, EPERM],
    ["disk priority of the agent", "x64", { nr: 251, args: [1, 1] }, EPERM],
    ["disk priority of all its user's processes", "x64", { nr: 251, args: [3, 1000] }, EPERM],
    ["its own disk priority", "arm64", { nr: 30, args: [1, 0] }, ALLOW],
    ["signals to an owner", "x64", { nr: 72, args: [3, 8, 1] }, EPERM],
    ["a chosen signal to an owner", "arm64", { nr: 25, args: [3, 10, 19] }, EPERM],
    ["signals to an owner of a kind", "x64", { nr: 72, args: [3, 15] }, EPERM],
    ["reading flags", "x64", { nr: 72, args: [3, 3] }, ALLOW],
    ["signals to an owner by ioctl", "x64", { nr: 16, args: [3, 0x8901] }, EPERM],
    ["signals to a group by ioctl", "arm64", { nr: 29, args: [3, 0x8902] }, EPERM],
    ["a queue for asynchronous I/O", "x64", { nr: 206, args: [1] }, EPERM],
    ["a queue for asynchronous I/O on arm64", "arm64", { nr: 0 }, EPERM],
    ["a file in memory", "x64", { nr: 319 }, ENOSYS],
    ["a message queue", "arm64", { nr: 186 }, ENOSYS],
    ["a set of semaphores", "x64", { nr: 64 }, ENOSYS],
    ["a shared segment of a page", "x64", { nr: 29, args: [0, 4096] }, ALLOW],
    ["a shared segment of more", "x64", { nr: 29, args: [0, 4097] }, ENOSYS],
    ["a shared segment of 4 GiB", "arm64", { nr: 194, args: [0, 0], high: [0, 1] }, ENOSYS],
    ["priority of everybody", "x64", { nr: 141, args: [2, 0] }, EPERM],
    ["its own priority", "x64", { nr: 141, args: [0, 0] }, ALLOW],
  ])("decides on %s", (_name, arch, call, verdict) => {
    expect(verdictOf(arch, call).toString(16)).toBe(verdict.toString(16));
  });

  it("encodes each instruction as eight little-endian bytes", () => {
    expect([...encodeSeccompProgram([{ code: 0x15, jt: 1, jf: 2, k: 0xc000003e }])]).toEqual([
      0x15, 0, 1, 2, 0x3e, 0, 0, 0xc0,
    ]);
  });

  it("keeps within the kernel's 4096 instructions", () => {
    expect(buildSeccompProgram("x64").length).toBeLessThan(4096);
  });

  it("refuses an architecture it has no numbers for", () => {
    expect(() => seccompFilterFor("riscv64")).toThrow(/riscv64/);
  });
});
