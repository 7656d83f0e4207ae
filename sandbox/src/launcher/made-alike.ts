import fs from "node:fs";
import { listDifferences as listHeldDifferences, readHeldProcess } from "../forks/held-alike.ts";
import type { HeldProcess } from "../forks/held-alike.ts";

/** The first process of a sandbox, the host uid that it was given, and the random name of what belongs to it. */
export interface MadeIdentity {
  pid: number;
  uid: number | null;
  key: string;
}

/** What the kernel says of a sandbox, with nothing in it that is that sandbox's alone. */
export interface MadeSandbox {
  held: HeldProcess;
  /** What is mounted where, and how: each as a line. */
  mounts: readonly string[];
  /** Texts of `/proc/<pid>` by their names. */
  texts: Readonly<Record<string, string>>;
}

const OF_ITS_OWN = ["user", "pid", "pid_for_children", "net", "mnt", "uts", "ipc", "cgroup"];
const TEXTS = ["limits", "oom_score_adj", "setgroups", "personality", "loginuid", "comm"];

/**
 * In what two sandboxes differ, by the kernel's names for it; none when one is held as the other is and sees what the other
 * sees, and neither has a namespace of the other's. Pure.
 */
export function listDifferences(one: MadeSandbox, other: MadeSandbox): string[] {
  const shared = OF_ITS_OWN.filter((name) => {
    const namespace = one.held.namespaces[name];
    return namespace === undefined || namespace === other.held.namespaces[name];
  });
  const apart = { ...other.held.namespaces, ...pick(one.held.namespaces, OF_ITS_OWN) };
  const [mounts, otherMounts] = [new Set(one.mounts), new Set(other.mounts)];
  const unlike = [
    ...one.mounts.filter((line) => !otherMounts.has(line)),
    ...other.mounts.filter((line) => !mounts.has(line)),
  ];
  return [
    ...shared.map((name) => `${name}, which is not its own`),
    ...listHeldDifferences(one.held, { ...other.held, namespaces: apart }),
    ...TEXTS.filter((name) => one.texts[name] !== other.texts[name]),
    ...unlike.map((line) => `the mount ${line}`),
  ];
}

function pick(values: Readonly<Record<string, string>>, names: readonly string[]): Record<string, string> {
  return Object.fromEntries(names.flatMap((name) => (name in values ? [[name, values[name] ?? ""]] : [])));
}

/** One line for each mount, no two alike: where and how, and nothing that is another number in every sandbox. Pure. */
export function parseMounts(mountinfo: string): string[] {
  const times = new Map<string, number>();
  return mountinfo
    .split("\n")
    .filter((line) => line !== "")
    .map((line) => {
      const [before = "", after = ""] = line.split(" - ");
      const [, , , root = "", at = "", options = ""] = before.split(" ");
      const text = [root, at, options, after].join(" ");
      times.set(text, (times.get(text) ?? 0) + 1);
      return `${text} (${times.get(text)})`;
    });
}

/** Reads it of a sandbox whose agent runs. Throws when it has ended. */
export function readMadeSandbox({ pid, uid, key }: MadeIdentity): MadeSandbox {
  const own = uid === null ? null : new RegExp(String.raw`\b${uid}\b`, "g");
  const read = (name: string): string => {
    const text = fs.readFileSync(`/proc/${pid}/${name}`, "utf8").replaceAll(key, "its-key");
    return own === null ? text : text.replaceAll(own, "its-uid");
  };
  const held = readHeldProcess(pid);
  return {
    held: { ...held, status: read("status") },
    mounts: parseMounts(read("mountinfo")),
    texts: Object.fromEntries(
      TEXTS.filter((name) => fs.existsSync(`/proc/${pid}/${name}`)).map((name) => [name, read(name)]),
    ),
  };
}
