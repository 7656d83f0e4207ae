import { readdir, readFile } from "node:fs/promises";
import { join, resolve } from "node:path";
import { gzipSync } from "node:zlib";
import { expect, test } from "vitest";
import { verifies } from "../verifies.ts";

const WEB_DIR = resolve(import.meta.dirname, "..", "..", "dist", "web");
const MOST_BYTES = 150_000;
/** What a page may load on top, once somebody goes to it. */
const MOST_CHUNK_BYTES = 60_000;

const sizeOf = async (name: string) => gzipSync(await readFile(join(WEB_DIR, "assets", name))).byteLength;

/** The scripts that the page names itself: the browser loads them before it shows anything. */
async function firstScripts(): Promise<string[]> {
  const page = await readFile(join(WEB_DIR, "index.html"), "utf8");
  return [...page.matchAll(/\/assets\/([\w.-]+\.js)"/g)].flatMap(([, name]) => name ?? []);
}

test("the page loads at most 150 kB of script, compressed", async () => {
  verifies("web:size:at-most-150-kb");
  const sizes = await Promise.all((await firstScripts()).map(sizeOf));
  const total = sizes.reduce((sum, size) => sum + size, 0);
  expect(total).toBeGreaterThan(0);
  expect(total).toBeLessThanOrEqual(MOST_BYTES);
});

test("what a form or an output needs comes later, in parts of at most 60 kB", async () => {
  const first = await firstScripts();
  const names = await readdir(join(WEB_DIR, "assets"));
  const later = names.filter((name) => name.endsWith(".js") && !first.includes(name));
  const sizes = await Promise.all(later.map(async (name) => ({ name, size: await sizeOf(name) })));
  expect(sizes.length).toBeGreaterThan(0);
  expect(sizes.filter(({ size }) => size > MOST_CHUNK_BYTES)).toEqual([]);
});
