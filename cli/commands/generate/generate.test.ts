import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, it } from "vitest";
import { callCli } from "../../../test/support/cli-host.ts";
import { startFakeEdge } from "../../../test/support/fake-edge.ts";
import type { FakeEdge } from "../../../test/support/fake-edge.ts";
import { sampleVersion, sampleWorker } from "../../../test/support/sample-records.ts";
import { verifies } from "../../../test/verifies.ts";

let edge: FakeEdge;
let cwd: string;
beforeEach(async () => {
  cwd = await mkdtemp(join(tmpdir(), "floom-generate-"));
  await writeFile(join(cwd, "openapi.json"), "{}");
  edge = await startFakeEdge({
    generateWorker: () => ({
      name: "shop",
      worker_yml: "name: shop\n",
      tools: ["list-orders"],
      trust_tier: 1,
      secrets: [],
      left_out: [],
      findings: [],
    }),
    putWorkerBundle: () => ({
      worker: { ...sampleWorker(), id: "shop" },
      version: { ...sampleVersion(1), state: "quarantined" as const },
      created: true,
      changed: true,
      warnings: [],
    }),
  });
});
afterEach(async () => {
  await edge.close();
  await rm(cwd, { recursive: true });
});

it("makes a folder, and pushes nothing unless it is told to", async () => {
  const { exitCode } = await callCli(["generate", "--openapi", "openapi.json"], { edge, cwd });
  expect(exitCode).toBe(0);
  expect(await readFile(join(cwd, "shop", "worker.yml"), "utf8")).toBe("name: shop\n");
  expect(edge.requests.map(({ routeId }) => routeId)).toEqual(["generateWorker"]);
});

it("with --push the version waits in quarantine, and the way to let it in is said", async () => {
  verifies("http-tools:generate:into-quarantine");
  const { stdout } = await callCli(["generate", "--openapi", "openapi.json", "--push"], { edge, cwd });
  expect(edge.requests.at(-1)).toMatchObject({ routeId: "putWorkerBundle", query: { quarantine: "true" } });
  expect(stdout).toContain("waits in quarantine");
  expect(stdout).toContain("floom trust promote shop 1");
});
