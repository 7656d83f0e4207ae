import { create } from "@bufbuild/protobuf";
import type { MessageInitShape } from "@bufbuild/protobuf";
import { Code, ConnectError } from "@connectrpc/connect";
import type { HandlerContext, ServiceImpl } from "@connectrpc/connect";
import { ProcessEventSchema, Signal } from "../../gen/process_pb.ts";
import type { Process, ProcessEvent, ProcessInput, StartRequest } from "../../gen/process_pb.ts";
import type { ActiveClock } from "../active-clock.ts";
import { Command } from "./command.ts";
import type { CommandEnd } from "./command-end.ts";
import type { CommandTable } from "./command-table.ts";
import type { CommandEnvironment } from "./command-environment.ts";
import type { FifoPool } from "./fifo-pool.ts";
import type { OutputChunk } from "./output-journal.ts";
import { resolvePath } from "../paths.ts";
import { spawnCommand } from "./spawn-command.ts";
import type { CommandLimits } from "./spawn-command.ts";
import { userOfRequest } from "../users.ts";
import { keepaliveIntervalMs, waitForChange } from "../wait-for-change.ts";

const NO_PTY = "This sandbox has no pseudo-terminals: run commands without pty.";
/** A killed process may still be a zombie when the signal has been sent; callers want it gone. */
const REAP_WAIT_MS = 2_000;
/** Longest delay a timer takes; a longer deadline is as good as none. */
const MAX_TIMER_MS = 2_147_483_647;

export interface ProcessDeps {
  commands: CommandTable;
  pipes: FifoPool;
  environment: CommandEnvironment;
  limits: CommandLimits | undefined;
  clock: Pick<ActiveClock, "activeMs">;
  /** Told of every started command, so that the guards wake up. */
  onStarted: () => void;
}

/**
 * E2B's `process.Process`: commands that outlive their clients. A command is killed by its own
 * `Connect-Timeout-Ms`, by a signal or with the sandbox, never by a client that goes away.
 */
export function createProcessService(deps: ProcessDeps): ServiceImpl<typeof Process> {
  const { commands } = deps;
  return {
    async *start(request, context) {
      const command = await startCommand(request, context, deps);
      for await (const event of followCommand(command, context)) yield { event };
    },
    async *connect(request, context) {
      const command = commands.findAny(request.process);
      for await (const event of followCommand(command, context)) yield { event };
    },
    list: () => ({ processes: commands.running().map(describeCommand) }),
    async sendInput(request, context) {
      const command = commands.findRunning(request.process);
      await writeInput(command, request.input, context.signal);
      return {};
    },
    async streamInput(requests, context) {
      let command: Command | undefined;
      for await (const { event } of requests) {
        if (event.case === "start") command = commands.findRunning(event.value.process);
        if (event.case === "data") await writeInput(command, event.value.input, context.signal);
      }
      return {};
    },
    closeStdin(request) {
      commands.findRunning(request.process).closeStdin();
      return {};
    },
    async sendSignal(request) {
      await signalCommand(commands.findRunning(request.process), request.signal);
      return {};
    },
    update() {
      throw new ConnectError(NO_PTY, Code.Unimplemented);
    },
  };
}

async function startCommand(
  request: StartRequest,
  context: HandlerContext,
  deps: ProcessDeps,
): Promise<Command> {
  if (request.pty !== undefined) throw new ConnectError(NO_PTY, Code.Unimplemented);
  if (request.process === undefined) throw new ConnectError("process is required", Code.InvalidArgument);
  const { cmd, args, envs, cwd } = request.process;
  const user = userOfRequest(context.requestHeader);
  const config = { cmd, args, envs, cwd };
  const handles = await spawnCommand(
    {
      config,
      cwd: resolvePath(cwd ?? "", user),
      env: deps.environment.of(user, envs),
      withStdin: request.stdin ?? false,
      limits: deps.limits,
    },
    deps.pipes,
  );
  const command = new Command(handles, {
    config,
    tag: request.tag,
    journalLimitBytes: deps.commands.journalShareBytes,
  });
  deps.commands.add(command);
  const timeoutMs = context.timeoutMs();
  if (timeoutMs !== undefined && timeoutMs <= MAX_TIMER_MS) command.killAfter(timeoutMs, deps.clock);
  deps.onStarted();
  return command;
}

/** Everything the command has written and will write, then its end. Keepalives fill silences. */
async function* followCommand(command: Command, context: HandlerContext): AsyncGenerator<ProcessEvent> {
  const { signal } = context;
  const cursor = command.journal.openCursor();
  const idleMs = keepaliveIntervalMs(context.requestHeader);
  // A client that is gone must stop holding the command back at once, even if its last write never returns.
  signal.addEventListener("abort", () => cursor.close(), { once: true });
  try {
    yield event({ case: "start", value: { pid: command.pid } });
    while (true) {
      const ended = command.end;
      const chunk = cursor.next();
      if (chunk === undefined && ended !== undefined) break;
      if (chunk !== undefined) yield dataEvent(chunk);
      else if ((await nextOutput(command, { signal, idleMs })) === "idle") yield keepaliveEvent();
    }
    if (command.end !== undefined) yield endEvent(command.end);
  } finally {
    cursor.close();
  }
}

async function nextOutput(command: Command, options: { signal: AbortSignal; idleMs: number }) {
  return waitForChange((listener) => command.journal.onChange(listener), options);
}

function keepaliveEvent(): ProcessEvent {
  return event({ case: "keepalive", value: {} });
}

function dataEvent(chunk: OutputChunk): ProcessEvent {
  return event({ case: "data", value: { output: { case: chunk.stream, value: chunk.bytes } } });
}

function endEvent({ error, ...end }: CommandEnd): ProcessEvent {
  return event({ case: "end", value: error === undefined ? end : { ...end, error } });
}

function event(init: NonNullable<MessageInitShape<typeof ProcessEventSchema>["event"]>): ProcessEvent {
  return create(ProcessEventSchema, { event: init });
}

async function writeInput(
  command: Command | undefined,
  input: ProcessInput | undefined,
  signal: AbortSignal,
): Promise<void> {
  if (command === undefined) throw new ConnectError("data before start", Code.InvalidArgument);
  if (input?.input.case === "pty") throw new ConnectError(NO_PTY, Code.Unimplemented);
  if (input?.input.case === "stdin") await command.writeStdin(input.input.value, signal);
}

async function signalCommand(command: Command, signal: Signal): Promise<void> {
  if (signal === Signal.SIGTERM) {
    command.kill("SIGTERM");
    return;
  }
  if (signal !== Signal.SIGKILL) throw new ConnectError(`unknown signal ${signal}`, Code.InvalidArgument);
  command.kill("SIGKILL");
  await waitAtMost(command.exited, REAP_WAIT_MS);
}

async function waitAtMost(settled: Promise<void>, limitMs: number): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>();
  const timer = setTimeout(resolve, limitMs);
  await Promise.race([settled, promise]);
  clearTimeout(timer);
}

function describeCommand(command: Command) {
  const { cmd, args, envs, cwd } = command.config;
  return {
    pid: command.pid,
    config: { cmd, args, envs, ...(cwd === undefined ? {} : { cwd }) },
    ...(command.tag === undefined ? {} : { tag: command.tag }),
  };
}
