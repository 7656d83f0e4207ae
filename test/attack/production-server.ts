import { startSandboxServer } from "../support/sandbox-server.ts";
import type { SandboxServer, SandboxServerOptions } from "../support/sandbox-server.ts";
import { runnerArchiveBase64 } from "../../worker/sandboxes/runner.gen.ts";

/**
 * A sandbox server as `npm start` has it: its sandboxes hold the runner, and a runner waits for orders in those of the
 * pool, of which one is there when this resolves.
 */
export function startProductionServer(options: SandboxServerOptions = {}): Promise<SandboxServer> {
  return startSandboxServer({
    pool: 1,
    startProgram: Buffer.from(runnerArchiveBase64, "base64"),
    ...options,
  });
}
