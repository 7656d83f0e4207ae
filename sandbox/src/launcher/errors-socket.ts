import fs from "node:fs";
import net from "node:net";
import path from "node:path";
import type { Readable } from "node:stream";

/**
 * Takes what the agents of sandboxes complain of, each over a connection that begins with the sandbox's name. A socket and not a
 * pipe: nothing inside can open an agent's end of it once more.
 */
export class ErrorsSocket {
  /** Of this process. Those of one that was killed are in the way of nobody but the next. */
  static #opened = 0;
  readonly path: string;
  readonly #server: net.Server;
  readonly #expected = new Map<string, (errors: Readable) => void>();

  static async open(dir: string): Promise<ErrorsSocket> {
    this.#opened += 1;
    const file = path.join(dir, `errors-${this.#opened}.sock`);
    fs.rmSync(file, { force: true });
    const server = net.createServer();
    await new Promise<void>((resolve, reject) => {
      server.once("error", reject);
      server.listen(file, resolve);
    });
    // Another user may come into the folder, to sockets that are theirs.
    fs.chmodSync(file, 0o600);
    return new ErrorsSocket(file, server);
  }

  private constructor(file: string, server: net.Server) {
    this.path = file;
    this.#server = server.on("connection", (socket) => this.#take(socket)).unref();
  }

  /** What comes by this name goes there, once. */
  expect(name: string, take: (errors: Readable) => void): void {
    this.#expected.set(name, take);
  }

  #take(socket: net.Socket): void {
    socket.on("error", () => undefined).unref();
    socket.once("data", (first: Buffer) => {
      const end = first.indexOf("\n");
      const name = first.toString("utf8", 0, Math.max(0, end));
      const take = this.#expected.get(name);
      this.#expected.delete(name);
      socket.unshift(first.subarray(end + 1));
      if (take === undefined) socket.destroy();
      else take(socket);
    });
  }

  /** Takes no more. What has come goes on. */
  close(): void {
    this.#server.close();
  }
}
