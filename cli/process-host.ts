import { once } from "node:events";
import { homedir } from "node:os";
import { setTimeout as sleep } from "node:timers/promises";
import { exitCodes } from "./exit-code.ts";
import type { Host, Sink } from "./host.ts";

/** The host of a real call: this process, its terminal and its network. */
export function openProcessHost(): Host {
  const interrupt = new AbortController();
  // A terminal that is closed says so by SIGHUP: what was begun is cleared away then as after Ctrl-C.
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) process.on(signal, () => interrupt.abort());
  endWhenNotWritten(process.stdout);
  endWhenNotWritten(process.stderr);
  return {
    env: process.env,
    cwd: process.cwd(),
    homeDir: homedir(),
    ...(process.getuid === undefined ? {} : { uid: process.getuid() }),
    stdout: openSink(process.stdout),
    stderr: openSink(process.stderr),
    stdin: {
      isTerminal: process.stdin.isTTY,
      readAll: async () => (await readStandardInput()).toString("utf8"),
      lines: readLines,
      readBytes: readStandardInput,
      ask,
      askHidden,
    },
    now: Date.now,
    fetch,
    sleep: async (ms, signal) => sleep(ms, undefined, { signal }),
    interrupt: interrupt.signal,
  };
}

function openSink(stream: NodeJS.WriteStream): Sink {
  return {
    write: (text) => void stream.write(text),
    writeBytes: async (bytes) => {
      if (!stream.write(bytes)) await once(stream, "drain");
    },
    isTerminal: stream.isTTY,
    columns: stream.columns,
  };
}

/**
 * `floom ... | head` closes our output early; that is the reader's right and no error. What a full disk cut off is one:
 * it must not look whole.
 */
function endWhenNotWritten(stream: NodeJS.WriteStream): void {
  stream.on("error", (error: NodeJS.ErrnoException) => {
    if (error.code === "EPIPE") process.exit(0);
    if (stream === process.stdout)
      process.stderr.write(`error The output could not be written: ${error.message}\n`);
    process.exit(exitCodes.unavailable.code);
  });
}

async function* readLines(): AsyncGenerator<string> {
  const { createInterface } = await import("node:readline");
  yield* createInterface({ input: process.stdin, crlfDelay: Number.POSITIVE_INFINITY });
}

async function readStandardInput(): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of process.stdin) chunks.push(Buffer.from(chunk));
  return Buffer.concat(chunks);
}

async function ask(question: string): Promise<string> {
  const { createInterface } = await import("node:readline/promises");
  const terminal = createInterface({ input: process.stdin, output: process.stderr });
  try {
    return await terminal.question(question);
  } finally {
    terminal.close();
  }
}

/** The terminal shows nothing of the answer: what is written back to it is dropped once the question stands there. */
async function askHidden(question: string): Promise<string> {
  const { createInterface } = await import("node:readline/promises");
  const { Writable } = await import("node:stream");
  process.stderr.write(question);
  const nowhere = new Writable({ write: (_chunk, _encoding, done) => done() });
  const terminal = createInterface({ input: process.stdin, output: nowhere, terminal: true });
  try {
    return await terminal.question("");
  } finally {
    terminal.close();
    process.stderr.write("\n");
  }
}
