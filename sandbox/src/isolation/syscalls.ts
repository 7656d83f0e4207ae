/** System call numbers the filter needs, for the two architectures it is generated for. */
export type FilteredArch = "x64" | "arm64";

type Numbers = readonly [x64: number | null, arm64: number | null];

/**
 * Refused with EPERM: calls that make or enter namespaces, mount, look into other processes, load code into
 * the kernel, change the machine, or reach kernel subsystems with a long record of privilege escalations.
 * Numbers from the kernel's `unistd_64.h` (x64) and `asm-generic/unistd.h` (arm64).
 */
const refusedCalls: Readonly<Record<string, Numbers>> = {
  unshare: [272, 97],
  setns: [308, 268],
  mount: [165, 40],
  umount2: [166, 39],
  pivot_root: [155, 41],
  chroot: [161, 51],
  move_mount: [429, 429],
  open_tree: [428, 428],
  open_tree_attr: [467, 467],
  fsopen: [430, 430],
  fsconfig: [431, 431],
  fsmount: [432, 432],
  fspick: [433, 433],
  mount_setattr: [442, 442],
  statmount: [457, 457],
  listmount: [458, 458],
  ptrace: [101, 117],
  process_vm_readv: [310, 270],
  process_vm_writev: [311, 271],
  process_madvise: [440, 440],
  process_mrelease: [448, 448],
  pidfd_getfd: [438, 438],
  kcmp: [312, 272],
  bpf: [321, 280],
  io_setup: [206, 0],
  io_uring_setup: [425, 425],
  io_uring_enter: [426, 426],
  io_uring_register: [427, 427],
  userfaultfd: [323, 282],
  perf_event_open: [298, 241],
  keyctl: [250, 219],
  add_key: [248, 217],
  request_key: [249, 218],
  kexec_load: [246, 104],
  kexec_file_load: [320, 294],
  init_module: [175, 105],
  finit_module: [313, 273],
  delete_module: [176, 106],
  create_module: [174, null],
  query_module: [178, null],
  get_kernel_syms: [177, null],
  nfsservctl: [180, 42],
  swapon: [167, 224],
  swapoff: [168, 225],
  reboot: [169, 142],
  clock_settime: [227, 112],
  clock_adjtime: [305, 266],
  settimeofday: [164, 170],
  adjtimex: [159, 171],
  sethostname: [170, 161],
  setdomainname: [171, 162],
  name_to_handle_at: [303, 264],
  open_by_handle_at: [304, 265],
  fanotify_init: [300, 262],
  fanotify_mark: [301, 263],
  syslog: [103, 116],
  acct: [163, 89],
  quotactl: [179, 60],
  quotactl_fd: [443, 443],
  lookup_dcookie: [212, 18],
  lsm_set_self_attr: [460, 460],
  iopl: [172, null],
  ioperm: [173, null],
  modify_ldt: [154, null],
  vhangup: [153, 58],
  uselib: [134, null],
  ustat: [136, null],
  sysfs: [139, null],
  _sysctl: [156, null],
  migrate_pages: [256, 238],
  move_pages: [279, 239],
};

/**
 * Answered with ENOSYS, as a kernel without them would: calls that make memory no process's size shows and no file
 * system bounds. Programs know how to do without.
 */
const missingCalls: readonly Numbers[] = [
  [319, 279], // memfd_create
  [447, 447], // memfd_secret
  [68, 186], // msgget
  [64, 190], // semget
  [278, 75], // vmsplice, by which a pipe holds two megabytes for every byte that is in it
];

const inspectedCalls = {
  clone: [56, 220],
  clone3: [435, 435],
  socket: [41, 198],
  socketpair: [53, 199],
  ioctl: [16, 29],
  personality: [135, 92],
  setpriority: [141, 140],
  ioprio_set: [251, 30],
  prlimit64: [302, 261],
  fcntl: [72, 25],
  shmget: [29, 194],
  setsockopt: [54, 208],
} as const satisfies Record<string, readonly [number, number]>;

/** Name of a call whose arguments the filter looks at. */
export type InspectedCall = keyof typeof inspectedCalls;

/** The number of an argument-inspected call on `arch`. */
export function inspectedCallNumber(name: InspectedCall, arch: FilteredArch): number {
  return inspectedCalls[name][arch === "x64" ? 0 : 1];
}

/** Calls that change another process's share of the processors; the first argument is its number. */
const steeringCalls: readonly (readonly [number, number])[] = [
  [144, 119], // sched_setscheduler
  [142, 118], // sched_setparam
  [314, 274], // sched_setattr
  [203, 122], // sched_setaffinity
];

/** Numbers, on `arch`, of the calls whose first argument names the process they steer. */
export function steeringCallNumbers(arch: FilteredArch): number[] {
  return steeringCalls.map((numbers) => numbers[arch === "x64" ? 0 : 1]);
}

/** Numbers, on `arch`, of every call that is refused whatever its arguments are. */
export function refusedCallNumbers(arch: FilteredArch): number[] {
  return numbersOn(arch, Object.values(refusedCalls));
}

/** Numbers, on `arch`, of every call that answers as if the kernel did not have it. */
export function missingCallNumbers(arch: FilteredArch): number[] {
  return numbersOn(arch, missingCalls);
}

function numbersOn(arch: FilteredArch, calls: readonly Numbers[]): number[] {
  return calls.map(([x64, arm64]) => (arch === "x64" ? x64 : arm64)).filter((number) => number !== null);
}
