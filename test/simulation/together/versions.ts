import { workerNameSchema } from "#contract/ids";
import type { RunId } from "#contract/ids";
import type { Manifest } from "#contract/manifest/manifest";
import type { Inputs } from "#contract/runs/run";
import type { RetryRule } from "../../../worker/runs/lifecycle/run-state.ts";
import type { ApprovalRule } from "../../../worker/runs/lifecycle/hold-state.ts";
import type { RunSpec } from "../../../worker/runs/spec/run-spec.ts";
import { numberedId } from "../../support/numbered-id.ts";
import type { Random } from "../../support/random.ts";

/** What a version of the simulated worker says. */
export interface SimVersion {
  number: number;
  digest: string;
  installs: boolean;
  secrets: string[];
  concurrency: NonNullable<Manifest["concurrency"]> | null;
  queue_ttl_seconds: number;
  timeout_seconds: number;
  retry: RetryRule | null;
  approvals: ApprovalRule | null;
}

export const workspaceId = numberedId("wsp", 1);
export const workerId = numberedId("wrk", 1);
export const workerName = workerNameSchema.parse("digest");

/** A version whose every rule is drawn anew. */
export function drawVersion(random: Random, number: number): SimVersion {
  const concurrency = {
    limit: 1 + random.below(3),
    on_conflict: random.pick(["queue", "queue", "skip", "cancel_previous"] as const) ?? ("queue" as const),
    ...(random.chance(0.3) ? { key: "customer" } : {}),
  };
  const retry: RetryRule = {
    max_attempts: 1 + random.below(3),
    delay_ms: 20_000,
    backoff: random.pick(["fixed", "exponential"] as const) ?? "fixed",
    on: ["execution_error"],
  };
  const approvals: ApprovalRule = {
    label: "Send",
    expires_ms: 60_000 * (1 + random.below(60)),
    on_expiry: random.chance(0.2) ? "approve" : "reject",
    not_by_requester: random.chance(0.3),
    approvers_needed: 1 + random.below(2),
  };
  return {
    number,
    digest: (number === 1 ? "a" : "b").repeat(64),
    installs: random.chance(0.3),
    secrets: random.chance(0.5) ? ["API_KEY"] : [],
    concurrency: random.chance(0.8) ? concurrency : null,
    queue_ttl_seconds: 600 * (1 + random.below(6)),
    timeout_seconds: random.chance(0.3) ? 3600 : 30 + random.below(90),
    retry: random.chance(0.6) ? retry : null,
    approvals: random.chance(0.5) ? approvals : null,
  };
}

/** A run of a version, as it would be frozen at `now`. */
export function buildSpec(version: SimVersion, run: { id: RunId; inputs: Inputs; now: number }): RunSpec {
  return {
    run_id: run.id,
    workspace_id: workspaceId,
    worker_id: workerId,
    worker_name: workerName,
    worker_title: "Digest",
    version_id: numberedId("ver", version.number),
    version: version.number,
    bundle_digest: version.digest,
    entry: "run.py",
    action: null,
    action_schema: null,
    output_schema: null,
    command: "python run.py",
    runtime: "python311",
    secrets: version.secrets,
    outputs: [],
    input_fields: [],
    inputs: run.inputs,
    given_inputs: run.inputs,
    input_files: [],
    network: { allow_out: [], deny_out: [] },
    timeout_seconds: version.timeout_seconds,
    install_timeout_seconds: 30,
    retry: version.retry,
    notify: null,
    approvals: version.approvals,
    approval: null,
    requester: "person-0",
    co_requesters: [],
    concurrency: version.concurrency,
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
    kept_plan: null,
    gate: null,
    trust: null,
    connections: [],
    priority: "normal",
    queue_ttl_seconds: version.queue_ttl_seconds,
    trigger_source: "manual",
    trigger_ref: null,
    api_url: "http://127.0.0.1:8787",
    created_at: run.now,
  };
}
