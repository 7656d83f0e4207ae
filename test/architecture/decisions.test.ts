import { readdirSync, readFileSync } from "node:fs";
import { expect, it } from "vitest";

const FOLDER = "docs/decisions";

it("every decision stands in their list, once and in order", () => {
  const files = readdirSync(FOLDER)
    .filter((name) => /^\d{4}-/.test(name))
    .toSorted();
  const listed = [...readFileSync(`${FOLDER}/README.md`, "utf8").matchAll(/^\| \[\d{4}\]\(([^)]+)\)/gm)];
  expect(listed.map(([, name]) => name)).toEqual(files);
});
