import { setTimeout as sleep } from "node:timers/promises";
import type { Host } from "../../cli/host.ts";
import { runCli } from "../../cli/run-cli.ts";
import type { FakeEdge } from "./fake-edge.ts";

export interface CliCallOptions {
  edge?: FakeEdge;
  cwd?: string;
  env?: Record<string, string>;
  stdin?: string | Uint8Array;
  /** What a person at the terminal answers; without it nobody is there. */
  reply?: string;
  isTerminal?: boolean;
  interrupt?: AbortSignal;
  /** Sees standard error as it is written. */
  onNote?: (text: string) => void;
}

export interface CliResult {
  exitCode: number;
  stdout: string;
  stderr: string;
}

const NOBODYS_HOME = "/nonexistent";

/** Calls the CLI in this process as a person would, and hands back what it printed. */
export async function callCli(argv: readonly string[], options: CliCallOptions = {}): Promise<CliResult> {
  const { edge, isTerminal = false } = options;
  let stdout = "";
  let stderr = "";
  const host: Host = {
    env: {
      FLOOM_HOME: NOBODYS_HOME,
      ...(edge === undefined ? {} : { FLOOM_API_URL: edge.origin, FLOOM_TOKEN: edge.token }),
      ...options.env,
    },
    cwd: options.cwd ?? process.cwd(),
    homeDir: NOBODYS_HOME,
    stdout: {
      write: (text) => void (stdout += text),
      writeBytes: async (bytes) => void (stdout += Buffer.from(bytes).toString("latin1")),
      isTerminal,
      columns: 100,
    },
    stderr: {
      write: (text) => {
        stderr += text;
        options.onNote?.(text);
      },
      writeBytes: async () => undefined,
      isTerminal,
      columns: 100,
    },
    stdin: {
      isTerminal: options.reply !== undefined,
      readAll: async () => Buffer.from(options.stdin ?? "").toString("utf8"),
      lines: async function* () {
        yield* Buffer.from(options.stdin ?? "")
          .toString("utf8")
          .split("\n");
      },
      readBytes: async () => Buffer.from(options.stdin ?? ""),
      ask: async () => options.reply ?? "",
      askHidden: async () => options.reply ?? "",
    },
    now: () => Date.parse("2026-01-02T00:00:00.000Z"),
    fetch,
    // Waits are told apart by what they wait for, never by how long.
    sleep: async (_ms, signal) => sleep(1, undefined, { signal }),
    interrupt: options.interrupt ?? new AbortController().signal,
  };
  const exitCode = await runCli(argv, host);
  return { exitCode, stdout, stderr };
}
