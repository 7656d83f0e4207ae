import { spawn } from "node:child_process";
import type { ChildProcess } from "node:child_process";
import { accessSync, closeSync, constants, existsSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { Code, ConnectError } from "@connectrpc/connect";
import type { CommandConfig, CommandHandles } from "./command.ts";
import { reopenBlocking } from "./fifo-pool.ts";
import type { FifoPool, PipePair } from "./fifo-pool.ts";
import { toConnectError } from "../fs-error.ts";
import { adopt } from "./orphans.ts";

const PRLIMIT = "/usr/bin/prlimit";
/**
 * What one process may map, as a multiple of the memory it may use: room for the stacks of all the threads a sandbox
 * may have, and still an error at once for a program that asks for far more than there is.
 */
const MAPPED_PER_USED = 4;
/** The kernel's own out-of-memory killer should take a command before the agent. */
const COMMAND_OOM_SCORE = 500;

/** `memoryBytes`: what the sandbox may use. `openFiles`: descriptors of one process. */
export interface CommandLimits {
  memoryBytes: number;
  openFiles: number;
}

/** A command ready to be started: absolute working directory and complete environment. */
export interface SpawnRequest {
  config: CommandConfig;
  cwd: string;
  env: Record<string, string>;
  withStdin: boolean;
  /** Limits of each process, undefined for none. */
  limits: CommandLimits | undefined;
}

/**
 * Starts a command as the leader of its own session and process group, with pipes for its standard streams and
 * no other descriptor. Throws `invalid_argument` for a missing directory or program, `resource_exhausted` when
 * the sandbox has no process or descriptor left.
 */
export async function spawnCommand(request: SpawnRequest, pipes: FifoPool): Promise<CommandHandles> {
  requireDirectory(request.cwd);
  requireProgram(request.config.cmd, request.env["PATH"] ?? "");
  const taken: PipePair[] = [];
  try {
    const stdout = await takePipe(pipes, taken);
    const stderr = await takePipe(pipes, taken);
    const stdin = request.withStdin ? await takePipe(pipes, taken) : undefined;
    return await startChild(request, { stdout, stderr, stdin });
  } catch (error) {
    for (const pair of taken) closeQuietly(pair.readFd, pair.writeFd);
    throw toConnectError(error);
  }
}

async function takePipe(pipes: FifoPool, taken: PipePair[]): Promise<PipePair> {
  const pair = await pipes.take().catch((error: unknown) => {
    throw new ConnectError(
      "no pipes left in the sandbox",
      Code.ResourceExhausted,
      undefined,
      undefined,
      error,
    );
  });
  taken.push(pair);
  return pair;
}

async function startChild(
  request: SpawnRequest,
  pipes: { stdout: PipePair; stderr: PipePair; stdin: PipePair | undefined },
): Promise<CommandHandles> {
  const childStdinFd = pipes.stdin === undefined ? undefined : reopenBlocking(pipes.stdin.readFd);
  try {
    const [program, args] = withLimits(request);
    const child = spawn(program, args, {
      cwd: request.cwd,
      env: request.env,
      detached: true,
      stdio: [childStdinFd ?? "ignore", pipes.stdout.writeFd, pipes.stderr.writeFd],
    });
    adopt(child);
    const pid = child.pid ?? (await spawnFailure(child));
    raiseOomScore(pid);
    closeQuietly(pipes.stdout.writeFd, pipes.stderr.writeFd);
    if (pipes.stdin !== undefined) closeQuietly(pipes.stdin.readFd);
    return {
      child,
      pid,
      stdoutFd: pipes.stdout.readFd,
      stderrFd: pipes.stderr.readFd,
      stdinFd: pipes.stdin?.writeFd,
    };
  } finally {
    if (childStdinFd !== undefined) closeQuietly(childStdinFd);
  }
}

function withLimits(request: SpawnRequest): [string, string[]] {
  const { cmd, args } = request.config;
  if (request.limits === undefined) return [cmd, args];
  const { memoryBytes, openFiles } = request.limits;
  // The soft limit of memory only: V8 reserves address space that it never fills, so `node` inside the sandbox is a
  // shim that raises its own limit to the hard one, which the host set.
  const data = `--data=${memoryBytes * MAPPED_PER_USED}:`;
  return [PRLIMIT, [data, `--nofile=${openFiles}:${openFiles}`, "--", cmd, ...args]];
}

/** A child without a pid reports why on its next tick. */
async function spawnFailure(child: ChildProcess): Promise<never> {
  const error = await new Promise<Error>((resolve) => child.once("error", resolve));
  throw error;
}

function requireDirectory(cwd: string): void {
  const stat = statSync(cwd, { throwIfNoEntry: false });
  if (stat === undefined) throw new ConnectError(`cwd '${cwd}' does not exist`, Code.InvalidArgument);
  if (!stat.isDirectory()) throw new ConnectError(`cwd '${cwd}' is not a directory`, Code.InvalidArgument);
}

function requireProgram(cmd: string, searchPath: string): void {
  if (cmd === "") throw new ConnectError("cmd must not be empty", Code.InvalidArgument);
  const found = cmd.includes("/")
    ? existsSync(cmd)
    : searchPath.split(":").some((dir) => isExecutable(join(dir, cmd)));
  if (!found) throw new ConnectError(`program '${cmd}' not found`, Code.InvalidArgument);
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

function raiseOomScore(pid: number): void {
  try {
    writeFileSync(`/proc/${pid}/oom_score_adj`, String(COMMAND_OOM_SCORE));
  } catch {
    // A child that is already gone, or a kernel that refuses, leaves the default score: only less protection.
  }
}

function closeQuietly(...fds: number[]): void {
  for (const fd of fds) closeSync(fd);
}
