import { buildInsideArea } from "../../stage/inside.ts";
import type { Group } from "../../stage/inside.ts";

const stops: readonly (readonly [way: string, wants: string])[] = [
  ["kill", "by a signal"],
  ["tkill", "by a signal to its thread"],
  ["tgkill", "by a signal to its thread and group"],
  ["queue", "by a queued signal"],
  ["pidfd", "by a signal through a descriptor"],
  ["everybody", "by a signal to everybody"],
  ["fcntl-owner", "by making it the owner of a socket"],
  ["fcntl-owner-ex", "by making its thread the owner of a socket"],
  ["ioctl-owner", "by an ioctl that makes it the owner of a socket"],
  ["ioctl-group", "by an ioctl that makes its group the owner of a socket"],
  ["lease", "by a lease that is broken"],
  ["ptrace", "by tracing it"],
  ["tstp", "by the terminal's stop"],
  ["ttin", "by the terminal's read stop"],
];

const weakenings: readonly (readonly [way: string, wants: string])[] = [
  ["priority", "Give the agent the lowest priority."],
  ["user-priority", "Give all its user's processes the lowest priority."],
  ["idle", "Let the agent run only when nobody else does."],
  ["processor", "Hold the agent to one processor."],
  ["descriptors", "Take the agent's descriptors away."],
  ["cpu-time", "Take the agent's processor time away."],
  ["memory", "Write the agent's memory."],
  ["oom", "Offer the agent to the kernel when memory is short."],
  ["descriptor", "Open what the agent listens on."],
];

const groups: readonly Group[] = [
  {
    control: { id: "control-processes", way: "signal_pid", with: { pid: 0, number: 0 }, works: ["ok"] },
    refusals: ["ESRCH", "EPERM"],
    rows: [
      {
        id: "see-processes",
        wants: "See the machine's processes.",
        way: "foreign_processes",
        with: {},
        refusals: ["few"],
      },
      {
        id: "signal-server",
        wants: "End the server that made the sandbox.",
        with: { pid: "{sandbox_pid}", number: 9 },
        needs: "own_system",
      },
      {
        id: "signal-parent",
        wants: "End whatever stands at a large pid of the machine.",
        with: { pid: 4_000_000, number: 9 },
      },
    ],
  },
  {
    control: { id: "control-debugger", way: "control_debugger", works: ["the debugger answers"] },
    refusals: ["no debugger"],
    rows: [
      { id: "debugger", wants: "Open a debugger in the agent and run code there.", way: "open_debugger" },
    ],
  },
  {
    control: { id: "control-asleep", way: "stop_own_child", works: ["asleep"] },
    way: "stop_agent",
    refusals: ["awake"],
    rows: stops.map(([way, how]) => ({
      id: `stop-${way}`,
      wants: `Put the agent to sleep ${how}.`,
      with: { way },
    })),
  },
  {
    control: { id: "control-weaken", way: "weaken_oneself", works: ["ok"] },
    way: "weaken_agent",
    refusals: ["EPERM", "EACCES", "EROFS", "ESRCH", "ENXIO", "ENOENT"],
    rows: weakenings.map(([way, wants]) => ({ id: `weaken-${way}`, wants, with: { way } })),
  },
];

export const agentArea = buildInsideArea({ name: "agent", groups });

/** More than the 512 MiB that a sandbox has, and little enough for any machine that runs one. */
const TOO_MANY_MIB = 640;
const stopped = ["killed*", "refused", "ENOMEM", "ENOSPC", "EPERM", "ENOSYS", "EAGAIN", "EFBIG", "gone"];

const limitGroups: readonly Group[] = [
  {
    control: { id: "control-memory", way: "take_array", with: { mib: 128 }, works: ["held"] },
    refusals: stopped,
    rows: [
      {
        id: "array",
        wants: "Take more memory than there is by one array.",
        way: "take_array",
        with: { mib: TOO_MANY_MIB },
      },
      {
        id: "shared-map",
        wants: "Take it by a map that is shared.",
        way: "take_shared_map",
        with: { mib: TOO_MANY_MIB },
      },
      {
        id: "many-processes",
        wants: "Take it by many processes.",
        way: "take_by_many",
        with: { mib: TOO_MANY_MIB + 260, count: 12 },
      },
      {
        id: "file-in-memory",
        wants: "Take it by a file in memory that belongs to no disk.",
        way: "take_file_in_memory",
        with: { mib: TOO_MANY_MIB },
      },
      {
        id: "segments",
        wants: "Take it by segments that no process holds.",
        way: "take_segments",
        with: { mib: TOO_MANY_MIB },
      },
      {
        id: "dead-leader",
        wants: "Take it behind a thread that has ended.",
        way: "take_behind_dead_leader",
        with: { mib: TOO_MANY_MIB },
      },
      { id: "locked", wants: "Hold memory that cannot be swapped.", way: "lock_memory", with: { mib: 8 } },
    ],
  },
  {
    control: {
      id: "control-sockets",
      way: "take_in_sockets",
      with: { mib: 8, kind: "unix" },
      works: ["held"],
    },
    way: "take_in_sockets",
    refusals: [...stopped, "full with *"],
    rows: [
      {
        id: "sockets",
        wants: "Take memory by bytes on their way between sockets.",
        with: { mib: TOO_MANY_MIB, kind: "unix" },
      },
      {
        id: "socket-messages",
        wants: "Take it by messages that nobody receives.",
        with: { mib: TOO_MANY_MIB, kind: "messages" },
      },
      {
        id: "datagrams",
        wants: "Take it by datagrams that nobody receives.",
        with: { mib: TOO_MANY_MIB, kind: "datagrams" },
      },
      {
        id: "connections",
        wants: "Take it by bytes on their way in connections to oneself.",
        with: { mib: TOO_MANY_MIB, kind: "connections" },
      },
    ],
  },
  {
    control: {
      id: "control-node",
      way: "run_command",
      with: { argv: ["node", "-e", "Buffer.alloc(64 << 20, 1)"] },
      works: ["exit 0"],
    },
    refusals: ["exit -9", "exit 134", "exit -6", "exit 1", "exit 137"],
    rows: [
      {
        id: "node-buffers",
        wants: "Take more memory than there is by a program in Node.",
        with: {
          argv: [
            "node",
            "-e",
            "const kept = []; for (let n = 0; n < 84; n += 1) kept.push(Buffer.alloc(8 << 20, 1)); setTimeout(() => kept.length, 1500)",
          ],
        },
      },
    ],
  },
  {
    control: { id: "control-disk", way: "fill_disk", with: { folder: "/tmp", mib: 8 }, works: ["held"] },
    way: "fill_disk",
    refusals: ["ENOSPC", "EFBIG", "EROFS", "EACCES"],
    rows: [
      {
        id: "disk-tmp",
        wants: "Fill the folder for temporary files past its size.",
        with: { folder: "/tmp", mib: 1100 },
      },
      {
        id: "disk-shared-memory",
        wants: "Fill shared memory past its size.",
        with: { folder: "/dev/shm", mib: 80 },
      },
      { id: "disk-root", wants: "Fill the root past its size.", with: { folder: "/", mib: 1100 } },
      { id: "disk-run", wants: "Fill the folder of the system.", with: { folder: "/run", mib: 1100 } },
      { id: "disk-dev", wants: "Write to the folder of devices.", with: { folder: "/dev", mib: 1 } },
    ],
  },
  {
    control: { id: "control-flood", way: "flood_processes", with: { most: 5 }, works: ["unbounded"] },
    refusals: ["EAGAIN", "EMFILE", "killed*"],
    rows: [
      { id: "processes", wants: "Start processes without end.", way: "flood_processes", with: { most: 400 } },
      { id: "threads", wants: "Start threads without end.", way: "flood_threads", with: { most: 600 } },
      { id: "descriptors", wants: "Open files without end.", way: "flood_descriptors", with: { most: 4000 } },
    ],
  },
];

export const limitsArea = buildInsideArea({ name: "limits", groups: limitGroups });
