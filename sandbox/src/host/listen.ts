import fs from "node:fs";
import net from "node:net";
import type { Server } from "node:net";

/** Starts listening and waits until it does. */
export function listenOn(server: Server, where: string | { port: number; host: string }): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once("error", reject);
    server.once("listening", resolve);
    server.listen(where);
  });
}

function descriptorOf(server: Server): number {
  // Node keeps it where its types do not show it.
  const handle: unknown = Reflect.get(server, "_handle");
  const fd = typeof handle === "object" && handle !== null && "fd" in handle ? handle.fd : undefined;
  if (typeof fd !== "number" || fd < 0) throw new Error("the listening socket has no descriptor");
  return fd;
}

/**
 * Creates a listening unix socket at `socketPath`, hands its descriptor to `use`, and lets go of it. The
 * socket is made under another name first, because Node unlinks the name it bound when it closes. Connections
 * made before the heir of the descriptor accepts wait in the backlog.
 */
export async function withInheritableListener<T>(socketPath: string, use: (fd: number) => T): Promise<T> {
  const server = net.createServer();
  fs.rmSync(`${socketPath}.t`, { force: true });
  await listenOn(server, `${socketPath}.t`);
  try {
    fs.renameSync(`${socketPath}.t`, socketPath);
    return use(descriptorOf(server));
  } finally {
    server.close();
  }
}
