import { workerNameSchema } from "#contract/ids";
import { newId } from "../../../worker/platform/ids.ts";
import type { RunSpec } from "../../../worker/runs/spec/run-spec.ts";

/** When the tests of runs begin, epoch milliseconds. */
export const sampleStart = Date.parse("2026-03-02T09:00:00Z");

/** A run of a worker that does nothing special. */
export function buildSampleSpec(change: Partial<RunSpec> = {}): RunSpec {
  return {
    run_id: newId("run", sampleStart),
    workspace_id: newId("wsp", sampleStart),
    worker_id: newId("wrk", sampleStart),
    worker_name: workerNameSchema.parse("hello-worker"),
    worker_title: "Hello",
    version_id: newId("ver", sampleStart),
    version: 1,
    bundle_digest: "b".repeat(64),
    entry: "run.py",
    action: null,
    action_schema: null,
    output_schema: null,
    command: "python run.py",
    runtime: "python311",
    secrets: [],
    outputs: [],
    input_fields: [],
    inputs: { name: "Ada" },
    given_inputs: { name: "Ada" },
    input_files: [],
    network: { allow_out: [], deny_out: [] },
    timeout_seconds: 60,
    install_timeout_seconds: 180,
    retry: null,
    notify: null,
    approvals: null,
    approval: null,
    requester: null,
    co_requesters: [],
    concurrency: null,
    event: null,
    calls: [],
    replay_of: null,
    dry: false,
    transactional: false,
    usd_per_second: 0,
    max_monthly_cost_usd: null,
    lineage: null,
    template: null,
    reuse: false,
    agent: null,
    http: null,
    pipeline: null,
    query: null,
    council: null,
    kept_stages: [],
    gate: null,
    trust: null,
    connections: [],
    priority: "normal",
    queue_ttl_seconds: 86_400,
    trigger_source: "manual",
    trigger_ref: null,
    api_url: "http://127.0.0.1:8787",
    created_at: sampleStart,
    ...change,
  };
}

/** An agent that says nothing of itself but its instructions. */
export const sampleAgent: NonNullable<RunSpec["agent"]> = {
  entry: "SKILL.md",
  has_no_entry: false,
  model: null,
  fallback_model: null,
  system_prompt: null,
  max_tool_iterations: 12,
  max_output_tokens: 1_000_000,
  max_total_tokens: 1_000_000,
  timeout_seconds: 300,
  disable_tools: [],
  http_tools: [],
  memory: null,
};
