import { spawnSync } from "node:child_process";
import { openSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";

const main = join(import.meta.dirname, "main.ts");

it("output that a full disk cut off is an error", () => {
  const full = openSync("/dev/full", "w");
  const ended = spawnSync(process.execPath, [main, "--help"], {
    stdio: ["ignore", full, "pipe"],
    encoding: "utf8",
  });
  expect(ended.stderr).toContain("could not be written");
  expect(ended.status).toBe(6);
});
