import { readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { parseSync } from "oxc-parser";
import { expect, it } from "vitest";
import { readImports, readSources } from "../../scripts/house/source-tree.ts";

const root = resolve(import.meta.dirname, "..", "..");
const isRoutes = (path: string) => /^contract\/(?:.*\/)?routes\.ts$/.test(path);

/** Every table of routes that whoever opens the page loads before anything is shown. */
const FIRST = [
  "contract/accounts/routes.ts",
  "contract/members/routes.ts",
  "contract/system/routes.ts",
] as const;

/** What a file loads with itself: imports that are no types, and are not made later. */
function loadedWith(path: string): string[] {
  const text = readFileSync(join(root, path), "utf8");
  const { module } = parseSync(path, text);
  const kept = module.staticImports.filter(
    ({ entries }) => entries.length === 0 || entries.some(({ isType }) => !isType),
  );
  const names = new Set(kept.map(({ moduleRequest }) => moduleRequest.value));
  const stays = kept.map(({ start, end }) => text.slice(start, end)).join("\n");
  return readImports({ path, text: stays })
    .filter(({ isPackage, target }) => !isPackage && /\.tsx?$/.test(target) && names.size > 0)
    .map(({ target }) => target);
}

function loadedFirst(): Set<string> {
  const seen = new Set<string>(["web/main.tsx"]);
  for (const path of seen) for (const target of loadedWith(path)) seen.add(target);
  return seen;
}

it("what is loaded first carries the schemas of signing in, not those of any page", () => {
  expect([...loadedFirst()].filter(isRoutes).sort()).toEqual(FIRST);
});

it("no part of the page carries the table of the whole API", () => {
  const arrows = readSources()
    .filter(({ path }) => path.startsWith("web/") && !path.includes(".test."))
    .flatMap(readImports);
  expect(arrows.map(({ target }) => target)).not.toContain("contract/routes.ts");
});
