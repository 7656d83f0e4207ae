import fs from "node:fs";

/** What the kernel says of how a process is held: texts of `/proc/<pid>`, and where its namespaces are. */
export interface HeldProcess {
  status: string;
  /** Of each kind of namespace the one that the process is in. */
  namespaces: Readonly<Record<string, string>>;
  /** What a security module of the kernel (AppArmor, SELinux) holds it by; empty where there is none. */
  label: string;
}

/** Lines of `/proc/<pid>/status` that say what a process may do and whose it is. */
const HELD_BY = [
  ["CapInh", "CapPrm", "CapEff", "CapBnd", "CapAmb", "NoNewPrivs", "Seccomp", "Seccomp_filters"],
  ["Uid", "Gid", "Groups", "Umask", "TracerPid"],
].flat();
/** Children of a process may be elsewhere than itself, which is told beside it. */
const NAMESPACES = ["user", "pid", "pid_for_children", "net", "mnt", "uts", "ipc", "cgroup", "time"];

/**
 * In what two processes are not held alike, by the kernel's names for it; none when one can do what the other can and no
 * more.
 */
export function listDifferences(one: HeldProcess, other: HeldProcess): string[] {
  const [lines, otherLines] = [parseStatus(one.status), parseStatus(other.status)];
  return [
    ...HELD_BY.filter((name) => lines.get(name) !== otherLines.get(name)),
    ...NAMESPACES.filter((name) => one.namespaces[name] !== other.namespaces[name]),
    ...(one.label === other.label ? [] : ["the label of the security module"]),
  ];
}

function parseStatus(text: string): Map<string, string> {
  return new Map(
    text.split("\n").map((line) => {
      const colon = line.indexOf(":");
      return [line.slice(0, colon), line.slice(colon + 1).trim()];
    }),
  );
}

/** Reads it of a process of this machine. Throws when there is none, or it is somebody else's. */
export function readHeldProcess(pid: number): HeldProcess {
  const namespaces = NAMESPACES.flatMap((name) => {
    const link = `/proc/${pid}/ns/${name}`;
    return fs.existsSync(link) ? [[name, fs.readlinkSync(link)] as const] : [];
  });
  return {
    status: fs.readFileSync(`/proc/${pid}/status`, "utf8"),
    namespaces: Object.fromEntries(namespaces),
    label: readLabel(pid),
  };
}

/** A program may be held by its name: bubblewrap by a profile that a fork of another program is not under. */
function readLabel(pid: number): string {
  try {
    return fs.readFileSync(`/proc/${pid}/attr/current`, "utf8");
  } catch (error) {
    const code = error instanceof Error && "code" in error ? error.code : undefined;
    // No such module, or a kernel that could have none.
    if (code === "EINVAL" || code === "ENOENT") return "";
    throw error;
  }
}
