import {
  inspectedCallNumber,
  refusedCallNumbers,
  signalCallNumbers,
  steeringCallNumbers,
} from "./syscalls.ts";
import type { FilteredArch, InspectedCall } from "./syscalls.ts";

/** One classic BPF instruction, as in `struct sock_filter`. */
export type Instruction = { code: number; jt: number; jf: number; k: number };

const LOAD_WORD = 0x20;
const JUMP_IF_EQUAL = 0x15;
const JUMP_IF_GREATER_OR_EQUAL = 0x35;
const JUMP_IF_BITS_SET = 0x45;
const RETURN = 0x06;

const ALLOW = 0x7fff0000;
const KILL_PROCESS = 0x80000000;
const FAIL_WITH_ERRNO = 0x00050000;
const EPERM = FAIL_WITH_ERRNO | 1;
const ENOSYS = FAIL_WITH_ERRNO | 38;
const EAFNOSUPPORT = FAIL_WITH_ERRNO | 97;

const OFFSET_NUMBER = 0;
const OFFSET_ARCH = 4;
const offsetOfArgument = (index: number): number => 16 + index * 8;

const AUDIT_ARCH: Record<FilteredArch, number> = { x64: 0xc000003e, arm64: 0xc00000b7 };
const X32_BIT = 0x40000000;

/** CLONE_NEWNS, NEWCGROUP, NEWUTS, NEWIPC, NEWUSER, NEWPID, NEWNET. */
const NEW_NAMESPACE_FLAGS = 0x7e020000;
const AF_UNIX = 1;
const AF_INET = 2;
const AF_INET6 = 10;
const AF_NETLINK = 16;
const NETLINK_ROUTE = 0;
const TIOCSTI = 0x5412;
const TIOCLINUX = 0x541c;
const TIOCSETD = 0x5423;
const PERSONALITY_QUERY = 0xffffffff;
const SIGSTOP = 19;
const PRIO_PROCESS = 0;
/** Bubblewrap's first process is 1, its only child is the agent. */
const AGENT_PID = 2;

const load = (offset: number): Instruction => ({ code: LOAD_WORD, jt: 0, jf: 0, k: offset });
const finish = (verdict: number): Instruction => ({ code: RETURN, jt: 0, jf: 0, k: verdict >>> 0 });
const ifEqual = (k: number, jt: number, jf: number): Instruction => ({
  code: JUMP_IF_EQUAL,
  jt,
  jf,
  k: k >>> 0,
});

/** `body` runs only for call number `number`; it must end in a verdict on every path. */
function onCall(number: number, body: Instruction[]): Instruction[] {
  return [ifEqual(number, 0, body.length), ...body];
}

/** Verdict `otherwise` unless the loaded word is one of `values`. */
function allowOnly(values: number[], otherwise: number): Instruction[] {
  const tests = values.map((value, index) => ifEqual(value, values.length - index, 0));
  return [...tests, finish(otherwise), finish(ALLOW)];
}

function socketRule(): Instruction[] {
  const netlinkRule = [load(offsetOfArgument(2)), ...allowOnly([NETLINK_ROUTE], EPERM)];
  return [
    load(offsetOfArgument(0)),
    ...onCall(AF_NETLINK, netlinkRule),
    ...allowOnly([AF_UNIX, AF_INET, AF_INET6], EAFNOSUPPORT),
  ];
}

function ioctlRule(): Instruction[] {
  const refused = [TIOCSTI, TIOCLINUX, TIOCSETD];
  const tests = refused.map((request, index) => ifEqual(request, refused.length - index, 0));
  return [load(offsetOfArgument(1)), ...tests, finish(ALLOW), finish(EPERM)];
}

/**
 * The agent holds the limits that no rlimit can, so user code must not put it to sleep: it could then take all
 * the memory of the machine. SIGSTOP is refused altogether, since the agent also answers to a group or to -1.
 */
function agentRules(arch: FilteredArch): Instruction[] {
  const stop = signalCallNumbers(arch).flatMap(({ number, signalArgument }) =>
    onCall(number, [load(offsetOfArgument(signalArgument)), ...refuseOnly(SIGSTOP)]),
  );
  const steer = steeringCallNumbers(arch).flatMap((number) =>
    onCall(number, [load(offsetOfArgument(0)), ...refuseOnly(AGENT_PID)]),
  );
  const priority = onCall(inspectedCallNumber("setpriority", arch), [
    load(offsetOfArgument(0)),
    ifEqual(PRIO_PROCESS, 1, 0),
    finish(EPERM),
    load(offsetOfArgument(1)),
    ...refuseOnly(AGENT_PID),
  ]);
  return [...stop, ...steer, ...priority];
}

/** EPERM when the loaded word is `value`, else ALLOW. */
function refuseOnly(value: number): Instruction[] {
  return [ifEqual(value, 0, 1), finish(EPERM), finish(ALLOW)];
}

/**
 * The system call filter of a sandbox, as a classic BPF program for `arch`.
 *
 * A foreign architecture kills the process. clone3 answers ENOSYS, so that libc falls back to clone, whose
 * flags can be read. Sockets are limited to unix, IPv4, IPv6 and route netlink: AF_VSOCK and AF_ALG are not
 * held back by a network namespace. Rules and their reasons: docs/explanation/sandbox.md.
 */
export function buildSeccompProgram(arch: FilteredArch): Instruction[] {
  const call = (name: InspectedCall): number => inspectedCallNumber(name, arch);
  const x32 = [{ code: JUMP_IF_GREATER_OR_EQUAL, jt: 0, jf: 1, k: X32_BIT }, finish(ENOSYS)];
  return [
    load(OFFSET_ARCH),
    ifEqual(AUDIT_ARCH[arch], 1, 0),
    finish(KILL_PROCESS),
    load(OFFSET_NUMBER),
    ...(arch === "x64" ? x32 : []),
    ...refusedCallNumbers(arch).flatMap((number) => onCall(number, [finish(EPERM)])),
    ...onCall(call("clone3"), [finish(ENOSYS)]),
    ...onCall(call("clone"), [
      load(offsetOfArgument(0)),
      { code: JUMP_IF_BITS_SET, jt: 0, jf: 1, k: NEW_NAMESPACE_FLAGS },
      finish(EPERM),
      finish(ALLOW),
    ]),
    ...onCall(call("socket"), socketRule()),
    ...onCall(call("socketpair"), [load(offsetOfArgument(0)), ...allowOnly([AF_UNIX], EAFNOSUPPORT)]),
    ...onCall(call("ioctl"), ioctlRule()),
    ...agentRules(arch),
    ...onCall(call("personality"), [load(offsetOfArgument(0)), ...allowOnly([0, PERSONALITY_QUERY], EPERM)]),
    finish(ALLOW),
  ];
}

/** The program as the bytes bubblewrap's `--seccomp` reads: an array of little-endian `struct sock_filter`. */
export function encodeSeccompProgram(program: readonly Instruction[]): Buffer {
  const bytes = Buffer.alloc(program.length * 8);
  program.forEach((instruction, index) => {
    const at = index * 8;
    bytes.writeUInt16LE(instruction.code, at);
    bytes.writeUInt8(instruction.jt, at + 2);
    bytes.writeUInt8(instruction.jf, at + 3);
    bytes.writeUInt32LE(instruction.k, at + 4);
  });
  return bytes;
}

/** The filter for the machine this runs on. Throws on an architecture no filter exists for. */
export function seccompFilterFor(arch: string): Buffer {
  if (arch !== "x64" && arch !== "arm64") {
    throw new Error(`no system call filter for ${arch}: sandboxes run on x64 and arm64`);
  }
  return encodeSeccompProgram(buildSeccompProgram(arch));
}
