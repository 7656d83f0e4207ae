import { describe, expect, it } from "vitest";
import { listDifferences, readHeldProcess } from "./held-alike.ts";

const held = {
  status: "Name:\tpython3\nUid:\t1000\t1000\nCapEff:\t0000000000000000\nNoNewPrivs:\t1\nSeccomp:\t2\n",
  namespaces: { user: "user:[1]", pid: "pid:[2]", mnt: "mnt:[3]" },
  label: "bwrap//&unpriv_bwrap (enforce)",
};

describe("two processes are held alike", () => {
  it("when they differ in no more than their names", () => {
    expect(listDifferences(held, { ...held, status: held.status.replace("python3", "agent") })).toEqual([]);
  });

  it.each([
    ["a capability", { status: held.status.replace("CapEff:\t0", "CapEff:\t1") }, "CapEff"],
    ["no filter of system calls", { status: held.status.replace("Seccomp:\t2", "Seccomp:\t0") }, "Seccomp"],
    ["nothing said of its privileges", { status: held.status.replace("NoNewPrivs:\t1\n", "") }, "NoNewPrivs"],
    ["no profile of a security module", { label: "unconfined" }, "the label of the security module"],
    ["another user", { status: held.status.replace("1000\t1000", "0\t0") }, "Uid"],
    ["another namespace", { namespaces: { ...held.namespaces, mnt: "mnt:[4]" } }, "mnt"],
    ["a namespace that is not known", { namespaces: { user: "user:[1]", pid: "pid:[2]" } }, "mnt"],
  ])("but not when one has %s", (_, change, name) => {
    expect(listDifferences(held, { ...held, ...change })).toEqual([name]);
    expect(listDifferences({ ...held, ...change }, held)).toEqual([name]);
  });

  it("as the kernel tells of a process and of itself", () => {
    const own = readHeldProcess(process.pid);
    expect(listDifferences(own, readHeldProcess(process.pid))).toEqual([]);
    expect(own.namespaces["user"]).toMatch(/^user:\[\d+\]$/);
  });
});
