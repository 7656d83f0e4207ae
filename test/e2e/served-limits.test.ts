import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, it } from "vitest";
import { limits } from "#contract/limits";
import { createMcpRuntime } from "../../mcp/library.ts";

const dir = mkdtempSync(join(tmpdir(), "floom-limits-"));
afterAll(() => rmSync(dir, { recursive: true }));

function write(name: string, more: string): string {
  mkdirSync(join(dir, name));
  const exec = "exec: { entry: run.sh, runtime: bash, command: bash run.sh }";
  writeFileSync(
    join(dir, name, "worker.yml"),
    `schema_version: "0.3"\nname: ${name}\ntitle: A worker\nversion: 0.1.0\n${exec}\n${more}\n`,
  );
  writeFileSync(join(dir, name, "run.sh"), "true\n");
  return join(dir, name);
}

it("a time limit that worker.yml writes holds for calls, whichever it is; one that it does not write is left to the server", async () => {
  const seconds = limits.run_timeout_default_seconds.value;
  const folder = write("caller", `limits: { timeout_seconds: ${seconds} }\ncalls: [callee, longest]`);
  write("callee", "");
  write("longest", `limits: { timeout_seconds: ${limits.run_timeout_seconds.value} }`);
  const runtime = await createMcpRuntime({ folder, exposeNested: true });
  try {
    expect(Object.fromEntries(runtime.served.map(({ name, timeoutMs }) => [name, timeoutMs]))).toEqual({
      caller: seconds * 1000,
      callee: null,
      longest: limits.run_timeout_seconds.value * 1000,
    });
  } finally {
    await runtime.stop();
  }
});
