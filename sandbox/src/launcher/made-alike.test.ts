import { describe, expect, it } from "vitest";
import { listDifferences, parseMounts } from "./made-alike.ts";
import type { MadeSandbox } from "./made-alike.ts";

const KINDS = ["user", "pid", "pid_for_children", "net", "mnt", "uts", "ipc", "cgroup", "time"];
const namespaces = (number: number): Record<string, string> =>
  Object.fromEntries(KINDS.map((kind) => [kind, `${kind}:[${kind === "time" ? 1 : number}]`]));
const status = "Uid:\tits-uid\nCapEff:\t0000000000000000\nNoNewPrivs:\t1\nSeccomp:\t2\n";
const mounts = parseMounts(
  "40 1 0:68 / / rw,nosuid,nodev - tmpfs tmpfs rw,size=1310720k\n" +
    "41 40 0:53 / /usr ro,nosuid,nodev master:1 - overlay overlay ro,lowerdir=/usr:/e\n",
);
const made = (number: number): MadeSandbox => ({
  held: { status, namespaces: namespaces(number), label: "" },
  mounts,
  texts: { limits: "Max open files 1024", oom_score_adj: "500" },
});
const one = made(1);
const other = made(2);

describe("two sandboxes are made alike", () => {
  it("when nothing but the numbers of their namespaces and mounts differs", () => {
    expect(listDifferences(one, other)).toEqual([]);
    const renumbered = "7 1 0:99 / /usr ro,nosuid,nodev - overlay overlay ro,lowerdir=/usr:/e\n";
    expect(mounts).toContain(parseMounts(renumbered)[0]);
  });

  it.each(["user", "pid", "net", "mnt", "uts", "ipc", "cgroup"])(
    "but not when they share the namespace %s, or one has none",
    (kind) => {
      const shared = { ...namespaces(2), [kind]: `${kind}:[1]` };
      expect(listDifferences(one, { ...other, held: { ...other.held, namespaces: shared } })).toEqual([
        `${kind}, which is not its own`,
      ]);
      const { [kind]: _none, ...without } = namespaces(1);
      expect(listDifferences({ ...one, held: { ...one.held, namespaces: without } }, other)).toContain(
        `${kind}, which is not its own`,
      );
    },
  );

  it("but not when one is elsewhere in time, or holds its first process by less", () => {
    const elsewhere = {
      ...other,
      held: { ...other.held, namespaces: { ...namespaces(2), time: "time:[9]" } },
    };
    expect(listDifferences(one, elsewhere)).toEqual(["time"]);
    const unfiltered = status.replace("Seccomp:\t2", "Seccomp:\t0");
    const open = { ...other, held: { ...other.held, status: unfiltered } };
    expect(listDifferences(one, open)).toEqual(["Seccomp"]);
    expect(listDifferences(one, { ...other, texts: { ...other.texts, oom_score_adj: "0" } })).toEqual([
      "oom_score_adj",
    ]);
  });

  it("but not when one has a mount twice that the other has once", () => {
    const line = "1 2 0:3 / /a rw - tmpfs tmpfs rw\n";
    const [once, twice] = [parseMounts(line), parseMounts(line.repeat(2))];
    expect(listDifferences({ ...one, mounts: once }, { ...other, mounts: twice })).toHaveLength(1);
    expect(listDifferences({ ...one, mounts: twice }, { ...other, mounts: once })).toHaveLength(1);
  });

  it.each([
    ["another mount", [...mounts, "/ /sys rw - sysfs sysfs rw"]],
    ["one mount less", mounts.slice(1)],
    ["a mount that can be written", mounts.map((line) => line.replace("/usr ro", "/usr rw"))],
  ])("but not when one has %s", (_, changed) => {
    expect(listDifferences(one, { ...other, mounts: changed }).length).toBeGreaterThan(0);
    expect(listDifferences({ ...one, mounts: changed }, other).length).toBeGreaterThan(0);
  });
});
