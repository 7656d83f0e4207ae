import type { LaunchRefusal } from "./executor.ts";

/** A command as it is started in an attempt's sandbox. */
export interface CommandOrder {
  /** Names it in its sandbox: the same again starts nothing. Letters and digits. */
  key: string;
  cmd: string;
  args: readonly string[];
  /** Relative to the work directory; empty for that itself. */
  cwd: string;
  timeout_seconds: number;
}

/** How a command has ended, with the beginning of what it told. */
export interface CommandEnd {
  exit_code: number;
  stdout: string;
  stderr: string;
}

/** A sandbox is `gone` by the word of who owns the fact; where nobody can say, each of these throws. All may be repeated. */
export interface CommandBox {
  /** The attempt's sandbox with the run's folder in it; made where there is none. One that is made while `signal` is aborted is killed. */
  open: (signal: AbortSignal) => Promise<{ kind: "open"; sandbox_id: string } | LaunchRefusal>;
  /** Has the command begin; does not wait for it. */
  start: (sandboxId: string, order: CommandOrder) => Promise<"started" | "gone">;
  read: (sandboxId: string, key: string) => Promise<CommandEnd | "running" | "gone">;
}
