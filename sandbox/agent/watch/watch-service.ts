import { randomUUID } from "node:crypto";
import { create } from "@bufbuild/protobuf";
import { Code, ConnectError } from "@connectrpc/connect";
import type { HandlerContext, ServiceImpl } from "@connectrpc/connect";
import { EventType, FilesystemEventSchema } from "../../gen/filesystem_pb.ts";
import type { EntryInfo, Filesystem, FilesystemEvent } from "../../gen/filesystem_pb.ts";
import { watchDirectory } from "./directory-watch.ts";
import type { ChangeKind, DirectoryWatch } from "./directory-watch.ts";
import { toConnectError } from "../fs-error.ts";
import { resolvePath } from "../paths.ts";
import { userOfRequest } from "../users.ts";
import { keepaliveIntervalMs, waitForChange } from "../wait-for-change.ts";

const MAX_WATCHERS = 64;
const MAX_QUEUED_EVENTS = 10_000;

const EVENT_TYPES: Readonly<Record<ChangeKind, EventType>> = {
  create: EventType.CREATE,
  write: EventType.WRITE,
  remove: EventType.REMOVE,
  rename: EventType.RENAME,
  chmod: EventType.CHMOD,
};

interface WatchRequest {
  path: string;
  recursive: boolean;
  includeEntry: boolean;
}

interface EventQueue {
  events: FilesystemEvent[];
  error: ConnectError | undefined;
  watch: DirectoryWatch;
  onChange: (listener: () => void) => () => void;
}

type WatchMethods = Pick<
  ServiceImpl<typeof Filesystem>,
  "watchDir" | "createWatcher" | "getWatcherEvents" | "removeWatcher"
>;

/** The watching half of `filesystem.Filesystem`: as a stream, and as a queue that clients poll. */
export function createWatchMethods(describe: (path: string) => EntryInfo): WatchMethods {
  const watchers = new Map<string, EventQueue>();
  let opened = 0;
  const open = async (request: WatchRequest, context: HandlerContext): Promise<EventQueue> => {
    if (opened >= MAX_WATCHERS)
      throw new ConnectError(`more than ${MAX_WATCHERS} watchers`, Code.ResourceExhausted);

    const path = resolvePath(request.path, userOfRequest(context.requestHeader));
    opened += 1;
    try {
      return await openQueue({ ...request, path }, describe);
    } catch (error) {
      opened -= 1;
      throw toConnectError(error);
    }
  };
  const close = (queue: EventQueue): void => {
    opened -= 1;
    queue.watch.close();
  };
  const find = (watcherId: string): EventQueue => {
    const queue = watchers.get(watcherId);
    if (queue === undefined) throw new ConnectError(`watcher with id ${watcherId} not found`, Code.NotFound);
    return queue;
  };
  return {
    async *watchDir(request, context) {
      const queue = await open(request, context);
      try {
        yield { event: { case: "start", value: {} } };
        yield* streamEvents(queue, context);
      } finally {
        close(queue);
      }
    },
    async createWatcher(request, context) {
      const watcherId = randomUUID();
      watchers.set(watcherId, await open(request, context));
      return { watcherId };
    },
    getWatcherEvents(request) {
      const queue = find(request.watcherId);
      if (queue.error !== undefined) throw queue.error;
      return { events: queue.events.splice(0) };
    },
    removeWatcher(request) {
      close(find(request.watcherId));
      watchers.delete(request.watcherId);
      return {};
    },
  };
}

async function* streamEvents(queue: EventQueue, context: HandlerContext) {
  const idleMs = keepaliveIntervalMs(context.requestHeader);
  for (;;) {
    const event = queue.events.shift();
    if (event !== undefined) yield { event: { case: "filesystem" as const, value: event } };
    else if (queue.error !== undefined) throw queue.error;
    else {
      const woken = await waitForChange(queue.onChange, { signal: context.signal, idleMs });
      if (woken === "idle") yield { event: { case: "keepalive" as const, value: {} } };
    }
  }
}

async function openQueue(request: WatchRequest, describe: (path: string) => EntryInfo): Promise<EventQueue> {
  const listeners = new Set<() => void>();
  const wake = () => {
    for (const listener of listeners) listener();
  };
  const queue: EventQueue = {
    events: [],
    error: undefined,
    watch: { close() {} },
    onChange: (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
  };
  const fail = (error: unknown) => {
    queue.error = toConnectError(error);
    queue.watch.close();
    wake();
  };
  queue.watch = await watchDirectory(request.path, {
    recursive: request.recursive,
    onFailure: fail,
    onChange: (kind, name, path) => {
      if (queue.events.length >= MAX_QUEUED_EVENTS) {
        fail(new ConnectError("events were not read fast enough", Code.ResourceExhausted));
        return;
      }
      const entry = request.includeEntry ? describeIfThere(path, describe) : undefined;
      queue.events.push(
        create(FilesystemEventSchema, {
          name,
          type: EVENT_TYPES[kind],
          ...(entry === undefined ? {} : { entry }),
        }),
      );
      wake();
    },
  });
  return queue;
}

function describeIfThere(path: string, describe: (path: string) => EntryInfo): EntryInfo | undefined {
  try {
    return describe(path);
  } catch {
    return undefined;
  }
}
