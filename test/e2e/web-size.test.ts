import { readdir, readFile } from "node:fs/promises";
import { join, resolve } from "node:path";
import { gzipSync } from "node:zlib";
import { expect, test } from "vitest";
import { verifies } from "../verifies.ts";

const ASSETS_DIR = resolve(import.meta.dirname, "..", "..", "dist", "web", "assets");
const MOST_BYTES = 150_000;

test("the page loads at most 150 kB of script, compressed", async () => {
  verifies("web:size:at-most-150-kb");
  const scripts = (await readdir(ASSETS_DIR)).filter((name) => name.endsWith(".js"));
  const sizes = await Promise.all(
    scripts.map(async (name) => gzipSync(await readFile(join(ASSETS_DIR, name))).byteLength),
  );
  const total = sizes.reduce((sum, size) => sum + size, 0);
  expect(total).toBeGreaterThan(0);
  expect(total).toBeLessThanOrEqual(MOST_BYTES);
});
