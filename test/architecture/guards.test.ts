import { expect, it } from "vitest";
import { isTestFile, readSources } from "../../scripts/house/source-tree.ts";
import { verifies } from "../verifies.ts";

const edge = readSources().filter((file) => file.path.startsWith("worker/") && !isTestFile(file.path));

function pathsWith(pattern: RegExp): string[] {
  return edge.filter(({ text }) => pattern.test(text)).map(({ path }) => path);
}

it("the record of changes is written by one file, which changes none of it and deletes what is old", () => {
  verifies("audit:events:append-only");
  expect(pathsWith(/\bauditEvents\b|audit_events["`\s]+(?:SET|WHERE|\()/)).toEqual([
    "worker/audit/store.ts",
    "worker/platform/db/schema/audit.ts",
  ]);
  const store = edge.find(({ path }) => path === "worker/audit/store.ts")?.text ?? "";
  expect(store).not.toMatch(/\.update\(|onConflictDoUpdate|sql\.raw/);
  expect([...store.matchAll(/\.delete\(/g)]).toHaveLength(1);
});

it("only what keeps the record's time asks for events to be deleted", () => {
  verifies("audit:events:append-only");
  expect(pathsWith(/\bdeleteOldEvents\b/)).toEqual([
    "worker/audit/expiry-service.ts",
    "worker/audit/store.ts",
  ]);
  expect(pathsWith(/\b(?:tidyAudit|clearAudit)\(/)).toEqual([
    "worker/audit/expiry-service.ts",
    "worker/compose/retention-deps.ts",
    "worker/retention/take-look.ts",
  ]);
});
