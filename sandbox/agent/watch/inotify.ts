import type { Worker } from "node:worker_threads";
import { Code, ConnectError } from "@connectrpc/connect";
import { watchThreadText } from "./watch-thread.ts";
import type { Added, WatchNews, WatchRequest } from "./watch-thread.ts";

/** The kernel's own bits (`inotify(7)`). */
export const IN = {
  MODIFY: 0x2,
  ATTRIB: 0x4,
  MOVED_FROM: 0x40,
  MOVED_TO: 0x80,
  CREATE: 0x100,
  DELETE: 0x200,
  DELETE_SELF: 0x400,
  MOVE_SELF: 0x800,
  Q_OVERFLOW: 0x4000,
  ISDIR: 0x40000000,
} as const;

/** Stands for no event: all that happened while a folder was taken on has been told. */
export const SETTLED = 0;

/** One thing that happened in a watched folder; `name` is empty when it happened to the folder itself. */
export interface InotifyEvent {
  wd: number;
  mask: number;
  name: string;
}

/** A folder that is being watched. */
export interface WatchedFolder {
  /** What was in it when the watch began. Anything newer comes as an event, and may be in here as well. */
  entries: string[];
  close: () => void;
}

type Listener = (event: InotifyEvent) => void;

/** It holds a path for each folder, and what it reads goes on at once. */
const THREAD_LIMITS = { maxYoungGenerationSizeMb: 2, maxOldGenerationSizeMb: 16, stackSizeMb: 1 };
const HEADER_BYTES = 16;

/** The events in what the kernel wrote: four numbers, then a name that is filled up with NUL bytes. */
export function parseEvents(bytes: Uint8Array): InotifyEvent[] {
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const events: InotifyEvent[] = [];
  for (let at = 0; at + HEADER_BYTES <= buffer.length;) {
    const nameBytes = buffer.readUInt32LE(at + 12);
    const name = buffer
      .toString("utf8", at + HEADER_BYTES, at + HEADER_BYTES + nameBytes)
      .replace(/\0+$/, "");
    events.push({ wd: buffer.readInt32LE(at), mask: buffer.readUInt32LE(at + 4), name });
    at += HEADER_BYTES + nameBytes;
  }
  return events;
}

/** The watches of the whole agent, over one thread that is started with the first. */
export class Inotify {
  readonly #listeners = new Map<number, Map<number, Listener>>();
  readonly #waiting = new Map<number, { listener: Listener; settle: (added: Added) => void }>();
  #wake: Int32Array | undefined;
  #thread: Worker | undefined;
  #lastId = 0;

  /** Watches one folder. Rejects with the system's error, or when there can be no more watches. */
  async watch(dir: string, listener: Listener): Promise<WatchedFolder> {
    this.#lastId += 1;
    const id = this.#lastId;
    const added = await new Promise<Added>((settle) => {
      this.#waiting.set(id, { listener, settle });
      this.#ask({ add: [{ id, dir }], remove: [] });
    });
    if (!("wd" in added)) throw Object.assign(new Error(added.message), { code: added.code });
    if (added.wd < 0) throw new ConnectError(`${dir} cannot be watched`, Code.Internal);
    const { wd, entries } = added;
    return { entries, close: () => this.#close(wd, id) };
  }

  #close(wd: number, id: number): void {
    const listeners = this.#listeners.get(wd);
    listeners?.delete(id);
    if (listeners?.size === 0) this.#listeners.delete(wd);
    this.#ask({ add: [], remove: [id] });
  }

  #ask(request: WatchRequest): void {
    // Not made with the agent: while the snapshot that it starts from is taken there is no shared memory.
    const wake = (this.#wake ??= new Int32Array(new SharedArrayBuffer(4)));
    this.#thread ??= this.#start(wake);
    this.#thread.postMessage(request);
    Atomics.store(wake, 0, 1);
    Atomics.notify(wake, 0);
  }

  #start(wake: Int32Array): Worker {
    // Not imported by name: an agent that watches nothing need not load it.
    const { Worker: Thread } = process.getBuiltinModule("node:worker_threads");
    const thread = new Thread(watchThreadText, {
      eval: true,
      workerData: wake.buffer,
      resourceLimits: THREAD_LIMITS,
    });
    thread.unref();
    thread.on("message", (news: WatchNews) => {
      if ("added" in news) for (const added of news.added) this.#settle(added);
      else if ("settled" in news) for (const wd of news.settled) this.#tell({ wd, mask: SETTLED, name: "" });
      else for (const event of parseEvents(news.events)) this.#tell(event);
    });
    thread.on("error", (error: Error) => {
      this.#thread = undefined;
      for (const id of this.#waiting.keys()) this.#settle({ id, code: "", message: error.message });
      this.#tell({ wd: -1, mask: IN.Q_OVERFLOW, name: "" });
      this.#listeners.clear();
    });
    return thread;
  }

  /** In the same turn as the news, so that the listener is there before the next events are. */
  #settle(added: Added): void {
    const waiting = this.#waiting.get(added.id);
    if (waiting === undefined) return;
    this.#waiting.delete(added.id);
    if ("wd" in added) {
      const listeners = this.#listeners.get(added.wd) ?? new Map<number, Listener>();
      this.#listeners.set(added.wd, listeners.set(added.id, waiting.listener));
    }
    waiting.settle(added);
  }

  #tell(event: InotifyEvent): void {
    const concerned =
      (event.mask & IN.Q_OVERFLOW) === 0
        ? [...(this.#listeners.get(event.wd)?.values() ?? [])]
        : [...this.#listeners.values()].flatMap((listeners) => [...listeners.values()]);
    for (const listener of concerned) listener(event);
  }
}
