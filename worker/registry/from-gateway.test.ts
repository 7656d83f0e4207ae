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
  "count.yaml": `name: count-words
worker_kind: processor
processing_backend: heddle.contrib.SubprocessBackend
backend_config: {command: [wc, -w], env: {LANG: "\${payload.lang}"}}
input_schema: {type: object, properties: {lang: {type: string, format: date}, list: {type: array, minItems: 1}}}
`,
  "other.yaml": "name: other\nworker_kind: processor\nprocessing_backend: a.b.C\n",
  "planner.yaml": `name: Do.It
system_prompt: You plan.
available_workers: [{name: classifier, description: Sorts texts.}, {name: elsewhere, description: ""}]
`,
  "times.yaml": `name: times
schedules:
  - {name: Each Morning, cron: "0 9 * * *", dispatch_type: task, task: {worker_type: classifier, payload: {text: hi}}}
  - {name: often, interval_seconds: 900, dispatch_type: goal, goal: {instruction: Go.}}
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
    - {config: count.yaml}
    - {config: other.yaml}
  pipelines:
    - {config: pipeline.yaml, name: sort_all}
    - {config: planner.yaml}
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

const app = `name: demo
version: 1.0.0
entry_configs: {workers: [classifier.yaml, free.yaml], pipelines: [planner.yaml], schedulers: [times.yaml], mcp: gateway.yaml}
`;

function convert(text: string) {
  const readText = (path: string) => configs[path] ?? null;
  return convertGateway(openYaml("gateway.yaml", text), {
    models: { local: "ollama/llama3" },
    stubs: true,
    readText,
    readTable: () => null,
    readConfig: (path) => openYaml(path, readText(path) ?? ""),
    listConfigs: () => [openYaml("panel.yaml", configs["panel.yaml"] ?? "")],
  });
}

/** What the parser says of each folder. */
function parseAll({ folders }: ReturnType<typeof convert>) {
  return folders.map(({ worker, files }) => {
    // What a query asks is exported by a person.
    const paths = new Set([...files.map(({ path }) => path), "data/documents.csv"]);
    const text = files.find(({ path }) => path === "worker.yml")?.text ?? "";
    const { manifest, findings } = parseManifest(text, { paths });
    expect([worker, findings]).toEqual([worker, []]);
    expect(manifest?.name).toBe(worker);
    return manifest;
  });
}

it("the parser takes every folder that is made of an app, with the schedules that start them", () => {
  verifies("gateway:import");
  const made = convert(app);
  const [classifier, , planner, pipeline] = parseAll(made);
  expect(planner?.name).toBe("do-it-planner");
  expect(pipeline).toMatchObject({
    name: "do-it",
    pipeline: { plan: { workers: ["classifier", "elsewhere"], revisions: 1 } },
    triggers: [{ type: "schedule", name: "often", cron: "*/15 * * * *", inputs: { goal: "Go." } }],
  });
  expect(classifier).toMatchObject({ triggers: [{ name: "each-morning", inputs: { text: "hi" } }] });
  expect(made.entries[0]?.next).toEqual(["floom gateway import gateway.yaml"]);
});

it("the parser takes every folder that is made of a gateway", () => {
  verifies("gateway:import");
  const made = convert(gateway);
  const { entries, folders } = made;
  expect(entries.filter(({ status }) => status === "refused")).toEqual([]);
  expect(folders.map(({ worker }) => worker)).toEqual([
    "docs-classify",
    "free",
    "count-words",
    "other",
    "sort-all",
    "do-it-planner",
    "do-it",
    "docs",
    "panel-a",
    "panel-judge",
    "panel-synthesis",
    "panel",
  ]);
  parseAll(made);
});
