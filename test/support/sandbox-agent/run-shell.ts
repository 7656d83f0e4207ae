import type { ProcessEvent } from "../../../sandbox/gen/process_pb.ts";
import type { AgentUnderTest } from "./agent-under-test.ts";

/** What a command gave, for tests. */
export interface CommandOutcome {
  pid: number;
  stdout: string;
  stderr: string;
  stdoutBytes: Buffer;
  end: { exitCode: number; exited: boolean; status: string; error?: string | undefined } | undefined;
}

/** The request that runs a script as the SDK does. */
export function shell(script: string) {
  return { process: { cmd: "/bin/bash", args: ["-l", "-c", script] } };
}

/** Runs a script to its end. */
export async function runShell(agent: AgentUnderTest, script: string): Promise<CommandOutcome> {
  return collectOutcome(agent.processes.start(shell(script)));
}

/** Everything a stream of process events tells. */
export async function collectOutcome(
  events: AsyncIterable<{ event?: ProcessEvent | undefined }>,
): Promise<CommandOutcome> {
  const stdout: Uint8Array[] = [];
  const stderr: Uint8Array[] = [];
  const outcome: Pick<CommandOutcome, "pid" | "end"> = { pid: 0, end: undefined };
  for await (const { event } of events) {
    const kind = event?.event;
    if (kind?.case === "start") outcome.pid = kind.value.pid;
    if (kind?.case === "end") outcome.end = kind.value;
    if (kind?.case === "data" && kind.value.output.case === "stdout") stdout.push(kind.value.output.value);
    if (kind?.case === "data" && kind.value.output.case === "stderr") stderr.push(kind.value.output.value);
  }
  const stdoutBytes = Buffer.concat(stdout);
  return {
    ...outcome,
    stdoutBytes,
    stdout: stdoutBytes.toString(),
    stderr: Buffer.concat(stderr).toString(),
  };
}
