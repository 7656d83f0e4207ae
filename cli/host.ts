/** A place to write text to, with what a command must know about it. */
export interface Sink {
  write: (text: string) => void;
  /** Bytes as they are, answered once they are taken. */
  writeBytes: (bytes: Uint8Array) => Promise<void>;
  isTerminal: boolean;
  /** Width in columns; undefined when nobody knows. */
  columns: number | undefined;
}

/** Everything of the machine that the CLI touches, handed in so that a test can stand in its place. */
export interface Host {
  env: Readonly<Record<string, string | undefined>>;
  cwd: string;
  homeDir: string;
  /** The user this process belongs to; undefined where the system has no such numbers. */
  uid?: number;
  stdout: Sink;
  stderr: Sink;
  stdin: {
    isTerminal: boolean;
    readAll: () => Promise<string>;
    /** Line by line as they come, until the other side closes. */
    lines: () => AsyncIterable<string>;
    /** All of it as it is, where it need not be text. */
    readBytes: () => Promise<Uint8Array>;
    ask: (question: string) => Promise<string>;
    /** The same, and what is typed is not shown. */
    askHidden: (question: string) => Promise<string>;
  };
  /** Epoch milliseconds. */
  now: () => number;
  fetch: typeof fetch;
  /** Resolves after so long, or rejects when the signal aborts. */
  sleep: (ms: number, signal: AbortSignal) => Promise<void>;
  /** Aborts on Ctrl-C. */
  interrupt: AbortSignal;
}
