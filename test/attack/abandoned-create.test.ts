import { readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { Sandbox } from "e2b";
import { afterAll, beforeAll, expect, it } from "vitest";
import { startSandboxServer } from "../support/sandbox-server.ts";
import type { SandboxServer } from "../support/sandbox-server.ts";
import { verifies } from "../verifies.ts";

let server: SandboxServer;
beforeAll(async () => {
  server = await startSandboxServer({ pool: 0 });
});
afterAll(() => server.stop());

/** Sandboxes that exist on the host, also those still being launched. */
function countOnHost(): number {
  const runtimeDir = readFileSync(path.join(server.stateDir, "runtime-dir"), "utf8");
  return readdirSync(runtimeDir).filter((name) => name.startsWith("c-")).length;
}

/** As the SDK asks, but on a connection that closes when the signal comes. */
async function askForSandbox(signal: AbortSignal): Promise<void> {
  const response = await fetch(`${server.url}/v2/sandboxes`, {
    method: "POST",
    headers: { "x-api-key": server.apiKey, "content-type": "application/json" },
    body: JSON.stringify({ templateID: "base" }),
    signal,
  });
  expect(response.status).toBe(201);
}

it("a client that goes away while its sandbox is made leaves none behind", async () => {
  verifies("sandbox:attack:no-abandoned-sandboxes");
  const gone = new AbortController();
  // Three times as many as are launched at a time: when the first is there, most are still to be made.
  const asked = Array.from({ length: 12 }, () => askForSandbox(gone.signal));
  await Promise.race(asked);
  gone.abort();
  await Promise.allSettled(asked);
  // Of those that were launched together with the first, some may have been answered just before.
  await expect.poll(countOnHost).toBeLessThanOrEqual(4);
  // Those that nobody took are still being ended: both are asked anew until nothing is there that is not listed.
  const unlisted = async (): Promise<number> =>
    countOnHost() - (await Sandbox.list(server.sdk).nextItems()).length;
  await expect.poll(unlisted).toBe(0);
});
