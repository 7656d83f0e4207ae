import { expect, it } from "vitest";
import { convertGateway } from "../../cli/gateway/convert-gateway.ts";
import { openYaml } from "../../cli/gateway/yaml-source.ts";
import { verifies } from "../../test/verifies.ts";
import { parseManifest } from "./parse-manifest.ts";

const configs: Record<string, string> = {
  "classifier.yaml": `name: classifier
description: Sorts texts.
default_model_tier: local
system_prompt: Sort the text.
input_schema: {type: object, required: [text], properties: {text: {type: string}, labels: {type: array}}}
output_schema: {type: object, required: [label], properties: {label: {type: string}, sure: {type: number, minimum: 0, maximum: 1}}}
`,
  "free.yaml": "name: free\nsystem_prompt: Do as you are told.\n",
  "pipeline.yaml": `name: sort
pipeline_stages:
  - {name: First-Sort, worker_type: classifier, input_mapping: {text: goal.context.text, labels: "'x'"}}
  - {name: second, worker_type: free, condition: First-Sort.output.label == true, input_mapping: {payload: First-Sort.output}}
  - {name: third, worker_type: free, depends_on: [second], input_mapping: {payload: goal.instruction}}
`,
  "panel.yaml": `name: panel
protocol: delphi
convergence: {method: llm_judge}
agents:
  - {name: A, bridge: ollama, role: For it.}
  - {name: b-b, bridge: manual, sees_transcript_from: [A]}
`,
};

const gateway = `name: demo
tools:
  workers:
    - {config: classifier.yaml, name: docs.classify}
    - {config: free.yaml}
  pipelines:
    - {config: pipeline.yaml, name: sort_all}
  queries:
    - backend: heddle.contrib.duckdb.DuckDBQueryBackend
      actions: [search, filter, stats, get]
      name_prefix: docs
      backend_config:
        table_name: documents
        result_columns: [id, title]
        json_columns: [tags]
        filter_fields: {has_summary: "summary IS NOT NULL = ?", min_pages: "pages >= ?", title: "title = ?"}
        stats_groups: [title]
        stats_aggregates: ["COUNT(*) AS record_count", "AVG(pages) AS mean"]
        default_order_by: title
  council: {}
`;

it("the parser takes every folder that is made of a gateway", () => {
  verifies("gateway:import");
  const readText = (path: string) => configs[path] ?? null;
  const { entries, folders } = convertGateway(openYaml("gateway.yaml", gateway), {
    models: { local: "ollama/llama3" },
    readText,
    readConfig: (path) => openYaml(path, readText(path) ?? ""),
    listConfigs: () => [openYaml("panel.yaml", configs["panel.yaml"] ?? "")],
  });
  expect(entries.filter(({ status }) => status === "refused")).toEqual([]);
  expect(folders.map(({ worker }) => worker)).toEqual([
    "docs-classify",
    "free",
    "sort-all",
    "docs",
    "panel-a",
    "panel-judge",
    "panel-synthesis",
    "panel",
  ]);
  for (const { worker, files } of folders) {
    // What a query asks is exported by a person.
    const paths = new Set([...files.map(({ path }) => path), "data/documents.csv"]);
    const { manifest, findings } = parseManifest(
      files.find(({ path }) => path === "worker.yml")?.text ?? "",
      { paths },
    );
    expect([worker, findings]).toEqual([worker, []]);
    expect(manifest?.name).toBe(worker);
  }
});
