import { expect, it } from "vitest";
import { findForbidden, pureFiles } from "./layers.ts";
import { isTestFile, readImports, readSources } from "./source-tree.ts";

const sources = readSources().filter((file) => !isTestFile(file.path));

it("every import goes along an arrow that the house allows", () => {
  const forbidden = sources.flatMap(readImports).flatMap(findForbidden);
  expect(forbidden, forbidden.join("\n")).toEqual([]);
});

it("a forbidden arrow is found and explained", () => {
  const sample = {
    path: "web/pages/home.tsx",
    text: 'import type { RunRow } from "../../worker/platform/db/schema/runs.ts";',
  };
  expect(readImports(sample).flatMap(findForbidden)).toEqual([
    expect.stringContaining(
      "web/pages/home.tsx -> worker/platform/db/schema/runs.ts\n    web, cli and sandbox",
    ),
  ]);
});

it("a vendor is known to its one importer", () => {
  const sample = { path: "worker/runs/engine/launch.ts", text: 'const sdk = await import("e2b");' };
  expect(readImports(sample).flatMap(findForbidden).join()).toContain("e2b-driver alone");
});

it("pure files read no clock, no chance and no network", () => {
  const impure =
    /\bDate\.now\(|\bnew Date\(\)|\bMath\.random\(|\brandomUUID\(|\bgetRandomValues\(|(?<![.\w])fetch\(/;
  const found = sources
    .filter((file) => pureFiles.some((pattern) => pattern.test(file.path)))
    .filter((file) => impure.test(file.text))
    .map((file) => `${file.path}: ${impure.exec(file.text)?.[0]}`);
  expect(found, found.join("\n")).toEqual([]);
});

it("only env.ts reads the bindings, only objects.ts knows the names of Durable Objects", () => {
  const found = sources
    .filter((file) => file.path.startsWith("worker/"))
    .filter((file) => !["worker/compose/stubs.ts", "worker/env.ts"].includes(file.path))
    .filter((file) => /\benv\.[A-Z]\w*_OBJECT\b/.test(file.text))
    .map((file) => file.path);
  expect(found, found.join("\n")).toEqual([]);
});
