import { expect, it } from "vitest";
import { readImports, readSources } from "../../scripts/house/source-tree.ts";

it("the page carries the schemas of the routes it asks for, not those of the whole API", () => {
  const arrows = readSources()
    .filter(({ path }) => path.startsWith("web/") && !path.includes(".test."))
    .flatMap(readImports)
    .filter(({ target }) => /^contract\/(?:.*\/)?routes\.ts$/.test(target));
  expect(arrows.filter(({ from }) => from !== "web/api/routes.ts")).toEqual([]);
  expect(arrows.map(({ target }) => target)).not.toContain("contract/routes.ts");
});
