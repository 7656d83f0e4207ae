import { parseSync, Visitor } from "oxc-parser";
import { expect, it } from "vitest";
import { isTestFile, readSources } from "../../scripts/house/source-tree.ts";
import type { SourceFile } from "../../scripts/house/source-tree.ts";

/**
 * Where a type is claimed (`x as T`) that nothing has checked, and how often. The list may only get shorter. Each stands
 * for what the language cannot say: a type computed from a table, a brand, a library that promises less than it keeps.
 */
const claims: Readonly<Record<string, number>> = {
  "cli/command.ts": 1,
  "contract/client.ts": 1,
  "contract/json.ts": 1,
  "scripts/local/edge/workerd-config.ts": 1,
  "worker/compose/stubs.ts": 2,
  "worker/http/mount.ts": 1,
  "worker/platform/ids.ts": 1,
  "worker/registry/manifest/build-manifest.ts": 1,
  "worker/runs/ports/executor.ts": 1,
  "worker/runs/read/follow.ts": 1,
};

const INSTEAD = `A type assertion is believed, not checked. Instead:
  - parse what comes from outside (a body, a file, a column, a message) with its schema, which also gives an id its brand;
  - ask with instanceof, in, typeof or a predicate that looks;
  - give the function a type parameter, the constant \`satisfies\` or a type of its own.
If one is gone, shorten the list in test/architecture/casts.test.ts.`;

it("no type is claimed without a check but where the language leaves no other way", () => {
  const found = readSources()
    .filter(({ path }) => !isTestFile(path))
    .map((file) => [file.path, findClaims(file)] as const)
    .filter(([, places]) => places.length > 0);
  const counts = Object.fromEntries(found.map(([path, places]) => [path, places.length]));
  const surplus = found.flatMap(([path, places]) => (places.length > (claims[path] ?? 0) ? places : []));
  expect(counts, `${surplus.join("\n")}\n${INSTEAD}`).toEqual(claims);
});

it("an assertion is found however it is written, and `as const` is none", () => {
  const text =
    "const a = <const>[1];\nconst b = c as const;\nconst d = e as unknown as F;\nconst g = <H>i;\n";
  expect(findClaims({ path: "sample.ts", text })).toEqual([
    "sample.ts:3: e as unknown as F",
    "sample.ts:3: e as unknown",
    "sample.ts:4: <H>i",
  ]);
});

interface Assertion {
  start: number;
  end: number;
  typeAnnotation: { start: number; end: number };
}

/** Every assertion of a file but `as const`, as `path:line: text`. */
function findClaims({ path, text }: SourceFile): string[] {
  const places: string[] = [];
  const note = ({ start, end, typeAnnotation }: Assertion): void => {
    if (text.slice(typeAnnotation.start, typeAnnotation.end) === "const") return;
    places.push(`${path}:${text.slice(0, start).split("\n").length}: ${text.slice(start, end)}`);
  };
  const visitor = new Visitor({ TSAsExpression: note, TSTypeAssertion: note });
  visitor.visit(parseSync(path, text).program);
  return places;
}
