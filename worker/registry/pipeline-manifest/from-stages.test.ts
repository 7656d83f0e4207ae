import { expect, it } from "vitest";
import { verifies } from "../../../test/verifies.ts";
import { parseManifest } from "../parse-manifest.ts";

const document = `name: document_pipeline
timeout_seconds: 120
max_concurrent_goals: 2
pipeline_stages:
  - name: extract
    worker_type: doc_extractor
    tier: local
    input_mapping:
      file_ref: goal.context.file_ref
      language: "'en'"
  - name: classify-it
    worker_type: classifier
    input_mapping:
      text: extract.output.pages.0.text
      hint: { source: goal.context.hint, default: none }
    condition: extract.output.page_count != 0
    max_retries: 2
    timeout_seconds: 30
  - name: summarise
    worker_type: summarizer
    depends_on: [extract]
    input_mapping:
      kind: classify-it.output.kind
      what: goal.instruction
`;

it("reads a pipeline of the older format as it is", () => {
  verifies("pipelines:older-format");
  const { manifest, findings } = parseManifest(document);
  expect(findings.map(({ severity, code, line }) => [severity, code, line])).toEqual([
    ["warning", "older_format", 4],
    ["warning", "no_effect", 7],
  ]);
  expect(manifest).toMatchObject({
    name: "document-pipeline",
    title: "document_pipeline",
    concurrency: { limit: 2 },
    limits: { timeout_seconds: 360 },
    calls: ["doc-extractor", "classifier", "summarizer"],
  });
  expect(manifest?.exec.inputs.map(({ name, required }) => [name, required])).toEqual([
    ["file_ref", true],
    ["hint", false],
    ["instruction", false],
  ]);
  expect(manifest?.pipeline?.stages).toEqual([
    {
      name: "extract",
      worker: "doc-extractor",
      input: { file_ref: { expression: "inputs.file_ref" }, language: { value: "en" } },
      needs: [],
      retries: 0,
      timeout_seconds: 120,
      optional: false,
    },
    {
      name: "classify_it",
      worker: "classifier",
      input: {
        text: { expression: "extract.outputs.pages[0].text" },
        hint: { expression: "inputs.hint", default: "none" },
      },
      needs: ["extract"],
      when: "extract.outputs.page_count != 0",
      retries: 2,
      timeout_seconds: 30,
      optional: false,
    },
    {
      name: "summarise",
      worker: "summarizer",
      input: {
        kind: { expression: "classify_it.outputs.kind" },
        what: { expression: "inputs.instruction" },
      },
      needs: ["extract", "classify_it"],
      retries: 0,
      timeout_seconds: 120,
      optional: false,
    },
  ]);
});

it.each<[string, string, string, number]>([
  ["a source that is no stage", "    input_mapping: { x: exract.output.y }", "unknown_stage", 5],
  ["a condition that is none", "    condition: a.output.x ===", "bad_expression", 5],
  ["a key that nothing is", "    wrker: x", "unknown_key", 5],
  ["more retries than there are", "    max_retries: 9", "out_of_range", 5],
])("says at its line what cannot be read: %s", (_, more, code, line) => {
  const { findings, manifest } = parseManifest(
    `name: the-pipeline\npipeline_stages:\n  - name: a\n    worker_type: w-one\n${more}\n`,
  );
  expect(manifest).toBeNull();
  const errors = findings.filter(({ severity }) => severity === "error");
  expect(errors.map((error) => [error.code, error.line])).toEqual([[code, line]]);
});
