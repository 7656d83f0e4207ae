import { expect, it } from "vitest";
import type { WorkerVersion } from "../catalog/store.ts";
import { parseManifest } from "../registry/parse-manifest.ts";
import { verifies } from "../../test/verifies.ts";
import { describeTool } from "./describe-tool.ts";

const worker = { paused_at: null } as unknown as WorkerVersion["worker"];

it.each([
  ["file: sales.csv", false],
  ["url: 'https://data.example.com/sales.csv'", true],
])("each action of a query over {%s} is a tool that only reads", (source, openWorldHint) => {
  verifies("queries:tools:read-only");
  const { manifest } = parseManifest(
    `{schema_version: "0.3", name: sales, title: Sales, version: 0.1.0, exec: {mode: query}, query: {source: {${source}}, columns: {id: integer}, id_column: id, stats_groups: [id]}}`,
  );
  const tools = (manifest?.actions ?? []).map((action) =>
    manifest === null ? null : describeTool({ worker, manifest, action, name: `sales__${action.name}` }),
  );
  expect(tools.map((tool) => tool?.name)).toEqual(["sales__stats", "sales__get"]);
  for (const tool of tools) {
    expect(tool?.annotations).toEqual({
      readOnlyHint: true,
      destructiveHint: false,
      idempotentHint: true,
      openWorldHint,
    });
  }
});
