import { globSync } from "node:fs";
import { join, resolve } from "node:path";
import { describe, expect, it } from "vitest";
import { limits } from "#contract/limits";
import { problems } from "#contract/problem-registry";
import { routes } from "#contract/routes";

const root = resolve(import.meta.dirname, "..", "..");

const assemblies = [
  { file: "limits.ts", table: /Limits$/, whole: limits },
  { file: "problems.ts", table: /Problems$/, whole: problems },
  { file: "routes.ts", table: /Routes$/, whole: routes },
];

/** The names of the rows in every table that the nouns' files of this name export. */
async function namesOfNouns(file: string, table: RegExp): Promise<string[]> {
  const paths = globSync([`contract/*/${file}`, `contract/request-${file}`], { cwd: root });
  const modules = await Promise.all(
    paths.map(async (path) => (await import(join(root, path))) as Record<string, object>),
  );
  return modules
    .flatMap((module) => Object.entries(module))
    .flatMap(([name, rows]) => (table.test(name) ? Object.keys(rows) : []));
}

describe("the contract's tables", () => {
  it.each(assemblies)(
    "hold every row of every noun's $file once, and no other",
    async ({ file, table, whole }) => {
      const names = await namesOfNouns(file, table);
      expect(names.toSorted()).toEqual(Object.keys(whole).toSorted());
    },
  );
});
