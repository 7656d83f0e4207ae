import { readdir, readFile } from "node:fs/promises";
import { join, resolve } from "node:path";
import { gzipSync } from "node:zlib";
import { beforeAll, expect, test } from "vitest";
import budgets from "../../bench/budgets.json" with { type: "json" };
import { verifies } from "../verifies.ts";

const ASSETS = resolve(import.meta.dirname, "..", "..", "dist", "web", "assets");
/** The editor of a worker's source is loaded when somebody opens a file: it alone may be larger. */
const EDITOR = "code-editor";
/** What whoever opens the app without an address sees. */
const FIRST_PAGE = "overview-page";

interface Part {
  size: number;
  /** Loaded with it. */
  needs: readonly string[];
  /** Loaded once they are wanted. */
  offers: readonly string[];
}

const parts = new Map<string, Part>();
const found = (text: string, pattern: RegExp) =>
  [...text.matchAll(pattern)].flatMap(([, name]) => name ?? []);

beforeAll(async () => {
  for (const name of await readdir(ASSETS)) {
    if (!name.endsWith(".js")) continue;
    const text = await readFile(join(ASSETS, name), "utf8");
    parts.set(name, {
      size: gzipSync(text).byteLength,
      needs: found(text, /(?:from|import)\s*"\.\/([\w.-]+\.js)"/g),
      offers: found(text, /import\(\s*[`"']\.\/([\w.-]+\.js)[`"']/g),
    });
  }
});

const named = (name: string): string[] =>
  [...parts.keys()].filter((file) => new RegExp(`^${name}-[\\w-]{8}\\.js$`).test(file));

/** These parts with all that is loaded with them. */
function closure(names: readonly string[]): Set<string> {
  const all = new Set(names);
  for (const name of all) for (const needed of parts.get(name)?.needs ?? []) all.add(needed);
  return all;
}

const sizeOf = (names: Iterable<string>) =>
  [...names].reduce((sum, name) => sum + (parts.get(name)?.size ?? 0), 0);

/** The scripts that the page names itself: the browser loads them before it shows anything. */
async function firstScripts(): Promise<string[]> {
  const page = await readFile(join(ASSETS, "..", "index.html"), "utf8");
  return found(page, /\/assets\/([\w.-]+\.js)"/g);
}

test("the overview is there with at most 150 kB of script, compressed", async () => {
  verifies("web:size:at-most-150-kb");
  const total = sizeOf(closure([...(await firstScripts()), ...named(FIRST_PAGE)]));
  expect(named(FIRST_PAGE)).toHaveLength(1);
  expect(total).toBeGreaterThan(0);
  expect(total).toBeLessThanOrEqual(budgets.first_load_script_bytes.max);
});

/** What is loaded already when a part is wanted: what comes first, and the editor where that alone offers the part. */
function loadedBefore(name: string, first: ReadonlySet<string>): Set<string> {
  const editor = closure(named(EDITOR));
  const offering = [...parts].flatMap(([from, { offers }]) => (offers.includes(name) ? [from] : []));
  return new Set([...first, ...(offering.every((from) => editor.has(from)) ? editor : [])]);
}

test("whatever else is gone to or opened brings at most 60 kB with it, the code editor 110", async () => {
  const first = closure(await firstScripts());
  const offered = new Set([...parts.values()].flatMap(({ offers }) => offers));
  const brought = [...offered].map((name) => {
    const before = loadedBefore(name, first);
    const isEditor = name.startsWith(`${EDITOR}-`);
    return {
      name,
      size: sizeOf([...closure([name])].filter((needed) => !before.has(needed))),
      most: (isEditor ? budgets.code_editor_script_bytes : budgets.later_script_bytes).max,
    };
  });
  expect(brought.length).toBeGreaterThan(30);
  expect(brought.filter(({ size, most }) => size > most)).toEqual([]);
});

test("no single part is larger than 60 kB", async () => {
  const first = await firstScripts();
  const later = [...parts]
    .filter(([name]) => !first.includes(name))
    .map(([name, { size }]) => ({ name, size }));
  expect(later.length).toBeGreaterThan(0);
  expect(later.filter(({ size }) => size > budgets.later_script_bytes.max)).toEqual([]);
});
