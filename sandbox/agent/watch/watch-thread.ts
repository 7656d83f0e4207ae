import type { FSWatcher } from "node:fs";

/** What the thread is asked: to watch folders under ids of the asker's choice, or to stop watching some. */
export interface WatchRequest {
  add: readonly { id: number; dir: string }[];
  remove: readonly number[];
}

/** A folder that is watched, with the kernel's number for it and what was in it just after; or why it is not. */
export type Added =
  { id: number; wd: number; entries: string[] } | { id: number; code: string; message: string };

/** A folder that Node has set a watch up for, and by what key the kernel's number for it can be found. */
type Started = { id: number; key: string; entries: string[] } | { id: number; code: string; message: string };

/**
 * What the thread tells: folders it took on; events as the kernel wrote them; the numbers of folders for which all has
 * been told that happened while they were taken on.
 */
export type WatchNews = { added: Added[] } | { events: Uint8Array } | { settled: number[] };

/** The kernel's queue of events, as Node set it up for this thread. */
interface Queue {
  watch: (id: number, dir: string) => Started;
  unwatch: (id: number) => void;
  /** The kernel's numbers of all that is watched, by their keys. */
  numbers: () => Map<string, number>;
  /** Gives out what has come, as the kernel wrote it. */
  drain: (take: (events: Uint8Array) => void) => void;
  isEmpty: () => boolean;
}

/** Node has no word for its own queue: it is the one that appears with the first watch of the thread. */
function openQueue(): Queue {
  const fs = process.getBuiltinModule("node:fs");
  const watchers = new Map<number, FSWatcher>();
  const buffer = Buffer.alloc(64 * 1024);
  const queues = (): string[] =>
    fs.readdirSync("/proc/self/fd").filter((fd) => {
      try {
        return fs.readlinkSync(`/proc/self/fd/${fd}`) === "anon_inode:inotify";
      } catch {
        return false;
      }
    });
  const others = queues();
  let queue: number | undefined;
  /** Device and inode as the kernel counts them. */
  const keyOf = (dir: string): string => {
    const { dev, ino } = fs.statSync(dir, { bigint: true });
    const major = (dev >> 8n) & 0xfffn;
    const minor = (dev & 0xffn) | ((dev >> 12n) & 0xfff00n);
    return `${((major << 20n) | minor).toString(16)}:${ino.toString(16)}`;
  };
  const unwatch = (id: number): void => {
    watchers.get(id)?.close();
    watchers.delete(id);
  };
  return {
    watch(id, dir) {
      try {
        watchers.set(id, fs.watch(dir, { persistent: false }));
        queue ??= Number(queues().find((fd) => !others.includes(fd)));
        return { id, key: keyOf(dir), entries: fs.readdirSync(dir) };
      } catch (error) {
        unwatch(id);
        const code = error instanceof Error && "code" in error ? String(error.code) : "";
        return { id, code, message: error instanceof Error ? error.message : String(error) };
      }
    },
    unwatch,
    numbers() {
      const text = queue === undefined ? "" : fs.readFileSync(`/proc/self/fdinfo/${queue}`, "utf8");
      const lines = text.matchAll(/wd:(\w+) ino:(\w+) sdev:(\w+)/g);
      return new Map(
        Array.from(lines, ([, wd = "", ino, sdev]) => [`${sdev}:${ino}`, Number.parseInt(wd, 16)]),
      );
    },
    drain(take) {
      if (queue === undefined) return;
      try {
        for (;;) take(Uint8Array.from(buffer.subarray(0, fs.readSync(queue, buffer))));
      } catch {
        // EAGAIN: there are no more.
      }
    },
    isEmpty: () => watchers.size === 0,
  };
}

/**
 * The body of a thread that watches folders and hands on the kernel's own events. Node tells only "something changed"
 * and "a name came or went", and reads its events itself. This thread lets Node set the watches up and then never
 * returns to Node's loop, so that nobody but it reads from the descriptor they arrive at: order and kind of what
 * happened stay what the kernel says. It wakes when `wake` says so, and fifty times a second while it watches.
 */
function runThread(queue: Queue, wake: Int32Array): void {
  const { parentPort: port, receiveMessageOnPort } = process.getBuiltinModule("node:worker_threads");
  if (port === null) return;
  const passEventsOn = (): void => queue.drain((events) => port.postMessage({ events }));
  const answer = ({ add, remove }: WatchRequest): void => {
    for (const id of remove) queue.unwatch(id);
    if (add.length === 0) return;
    const started = add.map(({ id, dir }) => queue.watch(id, dir));
    const numbers = queue.numbers();
    const added = started.map((one): Added => {
      if (!("key" in one)) return one;
      return { id: one.id, entries: one.entries, wd: numbers.get(one.key) ?? -1 };
    });
    port.postMessage({ added });
    passEventsOn();
    port.postMessage({ settled: added.flatMap((one) => ("wd" in one ? [one.wd] : [])) });
  };
  const isRequest = (message: unknown): message is WatchRequest =>
    typeof message === "object" && message !== null && "add" in message && "remove" in message;
  /** All that was asked since the last time, as one: to find the numbers out takes as long for one as for many. */
  const asked = (): WatchRequest => {
    const requests: WatchRequest[] = [];
    const take = (): { message: unknown } | undefined => receiveMessageOnPort(port);
    for (let next = take(); next !== undefined; next = take())
      if (isRequest(next.message)) requests.push(next.message);

    return { add: requests.flatMap(({ add }) => add), remove: requests.flatMap(({ remove }) => remove) };
  };
  for (;;) {
    Atomics.store(wake, 0, 0);
    // Requests first would let a folder's first events arrive before the word that it is watched, which names it.
    passEventsOn();
    answer(asked());
    Atomics.wait(wake, 0, 0, queue.isEmpty() ? Infinity : 20);
  }
}

/**
 * The program of the thread, to be started from its text, with the memory by which it is woken as its data. The two
 * functions may use nothing from around them.
 */
export const watchThreadText =
  `(${runThread.toString()})((${openQueue.toString()})(), ` +
  'new Int32Array(process.getBuiltinModule("node:worker_threads").workerData));';
