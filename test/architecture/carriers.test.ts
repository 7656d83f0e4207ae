import { expect, it } from "vitest";
import { isTestFile, readSources } from "../../scripts/house/source-tree.ts";

const GUARDS = "worker/platform/objects/carriers.ts";
const edge = readSources().filter((file) => file.path.startsWith("worker/") && !isTestFile(file.path));

/** Where something is kept: an object's entries and tables, and the database. */
const carriers: readonly { name: RegExp; guarded: RegExp }[] = [
  { name: /\bstorage\.kv\b/g, guarded: /\bguardEntries\((?:\w+\.)*storage\.kv\)/g },
  { name: /\bstorage\.sql\b/g, guarded: /\bguardTables\((?:\w+\.)*storage\.sql\)/g },
  { name: /\bdrizzle\(/g, guarded: /\bdrizzle\(guardDatabase\(/g },
];

it("nothing is kept but through a guard that knows how much production keeps", () => {
  const bare = edge.flatMap(({ path, text }) =>
    carriers
      .filter(({ name, guarded }) => count(text, name) > count(text, guarded))
      .map(({ name }) => `${path}: ${name.source}`),
  );
  expect(bare, `Wrap it with the guard of ${GUARDS}.`).toEqual([]);
});

function count(text: string, pattern: RegExp): number {
  return [...text.matchAll(pattern)].length;
}

it("no query has one parameter for each member of a list: production takes a hundred", () => {
  const lists = edge.filter(({ text }) => /\b(?:inArray|notInArray)\b/.test(text)).map(({ path }) => path);
  expect(lists, "Bind the list as one value: idIsOneOf, or json_each(?).").toEqual([]);
});
