import { once } from "node:events";
import { createServer } from "node:net";
import type { Server } from "node:net";

/** Below those that a machine gives to whoever asks for any port: none of them is taken between its finding and its use. */
const FIRST = 20_000;
const COUNT = 8_000;

/** A port of this machine that nobody listens at, and that nobody is given by chance. */
export async function findFreePort(): Promise<number> {
  for (;;) {
    const port = FIRST + Math.floor(Math.random() * COUNT);
    const server = createServer().listen(port, "127.0.0.1");
    if (await isListening(server)) {
      server.close();
      await once(server, "close");
      return port;
    }
  }
}

async function isListening(server: Server): Promise<boolean> {
  return once(server, "listening").then(
    () => true,
    () => false,
  );
}
