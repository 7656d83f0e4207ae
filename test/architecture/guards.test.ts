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

it("whoever is outside is called through one door, which judges the addresses that users name", () => {
  verifies("edge:dial:one-door");
  // Objects and assets are asked by stubs; only the bare name leaves the edge. A key of an object or type is no call.
  const calls = /(?<![.\w"])fetch\(|\bglobalThis\.fetch\b|\bnew WebSocket\(|\bconnect\(\{?\s*hostname/;
  const callers = pathsWith(calls).filter(
    (path) => !/^worker\/(?:objects\/run-object|runs\/record\/run-api)\.ts$/.test(path),
  );
  expect(callers, "Call out by worker/platform/network/dial-client.ts.").toEqual([
    "worker/platform/network/dial-client.ts",
  ]);
  // What is dialled for the one who runs the server is Composio, his mail provider and his models, and nothing else.
  expect(pathsWith(/\bopenOperatorDial\(\)/)).toEqual([
    "worker/compose/alert-deps.ts",
    "worker/compose/connections/connection-deps.ts",
    "worker/compose/programs/open-agent.ts",
    "worker/compose/programs/open-models.ts",
    "worker/platform/network/dial-client.ts",
  ]);
});
