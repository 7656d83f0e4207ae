import { limits } from "#contract/limits";
import type { Field, Manifest } from "#contract/manifest/manifest";
import type { Inputs, Priority, TriggerSource } from "#contract/runs/run";
import type { RetryRule } from "../lifecycle/run-state.ts";
import { buildApprovalRule, stampPhase } from "./two-phase.ts";
import type { RunSpec } from "./run-spec.ts";
import type { WorkerVersion } from "../../catalog/store.ts";

/** A stored upload, as far as placing it needs to know. */
export interface UploadFact {
  sha256: string;
  filename: string;
}

export interface SpecParts {
  runId: string;
  workspaceId: string;
  found: WorkerVersion;
  given: Inputs;
  /** Checked and converted by the version's fields. */
  checked: Inputs;
  uploads: readonly UploadFact[];
  priority: Priority;
  /** Null: as the manifest says. */
  ttlSeconds: number | null;
  /** Token or trigger that asked for it. */
  requester?: string | undefined;
  triggerSource: TriggerSource;
  triggerRef: string | null;
  apiUrl: string;
  now: number;
}

/** `inputs/<input name><ending>` unless the manifest names a path. The ending comes from the file as it was uploaded. */
export function inputFilePath(field: Field, filename: string): string {
  if (field.path) return field.path;
  const ending = /\.[A-Za-z0-9]{1,10}$/.exec(filename)?.[0] ?? "";
  return `inputs/${field.name}${ending}`;
}

type RetryTimes = Pick<NonNullable<Manifest["retry"]>, "max_attempts" | "delay_seconds" | "backoff">;

function buildRetry(retry: Manifest["retry"]): RetryRule | null {
  if (!retry) return null;
  const times = ({ max_attempts, delay_seconds, backoff }: RetryTimes) => ({
    max_attempts,
    delay_ms: delay_seconds * 1000,
    backoff: backoff ?? ("exponential" as const),
  });
  const rules = Object.entries(retry.rules ?? {}).map(([code, rule]) => [code, times(rule)] as const);
  return { ...times(retry), on: retry.on, ...(rules.length > 0 ? { rules: Object.fromEntries(rules) } : {}) };
}

/** Freezes everything a run will need. Pure. */
export function buildSpec(parts: SpecParts): RunSpec {
  const { worker, version } = parts.found;
  const { manifest } = version;
  const approvals = buildApprovalRule(manifest.approvals);
  const files = manifest.exec.inputs.flatMap((field) => {
    const upload = parts.uploads.find((candidate) => candidate.sha256 === parts.checked[field.name]);
    if (field.kind !== "file" || !upload) return [];
    return [{ name: field.name, sha256: upload.sha256, path: inputFilePath(field, upload.filename) }];
  });
  const inputs = { ...parts.checked, ...Object.fromEntries(files.map((file) => [file.name, file.path])) };
  return {
    run_id: parts.runId,
    workspace_id: parts.workspaceId,
    worker_id: worker.id,
    worker_name: manifest.name,
    worker_title: manifest.title,
    version_id: version.id,
    version: version.number,
    bundle_digest: version.digest,
    entry: manifest.exec.entry,
    command: manifest.exec.command,
    runtime: manifest.exec.runtime,
    secrets: manifest.exec.secrets,
    outputs: manifest.exec.outputs,
    input_fields: manifest.exec.inputs,
    inputs: stampPhase({ approvals, inputs }, false),
    given_inputs: parts.given,
    input_files: files,
    network: {
      allow_out: manifest.capabilities.network.allow_out,
      deny_out: manifest.capabilities.network.deny_out,
    },
    timeout_seconds: manifest.limits.timeout_seconds,
    install_timeout_seconds: Math.max(limits.install_timeout_seconds.value, manifest.limits.timeout_seconds),
    retry: buildRetry(manifest.retry),
    notify: manifest.notify ?? null,
    priority: parts.priority,
    queue_ttl_seconds: parts.ttlSeconds ?? manifest.concurrency?.ttl_seconds ?? limits.queue_seconds.value,
    trigger_source: parts.triggerSource,
    trigger_ref: parts.triggerRef,
    api_url: parts.apiUrl,
    created_at: parts.now,
    ...(approvals ? { approvals } : {}),
    ...(parts.requester === undefined ? {} : { requester: parts.requester }),
    ...(manifest.concurrency ? { concurrency: manifest.concurrency } : {}),
    ...(manifest.calls.length > 0 ? { calls: manifest.calls } : {}),
  };
}
