/** How a command ended, in the words Go's `os.ProcessState` uses, which E2B's clients read. */
export interface CommandEnd {
  /** -1 when a signal ended it. */
  exitCode: number;
  exited: boolean;
  status: string;
  error: string | undefined;
}

const SIGNAL_WORDS: Partial<Record<NodeJS.Signals, string>> = {
  SIGHUP: "hangup",
  SIGINT: "interrupt",
  SIGQUIT: "quit",
  SIGILL: "illegal instruction",
  SIGTRAP: "trace/breakpoint trap",
  SIGABRT: "aborted",
  SIGBUS: "bus error",
  SIGFPE: "floating point exception",
  SIGKILL: "killed",
  SIGUSR1: "user defined signal 1",
  SIGUSR2: "user defined signal 2",
  SIGSEGV: "segmentation fault",
  SIGPIPE: "broken pipe",
  SIGALRM: "alarm clock",
  SIGTERM: "terminated",
  SIGXCPU: "CPU time limit exceeded",
  SIGXFSZ: "file size limit exceeded",
  SIGSYS: "bad system call",
};

/** The end event of a process; `reason` says which guard killed it, or one of its children. */
export function describeExit(
  exit: { code: number | null; signal: NodeJS.Signals | null },
  reason: string | undefined,
): CommandEnd {
  const exited = exit.signal === null;
  const exitCode = exited ? (exit.code ?? 0) : -1;
  const status = exit.signal === null ? `exit status ${exitCode}` : `signal: ${signalWord(exit.signal)}`;
  return { exitCode, exited, status, error: exitCode === 0 ? undefined : withReason(status, reason) };
}

function signalWord(signal: NodeJS.Signals): string {
  return SIGNAL_WORDS[signal] ?? signal.toLowerCase();
}

function withReason(status: string, reason: string | undefined): string {
  return reason === undefined ? status : `${status} (${reason})`;
}
