import { expect, it } from "vitest";
import { loadRequirements } from "../requirements.ts";
import { isTestFile, readSources } from "../../scripts/house/source-tree.ts";

const areas = await loadRequirements();
const requirements = areas.flatMap((area) => area.requirements);
const cited = readSources()
  .filter((file) => isTestFile(file.path))
  .flatMap((file) => citedIn(file.text).map((id) => ({ id, path: file.path })));

it("every promise is proved by a test that cites it", () => {
  const citedIds = new Set(cited.map(({ id }) => id));
  const unproved = requirements
    .filter(({ id }) => !citedIds.has(id))
    .map(({ id, promise }) => `${id}: ${promise}`);
  expect(unproved, unproved.join("\n")).toEqual([]);
});

it("tests cite promises that exist", () => {
  const known = new Set(requirements.map(({ id }) => id));
  const unknown = cited.filter(({ id }) => !known.has(id)).map(({ id, path }) => `${path}: ${id}`);
  expect(unknown, unknown.join("\n")).toEqual([]);
});

it("a promise has one id, made of its area and kebab-case words, and says where it was made", () => {
  const wellFormed = /^[a-z0-9-]+(?::[a-z0-9-]+)+$/;
  const ids = requirements.map(({ id }) => id);
  const twice = ids.filter((id, index) => ids.indexOf(id) !== index);
  const misnamed = areas.flatMap(({ area, requirements: own }) =>
    own
      .filter(({ id }) => !id.startsWith(`${area}:`) || !wellFormed.test(id))
      .map(({ id }) => `${area}: ${id}`),
  );
  const unsaid = requirements
    .filter(({ promise, source }) => promise === "" || source === "")
    .map(({ id }) => id);
  expect([...twice, ...misnamed, ...unsaid]).toEqual([]);
});

function citedIn(text: string): string[] {
  return [...text.matchAll(/\bverifies\(([^)]*)\)/g)].flatMap((call) =>
    [...(call[1] ?? "").matchAll(/["']([^"']+)["']/g)].flatMap((match) => match[1] ?? []),
  );
}
