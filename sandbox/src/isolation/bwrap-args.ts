import { nameVariable } from "../process-table.ts";
import type { SandboxLimits } from "./limits.ts";
import { placeOf } from "./own-files.ts";
import type { OwnFiles } from "./own-files.ts";

/** Where the host keeps what every sandbox sees read-only. Paths are neutral: they name no user and no project. */
export interface SandboxSources {
  agentDir: string;
  etcDir: string;
  /** `/bin`, `/lib`, ... as the host has them: a link into `/usr`, or a directory of its own. */
  rootEntries: { path: string; linkTarget: string | null }[];
  /** Host files and directories under `/etc` that programs need and that hold no secrets; `source` is no link. */
  etcEntries: { path: string; source: string }[];
  /** Files and directories of `/proc` that tell of the machine and not of the sandbox; empty inside. */
  emptiedProc: { path: string; isDirectory: boolean }[];
  /** What programs believe about hosts, and the host's files in whose place it stands. */
  trust: { bundle: string; places: string[] };
  /** Null where the kernel does not allow them: then sandboxes see the host's files themselves. */
  ownFiles: OwnFiles | null;
}

/** What the file systems of one sandbox are made of. */
export interface FileSystemOptions {
  sources: SandboxSources;
  egressDir: string;
  /** Holds the sandbox's own boot id, which the host may change. */
  bootIdFile: string;
  /** What its agent reads at start in the place of what all agents read; null for that. */
  configFile: string | null;
  limits: SandboxLimits;
}

export interface BwrapOptions extends FileSystemOptions {
  /** Written into the environment of the first process, by which the host finds it. */
  name: string;
  seccompFd: number;
  statusFd: number;
}

/** The search path for programs inside a sandbox. */
const searchPath =
  "/opt/agent/bin:/home/user/.local/bin:/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";

/** Who the processes of a sandbox are, what they begin with, and what they believe their machine is called. */
export const insideSandbox = {
  user: 1000,
  hostName: "sandbox",
  folder: "/home/user",
  environment: { PATH: searchPath, HOME: "/home/user", LANG: "C.UTF-8" },
} as const;

const BOOT_ID_FILE = "/proc/sys/kernel/random/boot_id";
const etcFiles = ["passwd", "group", "hosts", "hostname", "nsswitch.conf", "resolv.conf"];

/** Folders that scripts find on a usual system, all on the one file system that they may write. */
const folders: readonly (readonly [mode: string, path: string])[] = [
  ["1777", "/tmp"],
  ["0755", "/home"],
  ["0755", "/home/user"],
  ["0700", "/root"],
  ["0755", "/run"],
  ["0755", "/run/e2b"],
  ["1777", "/run/lock"],
  ["0755", "/media"],
  ["0755", "/mnt"],
  ["0755", "/srv"],
  ["0755", "/var"],
  ["0755", "/var/cache"],
  ["0755", "/var/lib"],
  ["0755", "/var/log"],
  ["1777", "/var/tmp"],
  ["0777", "/code"],
];

/** Time is UTC with or without the file that the second one leads to. */
const links: readonly (readonly [path: string, target: string])[] = [
  ["/etc/os-release", "../usr/lib/os-release"],
  ["/etc/localtime", "/usr/share/zoneinfo/Etc/UTC"],
  ["/var/run", "../run"],
  ["/var/lock", "../run/lock"],
];

/** What is the host's and all sandboxes see, read-only. */
function hostFileArgs(sources: SandboxSources): string[] {
  const place = (path: string): string => placeOf(sources.ownFiles, path);
  return [
    ["--ro-bind", place("/usr"), "/usr"],
    sources.rootEntries.flatMap(({ path, linkTarget }) =>
      linkTarget === null ? ["--ro-bind", place(path), path] : ["--symlink", linkTarget, path],
    ),
    sources.etcEntries.flatMap(({ path, source }) => ["--ro-bind-try", place(source), path]),
    (sources.ownFiles?.uncovered ?? []).flatMap((path) => ["--ro-bind-try", path, path]),
    etcFiles.flatMap((name) => ["--ro-bind", place(`${sources.etcDir}/${name}`), `/etc/${name}`]),
    ["--ro-bind", place(sources.agentDir), "/opt/agent"],
    sources.trust.places.flatMap((path) => ["--ro-bind", place(sources.trust.bundle), path]),
  ].flat();
}

/** What the kernel would tell about the machine: nothing of its hardware, and a boot that is the sandbox's own. */
function machineFactsArgs({ sources, bootIdFile }: FileSystemOptions): string[] {
  const empty = placeOf(sources.ownFiles, `${sources.etcDir}/empty`);
  return [
    sources.emptiedProc.flatMap(({ path, isDirectory }) =>
      isDirectory ? ["--size", "4096", "--tmpfs", path, "--remount-ro", path] : ["--ro-bind", empty, path],
    ),
    ["--ro-bind", bootIdFile, BOOT_ID_FILE],
  ].flat();
}

/** What a sandbox sees, in bubblewrap's words: they make its file systems in this order. */
export function buildFileSystems(options: FileSystemOptions): string[] {
  const { sources, egressDir, limits, configFile } = options;
  const sized = (bytes: number): string[] => ["--size", String(bytes)];
  return [
    [...sized(limits.disk_bytes), "--tmpfs", "/"],
    ["--perms", "0755", "--dir", "/etc", "--perms", "0755", "--dir", "/opt"],
    hostFileArgs(sources),
    ["--proc", "/proc", "--dev", "/dev"],
    machineFactsArgs(options),
    [...sized(limits.shm_bytes), "--perms", "1777", "--tmpfs", "/dev/shm"],
    folders.flatMap(([mode, path]) => ["--perms", mode, "--dir", path]),
    links.flatMap(([path, target]) => ["--symlink", target, path]),
    ["--ro-bind", egressDir, "/opt/agent/egress"],
    configFile === null ? [] : ["--ro-bind", configFile, "/opt/agent/config.json"],
    // Read-only /proc keeps user code from turning the kernel's out-of-memory choice against the agent.
    ["--remount-ro", "/dev", "--remount-ro", "/proc"],
  ].flat();
}

/**
 * Options for bubblewrap: own user, pid, network, mount, ipc, uts and cgroup namespaces, no capabilities, no
 * further user namespaces, a system call filter, and nothing writable that is not a sized tmpfs.
 * The agent is process 1 of its pid namespace (`--as-pid-1`): nothing inside can stop or kill it, and nothing inside
 * outlives it. Deliberately without `--die-with-parent`: a sandbox outlives the server that started it.
 */
export function buildBwrapArgs(options: BwrapOptions): string[] {
  const { user, hostName, folder, environment } = insideSandbox;
  const variables = Object.entries({ ...environment, [nameVariable]: options.name });
  return [
    ["--unshare-all", "--unshare-user", "--disable-userns", "--uid", String(user), "--gid", String(user)],
    ["--as-pid-1", "--hostname", hostName, "--new-session", "--cap-drop", "ALL", "--clearenv"],
    buildFileSystems(options),
    variables.flatMap(([name, value]) => ["--setenv", name, value]),
    ["--chdir", folder, "--seccomp", String(options.seccompFd), "--json-status-fd", String(options.statusFd)],
  ].flat();
}
