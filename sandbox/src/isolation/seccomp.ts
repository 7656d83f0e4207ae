import {
  inspectedCallNumber,
  missingCallNumbers,
  refusedCallNumbers,
  steeringCallNumbers,
} from "./syscalls.ts";
import type { FilteredArch, InspectedCall } from "./syscalls.ts";

/** One classic BPF instruction, as in `struct sock_filter`. */
export interface Instruction {
  code: number;
  jt: number;
  jf: number;
  k: number;
}

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
const EPROTONOSUPPORT = FAIL_WITH_ERRNO | 93;
const EAFNOSUPPORT = FAIL_WITH_ERRNO | 97;
/** The call is not made, and its caller is told that it went well. */
const IGNORE = FAIL_WITH_ERRNO;

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
const IPPROTO_IP = 0;
const IPPROTO_ICMP = 1;
const IPPROTO_TCP = 6;
const IPPROTO_UDP = 17;
const IPPROTO_ICMPV6 = 58;
const SOL_SOCKET = 1;
const SO_SNDBUF = 7;
const SO_RCVBUF = 8;
const TIOCSTI = 0x5412;
const TIOCLINUX = 0x541c;
const TIOCSETD = 0x5423;
const PERSONALITY_QUERY = 0xffffffff;
const FIOSETOWN = 0x8901;
const SIOCSPGRP = 0x8902;
const F_SETOWN = 8;
const F_SETSIG = 10;
const F_SETOWN_EX = 15;
const PRIO_PROCESS = 0;
const IOPRIO_WHO_PROCESS = 1;
/** Enough for what databases use such a segment for, which is to notice each other. */
const LARGEST_SHARED_SEGMENT_BYTES = 4096;
/** The agent is the first process of its namespace. */
const AGENT_PID = 1;

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

/**
 * Of the internet's protocols the common ones: what is on its way in others (MPTCP, SCTP ...) shows in no table that
 * the agent can read, and no program relies on them.
 */
function socketRule(): Instruction[] {
  const netlinkRule = [load(offsetOfArgument(2)), ...allowOnly([NETLINK_ROUTE], EPERM)];
  const protocols = [IPPROTO_IP, IPPROTO_ICMP, IPPROTO_TCP, IPPROTO_UDP, IPPROTO_ICMPV6];
  const internetRule = [load(offsetOfArgument(2)), ...allowOnly(protocols, EPROTONOSUPPORT)];
  return [
    load(offsetOfArgument(0)),
    ...onCall(AF_NETLINK, netlinkRule),
    ...onCall(AF_INET, internetRule),
    ...onCall(AF_INET6, internetRule),
    ...allowOnly([AF_UNIX], EAFNOSUPPORT),
  ];
}

/**
 * How much a socket may hold is a wish that the kernel cuts down without a word. Here it does so to what every socket
 * has: the agent counts sockets, not what is in them, and a wish granted would be forty times as much.
 */
function socketOptionRule(): Instruction[] {
  return [
    load(offsetOfArgument(1)),
    ifEqual(SOL_SOCKET, 1, 0),
    finish(ALLOW),
    load(offsetOfArgument(2)),
    ...ignoreOnly([SO_SNDBUF, SO_RCVBUF]),
  ];
}

/** Verdict "done" without doing anything when the loaded word is one of `values`, else ALLOW. */
function ignoreOnly(values: number[]): Instruction[] {
  const tests = values.map((value, index) => ifEqual(value, values.length - index, 0));
  return [...tests, finish(ALLOW), finish(IGNORE)];
}

/** EPERM when the argument is one of `values`, else ALLOW. */
function refuseValues(argument: number, values: number[]): Instruction[] {
  const tests = values.map((value, index) => ifEqual(value, values.length - index, 0));
  return [load(offsetOfArgument(argument)), ...tests, finish(ALLOW), finish(EPERM)];
}

/** A segment outlives whoever made it and shows in no process's size, so only a tiny one may be made. */
function sharedSegmentRule(): Instruction[] {
  return [
    load(offsetOfArgument(1) + 4),
    ifEqual(0, 1, 0),
    finish(ENOSYS),
    load(offsetOfArgument(1)),
    { code: JUMP_IF_GREATER_OR_EQUAL, jt: 0, jf: 1, k: LARGEST_SHARED_SEGMENT_BYTES + 1 },
    finish(ENOSYS),
    finish(ALLOW),
  ];
}

/** Its own limits anybody may set. Those of another process only to look: each thread of the agent is a name for it. */
function resourceLimitRule(): Instruction[] {
  const newLimits = offsetOfArgument(2);
  return [
    load(offsetOfArgument(0)),
    ifEqual(0, 4, 0),
    load(newLimits),
    ifEqual(0, 0, 3),
    load(newLimits + 4),
    ifEqual(0, 0, 1),
    finish(ALLOW),
    finish(EPERM),
  ];
}

/**
 * The agent holds limits that no rlimit can. No signal stops the first process of a namespace, but its share of the
 * processors could be taken from it, and the kernel could be asked to send signals in a script's place.
 */
function agentRules(arch: FilteredArch): Instruction[] {
  const call = (name: InspectedCall): number => inspectedCallNumber(name, arch);
  const steer = steeringCallNumbers(arch).flatMap((number) =>
    onCall(number, [load(offsetOfArgument(0)), ...refuseOnly(AGENT_PID)]),
  );
  return [
    ...steer,
    ...onCall(call("setpriority"), priorityRule(PRIO_PROCESS)),
    ...onCall(call("ioprio_set"), priorityRule(IOPRIO_WHO_PROCESS)),
    ...onCall(call("prlimit64"), resourceLimitRule()),
    ...onCall(call("fcntl"), refuseValues(1, [F_SETOWN, F_SETSIG, F_SETOWN_EX])),
  ];
}

/** Only of one process at a time, and not of the agent. `kind` is how the call says "a process". */
function priorityRule(kind: number): Instruction[] {
  return [
    load(offsetOfArgument(0)),
    ifEqual(kind, 1, 0),
    finish(EPERM),
    load(offsetOfArgument(1)),
    ...refuseOnly(AGENT_PID),
  ];
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
    ...missingCallNumbers(arch).flatMap((number) => onCall(number, [finish(ENOSYS)])),
    ...onCall(call("clone3"), [finish(ENOSYS)]),
    ...onCall(call("clone"), [
      load(offsetOfArgument(0)),
      { code: JUMP_IF_BITS_SET, jt: 0, jf: 1, k: NEW_NAMESPACE_FLAGS },
      finish(EPERM),
      finish(ALLOW),
    ]),
    ...onCall(call("socket"), socketRule()),
    ...onCall(call("socketpair"), [load(offsetOfArgument(0)), ...allowOnly([AF_UNIX], EAFNOSUPPORT)]),
    ...onCall(call("ioctl"), refuseValues(1, [TIOCSTI, TIOCLINUX, TIOCSETD, FIOSETOWN, SIOCSPGRP])),
    ...onCall(call("setsockopt"), socketOptionRule()),
    ...onCall(call("shmget"), sharedSegmentRule()),
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
  if (arch !== "x64" && arch !== "arm64")
    throw new Error(`no system call filter for ${arch}: sandboxes run on x64 and arm64`);

  return encodeSeccompProgram(buildSeccompProgram(arch));
}
