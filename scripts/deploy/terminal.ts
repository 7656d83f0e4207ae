import { createInterface } from "node:readline/promises";
import { Writable } from "node:stream";

/** Asks whoever sits before the terminal; null where nobody does. What is secret is not shown while it is typed. */
export function openTerminal(): ((question: string, kind: "plain" | "secret") => Promise<string>) | null {
  if (!process.stdin.isTTY) return null;
  return async (question, kind) => {
    process.stderr.write(question);
    const silent = new Writable({ write: (_chunk, _encoding, done) => done() });
    const output = kind === "secret" ? silent : process.stderr;
    const terminal = createInterface({ input: process.stdin, output, terminal: true });
    try {
      return await terminal.question("");
    } finally {
      terminal.close();
      if (kind === "secret") process.stderr.write("\n");
    }
  };
}
