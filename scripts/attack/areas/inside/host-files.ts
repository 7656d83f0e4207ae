import { dirname } from "node:path";
import { HOST_PROGRAM, useHostProgram } from "../../stage/host-in-use.ts";
import { SECRET } from "../../stage/stage.ts";
import { buildInsideArea } from "../../stage/inside.ts";
import type { Group } from "../../stage/inside.ts";

const readable: readonly (readonly [id: string, path: string])[] = [
  ["shadow", "/etc/shadow"],
  ["shadow-through-root", "/proc/1/root/etc/shadow"],
  ["shadow-by-climbing", "/home/user/../../etc/shadow"],
  ["gshadow", "/etc/gshadow"],
  ["sudoers", "/etc/sudoers"],
  ["ssh-host-key", "/etc/ssh/ssh_host_ed25519_key"],
  ["machine-id", "/etc/machine-id"],
  ["root-ssh-key", "/root/.ssh/id_ed25519"],
  ["root-history", "/root/.bash_history"],
  ["root-npmrc", "/root/.npmrc"],
  ["cloud-credentials", "/root/.aws/credentials"],
  ["docker-config", "/root/.docker/config.json"],
  ["kernel-memory", "/proc/kcore"],
  ["kernel-log", "/proc/kmsg"],
  ["kernel-keys", "/proc/1/mem"],
  ["disk", "/dev/vda"],
  ["disk-sata", "/dev/sda"],
  ["memory-device", "/dev/mem"],
  ["kernel-log-device", "/dev/kmsg"],
  ["host-secret", "{secret_file}"],
  ["host-secret-through-root", "/proc/1/root{secret_file}"],
  ["host-secret-through-agent", "/proc/2/root{secret_file}"],
  ["host-secret-by-cwd", "/proc/1/cwd/../..{secret_file}"],
];

const writable: readonly (readonly [id: string, path: string])[] = [
  ["usr-bin", "/usr/bin/attack"],
  ["usr-local", "/usr/local/attack"],
  ["usr-lib", "/usr/lib/attack"],
  ["agent-program", "/opt/agent/config.json"],
  ["agent-node", "/opt/agent/node"],
  ["agent-folder", "/opt/agent/attack"],
  ["proxy-folder", "/opt/agent/egress/attack"],
  ["passwd", "/etc/passwd"],
  ["hosts", "/etc/hosts"],
  ["resolv", "/etc/resolv.conf"],
  ["nsswitch", "/etc/nsswitch.conf"],
  ["certificates", "/etc/ssl/attack"],
  ["host-folder", "{secret_folder}/attack"],
  ["host-secret", "{secret_file}"],
  ["core-pattern", "/proc/sys/kernel/core_pattern"],
  ["hostname", "/proc/sys/kernel/hostname"],
  ["modprobe", "/proc/sys/kernel/modprobe"],
  ["drop-caches", "/proc/sys/vm/drop_caches"],
  ["overcommit", "/proc/sys/vm/overcommit_memory"],
  ["ip-forward", "/proc/sys/net/ipv4/ip_forward"],
  ["sysrq", "/proc/sysrq-trigger"],
  ["uid-map", "/proc/self/uid_map"],
  ["gid-map", "/proc/self/gid_map"],
  ["setgroups", "/proc/self/setgroups"],
  ["oom-of-agent", "/proc/2/oom_score_adj"],
  ["memory-of-agent", "/proc/2/mem"],
  ["memory-of-first", "/proc/1/mem"],
  ["device-folder", "/dev/attack"],
];

const absent: readonly (readonly [id: string, path: string])[] = [
  ["docker-socket", "/var/run/docker.sock"],
  ["containerd-socket", "/run/containerd/containerd.sock"],
  ["system-bus", "/run/dbus/system_bus_socket"],
  ["systemd", "/run/systemd"],
  ["user-runtime", "/run/user"],
  ["sys", "/sys/kernel"],
  ["cgroups", "/sys/fs/cgroup"],
  ["ssh-agent", "/tmp/ssh-agent"],
  ["kvm", "/dev/kvm"],
  ["fuse", "/dev/fuse"],
  ["tun", "/dev/net/tun"],
  ["vsock-device", "/dev/vsock"],
  ["ports-device", "/dev/port"],
  ["loop", "/dev/loop0"],
  ["mapper", "/dev/mapper"],
  ["graphics", "/dev/dri"],
  ["service-account", "/var/run/secrets/kubernetes.io"],
];

const facts: readonly (readonly [id: string, path: string, what: string])[] = [
  ["kernel-command-line", "/proc/cmdline", "the kernel's command line"],
  ["kernel-config", "/proc/config.gz", "the kernel's configuration"],
  ["partitions", "/proc/partitions", "the machine's disks"],
  ["swaps", "/proc/swaps", "where the machine swaps"],
  ["interrupts", "/proc/interrupts", "the machine's devices"],
  ["modules", "/proc/modules", "the machine's drivers"],
  ["keys", "/proc/keys", "who uses the machine's keys"],
];

const groups: readonly Group[] = [
  {
    control: { id: "control-read", way: "read", with: { path: "inputs.json" }, works: ["read 64 bytes"] },
    refusals: ["ENOENT", "EACCES", "EPERM", "ENXIO", "EIO"],
    rows: [
      ...readable.map(([id, path]) => ({
        id: `read-${id}`,
        wants: `Read ${path.replaceAll(/\{secret_file\}/g, "a file of the host")}.`,
        with: { path },
        ...(path.includes("{") ? { needs: "process_table" as const } : {}),
      })),
      ...["/etc/shadow", "/proc/1/root/etc/shadow", "{secret_file}"].map((target, index) => ({
        id: `read-by-link-${index + 1}`,
        wants: `Read ${target.startsWith("{") ? "a file of the host" : target} through a link.`,
        way: "read_by_link",
        with: { target },
        refusals: ["ENOENT", "EACCES", "EPERM", "ENOTDIR"],
      })),
    ],
  },
  {
    control: { id: "control-write", way: "write", with: { path: "/tmp/own" }, works: ["ok"] },
    refusals: ["EROFS", "EACCES", "EPERM", "ENOENT", "ETXTBSY"],
    rows: writable.map(([id, path]) => ({
      id: `write-${id}`,
      wants: `Write ${path.replaceAll(/\{secret_\w+\}/g, "to a folder of the host")}.`,
      with: { path },
    })),
  },
  {
    control: { id: "control-there", way: "is_there", with: { path: "inputs.json" }, works: ["there"] },
    refusals: ["absent"],
    rows: absent.map(([id, path]) => ({ id: `find-${id}`, wants: `Find ${path}.`, with: { path } })),
  },
  {
    control: {
      id: "control-list",
      way: "list_folder",
      with: { path: "/home/user" },
      works: ["* entries", "1 entries", "2 entries", "3 entries"],
    },
    refusals: ["ENOENT", "EACCES", "0 entries"],
    rows: [
      { id: "list-root-home", wants: "List root's home.", with: { path: "/root" } },
      {
        id: "list-root-through-first",
        wants: "List root's home through another process.",
        with: { path: "/proc/1/root/root" },
      },
      { id: "list-home", wants: "List other people's homes.", with: { path: "/home/user/../../root/.ssh" } },
      { id: "list-host-folder", wants: "List a folder of the host.", with: { path: "{secret_folder}" } },
      { id: "list-var", wants: "List the host's logs and mail.", with: { path: "/var/log" } },
      { id: "list-srv", wants: "List what the host serves.", with: { path: "/srv" } },
      { id: "list-boot", wants: "List the host's kernels.", with: { path: "/boot" } },
    ],
  },
  {
    control: {
      id: "control-search",
      way: "search",
      with: { pattern: "/proc/[0-9]*/environ", words: ["FLOOM_RUN_ID"] },
      works: ["found in *"],
    },
    refusals: ["absent"],
    rows: [
      {
        id: "host-environment",
        wants: "Find the host's keys in the environment of a process.",
        with: {
          pattern: "/proc/[0-9]*/environ",
          words: ["FLOOM_SANDBOX_API_KEY", "FLOOM_OWNER_TOKEN", "FLOOM_SIGNING_KEY", "E2B_API_KEY"],
        },
      },
      {
        id: "host-command-lines",
        wants: "Find host paths or keys in a command line.",
        with: {
          pattern: "/proc/[0-9]*/cmdline",
          words: ["--api-key", "--state-dir", "bwrap --", "FLOOM_HOME"],
        },
      },
      {
        id: "host-mounts",
        wants: "Learn who owns the machine from its mounts.",
        with: { pattern: "/proc/self/mountinfo", words: ["floom", ".floom", "{secret_folder}"] },
      },
      {
        id: "learn-boot-id",
        wants: "Learn the id of this boot.",
        with: { pattern: "/proc/sys/kernel/random/boot_id", words: ["{boot_id}"] },
        needs: "process_table",
      },
      {
        id: "secret-in-memory-files",
        wants: "Find a secret of the host in files of memory.",
        with: { pattern: "/dev/shm/*", words: [SECRET] },
        refusals: ["absent", "no file could be read"],
      },
    ],
  },
  {
    control: {
      id: "control-descriptors",
      way: "descriptors",
      with: { allowed: ["/nowhere"] },
      works: ["/proc/*"],
    },
    refusals: ["none"],
    rows: [
      {
        id: "inherited-descriptors",
        wants: "Use a file of the host that was left open.",
        with: { allowed: ["/dev/", "/proc", "/home", "/opt/agent", "/tmp", "/memfd:"] },
      },
      {
        id: "reopen-descriptors",
        wants: "Write to what the agent holds open.",
        way: "reopen",
        with: { pids: [1] },
      },
    ],
  },
  {
    control: {
      id: "control-device",
      way: "make_device",
      with: { path: "/tmp/fifo", mode: 0o10600, major: 0, minor: 0 },
      works: ["ok"],
    },
    refusals: ["EPERM", "EROFS", "EACCES", "EXDEV"],
    rows: [
      {
        id: "make-disk",
        wants: "Make a disk's device.",
        with: { path: "/tmp/disk", mode: 0o60600, major: 254, minor: 0 },
      },
      {
        id: "make-memory",
        wants: "Make memory's device.",
        with: { path: "/tmp/mem", mode: 0o20600, major: 1, minor: 1 },
      },
      {
        id: "hard-link-usr",
        wants: "Keep a program of the host by a link.",
        way: "hard_link",
        with: { target: "/usr/bin/env" },
      },
      {
        id: "hard-link-passwd",
        wants: "Keep a file of the host by a link.",
        way: "hard_link",
        with: { target: "/etc/passwd" },
      },
    ],
  },
  {
    control: {
      id: "control-facts",
      way: "read",
      with: { path: "/proc/self/status" },
      works: ["read 64 bytes"],
    },
    refusals: ["ENOENT", "EACCES", "EPERM", "read 0 bytes"],
    rows: facts.map(([id, path, what]) => ({ id: `learn-${id}`, wants: `Learn ${what}.`, with: { path } })),
  },
  {
    control: {
      id: "control-watch",
      way: "watch_own_folder",
      works: ["told of what others open"],
    },
    way: "watch_folder",
    refusals: ["told of nothing", "EACCES", "EPERM", "ENOSYS"],
    rows: [
      {
        id: "watch-machine",
        wants: "See which programs others on the machine run.",
        with: { path: dirname(HOST_PROGRAM) },
        needs: "process_table",
      },
      {
        id: "watch-program",
        wants: "See when others on the machine run one program.",
        with: { path: HOST_PROGRAM },
        needs: "process_table",
      },
    ],
  },
  {
    control: { id: "control-lock", way: "lock_own_file", works: ["locked by somebody else"] },
    way: "lock_file",
    refusals: ["locked by nobody", "EACCES", "EPERM", "ENOSYS"],
    rows: [
      {
        id: "lock-host-file",
        wants: "Receive a signal from outside by a lock on a file of the host.",
        with: { path: HOST_PROGRAM },
        needs: "process_table",
      },
    ],
  },
];

export const hostFilesArea = buildInsideArea({ name: "host", groups, meanwhile: useHostProgram });
