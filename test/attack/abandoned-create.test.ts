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

it("a client that goes away while its sandbox is made leaves none behind", async () => {
  verifies("sandbox:attack:no-abandoned-sandboxes");
  const gone = new AbortController();
  const asked = Sandbox.create("base", { ...server.sdk, signal: gone.signal }).then(
    () => "created",
    () => "abandoned",
  );
  await expect.poll(countOnHost, { interval: 1 }).toBe(1);
  gone.abort();
  expect(await asked).toBe("abandoned");
  await expect.poll(countOnHost).toBe(0);
  expect(await Sandbox.list(server.sdk).nextItems()).toEqual([]);
});
