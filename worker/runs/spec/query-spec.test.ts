import { expect, it } from "vitest";
import { queryPlanSchema } from "#contract/queries/query";
import { parseManifest } from "../../registry/parse-manifest.ts";
import { buildQueryPlan, buildQuerySpec, hostOfQuery } from "./query-spec.ts";

const manifest = (source: string) => {
  const parsed = parseManifest(`schema_version: "0.3"
name: sales
title: Sales
version: 0.1.0
exec: {mode: query}
query:
  source: {${source}}
  columns: {id: integer}
  id_column: id
  filter_fields: {id: id}
`);
  if (parsed.manifest === null) throw new Error(JSON.stringify(parsed.findings));
  return parsed.manifest;
};

it("a run is told the one action that it asks, within what an environment variable holds", () => {
  const spec = buildQuerySpec(manifest("file: sales.csv"), "get");
  expect(spec?.action).toMatchObject({ kind: "get", id: "id" });
  const plan = spec && buildQueryPlan(spec);
  expect(queryPlanSchema.parse(plan)).toEqual(plan);
});

it("the host that data is fetched from is known before the run, and of other sources there is none", () => {
  const ofUrl = manifest('url: "https://data.example.com:8443/sales.csv"').query;
  const ofFile = manifest("file: sales.csv").query;
  expect(ofUrl && hostOfQuery(ofUrl)).toBe("data.example.com");
  expect(ofFile && hostOfQuery(ofFile)).toBeNull();
});
