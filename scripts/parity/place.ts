import { Sandbox } from "e2b";
import type { SandboxOpts } from "e2b";
import type { Place } from "./behaviour.ts";

const TIMEOUT_MS = 300_000;

/** A place, and the way to end every sandbox that was made there. */
export interface OpenPlace extends Place {
  /** Ends the sandboxes of the behaviour that was measured last, but not the shared one. */
  endOwn: () => Promise<void>;
  close: () => Promise<void>;
}

/** Opens the place that the SDK's options lead to. `sandboxUrl` is that of a local server, undefined for the cloud. */
export function openPlace(connection: SandboxOpts, sandboxUrl: string | undefined): OpenPlace {
  const own: Sandbox[] = [];
  let shared: Promise<Sandbox> | undefined;
  const make = (options: SandboxOpts = {}): Promise<Sandbox> =>
    Sandbox.create({ timeoutMs: TIMEOUT_MS, ...connection, ...options });
  const endOwn = async (): Promise<void> => {
    await Promise.all(own.splice(0).map((box) => box.kill()));
  };
  return {
    isCloud: sandboxUrl === undefined,
    connection,
    async create(options) {
      const box = await make(options);
      own.push(box);
      return box;
    },
    box() {
      shared ??= make();
      return shared;
    },
    visit: (box, port) => visit(box, port, sandboxUrl),
    endOwn,
    async close() {
      await endOwn();
      await (await shared)?.kill();
    },
  };
}

/** The cloud is asked by the port's own host name; a local server by the headers that such a host name stands for. */
async function visit(box: Sandbox, port: number, sandboxUrl: string | undefined): Promise<number> {
  const request =
    sandboxUrl === undefined
      ? fetch(`https://${box.getHost(port)}/`)
      : fetch(sandboxUrl, {
          headers: {
            "E2b-Sandbox-Id": box.sandboxId,
            "E2b-Sandbox-Port": String(port),
            "X-Access-Token": String(Reflect.get(box, "envdAccessToken")),
          },
        });
  return request.then(
    async (response) => {
      await response.body?.cancel();
      return response.status;
    },
    () => 0,
  );
}
