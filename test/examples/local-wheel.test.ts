import { execFile } from "node:child_process";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { promisify } from "node:util";
import { expect, test } from "vitest";

const EXAMPLE_DIR = resolve(import.meta.dirname, "..", "..", "workers-examples", "local-wheel");

test("the wheel of local-wheel is, byte for byte, what its source builds", async () => {
  const target = await mkdtemp(join(tmpdir(), "wheel-"));
  const builder = join(EXAMPLE_DIR, "wheel-source", "build_wheel.py");
  const { stdout } = await promisify(execFile)("/usr/bin/python3", ["-B", builder, target]);
  const built = await readFile(stdout.trim());
  await rm(target, { recursive: true });
  const kept = await readFile(join(EXAMPLE_DIR, "wheels", "floom_greetings-1.0.0-py3-none-any.whl"));
  expect(built.equals(kept)).toBe(true);
});
