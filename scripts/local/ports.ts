import { once } from "node:events";
import { createServer } from "node:net";
import type { Server } from "node:net";
import { StopError } from "./stop-error.ts";

const LOOPBACK = "127.0.0.1";
const DEFAULT_PORT = 8787;

/**
 * The port the edge will listen on: `PORT`, by default 8787; `PORT=0` takes any free one.
 * Throws StopError when it is not a port or somebody else listens there.
 */
export async function claimEdgePort(environment: NodeJS.ProcessEnv): Promise<number> {
  const named = environment["PORT"];
  const port = named === undefined || named === "" ? DEFAULT_PORT : Number(named);
  if (!Number.isInteger(port) || port < 0 || port > 65_535)
    throw new StopError(`PORT must be a number from 0 to 65535, not "${named}".`);

  try {
    return await probe(port);
  } catch (cause) {
    throw new StopError(
      `Port ${port} is taken by another program. Stop that program, or choose another port: PORT=${port + 1} npm start`,
      { cause },
    );
  }
}

/** Listens for a moment, so that a taken port is known before anything is started. */
async function probe(port: number): Promise<number> {
  const server = createServer();
  server.listen(port, LOOPBACK);
  await once(server, "listening");
  const found = portOf(server);
  server.close();
  await once(server, "close");
  return found;
}

/** The port that a server listens on. Throws for one that listens on none. */
export function portOf(server: Server): number {
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("The server listens on no port.");
  return address.port;
}
