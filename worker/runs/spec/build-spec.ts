import { runsOnEdge } from "#contract/worker-mode";
import type { RunId } from "#contract/ids";
import { limits } from "#contract/limits";
import type { Field, Manifest } from "#contract/manifest/manifest";
import type { Inputs, Priority, TriggerSource } from "#contract/runs/run";
import type { NamedTemplate } from "#contract/templates/template";
import type { RetryRule } from "../lifecycle/run-state.ts";
import { leftForInstall } from "../../registry/sandbox-life.ts";
import { buildGateRules } from "./build-gate-rules.ts";
import { buildHttpSpec } from "./http-spec.ts";
import { editStage } from "./edit-stage.ts";
import { buildLineage } from "./run-origin.ts";
import { trustOf } from "./trust-facts.ts";
import type { RunOrigin, TriggerEvent } from "./run-origin.ts";
import { buildApprovalRule, stampPhase } from "./two-phase.ts";
import type { InputFile, MountedByRun, RunSpec } from "./run-spec.ts";
import { buildAgentSpec } from "./agent-spec.ts";
import type { ModelSettings } from "./agent-spec.ts";
import { listWantedConnections } from "../../registry/wanted-connections.ts";
import { replaceAt } from "../../registry/actions/replace-at.ts";
import type { Steps } from "../../registry/actions/read-values.ts";
import type { WorkerVersion } from "../../catalog/store.ts";
import { buildQuerySpec, hostOfQuery } from "./query-spec.ts";
import { declaredSecrets } from "../../registry/declared.ts";

/** A stored upload, as far as placing it needs to know. */
export interface UploadFact {
  sha256: string;
  filename: string;
}

export interface SpecParts {
  runId: RunId;
  found: WorkerVersion;
  given: Inputs;
  /** Checked and converted by the version's fields. */
  checked: Inputs;
  uploads: readonly UploadFact[];
  /** Which function of the entry it calls; null, or absent, for a script. */
  action?: string | null;
  /** Where an action's inputs name files. */
  filePlaces?: readonly { steps: Steps; sha256: string }[];
  priority: Priority;
  /** Null: as the manifest says. */
  ttlSeconds: number | null;
  /** Token or trigger that asked for it. */
  requester?: string | null | undefined;
  /** Who asked as much: those whose the trigger is. */
  coRequesters?: readonly string[];
  triggerSource: TriggerSource;
  triggerRef: string | null;
  apiUrl: string;
  /** How long a sandbox may be asked to live. */
  sandboxLifeSeconds: number;
  /** What a sandbox costs, in dollars. */
  usdPerSecond?: number;
  /** Where it comes from besides its trigger. */
  origin: RunOrigin;
  /** What came in from outside for it. */
  event: TriggerEvent | null;
  /** The contexts that it mounts. */
  contexts?: readonly MountedByRun[];
  /** What its sandbox is made of; null for what every sandbox is made of. */
  template: NamedTemplate | null;
  /** What the workspace says of models. */
  models?: ModelSettings;
  /** Epoch milliseconds. */
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

/** The files of its file inputs, each at its place in the work directory. */
function placeFiles({ found, uploads, checked }: SpecParts): InputFile[] {
  return found.version.manifest.exec.inputs.flatMap((field) => {
    const upload = uploads.find((candidate) => candidate.sha256 === checked[field.name]);
    if (field.kind !== "file" || !upload) return [];
    return [{ name: field.name, sha256: upload.sha256, path: inputFilePath(field, upload.filename) }];
  });
}

/** The files that an action's inputs name, each at a place of its own: `inputs/pages-0-photo.png`. */
function placeActionFiles({ uploads, filePlaces = [] }: SpecParts): (InputFile & { steps: Steps })[] {
  const taken = new Set<string>();
  return filePlaces.flatMap(({ steps, sha256 }) => {
    const upload = uploads.find((candidate) => candidate.sha256 === sha256);
    if (upload === undefined) return [];
    const ending = /\.[A-Za-z0-9]{1,10}$/.exec(upload.filename)?.[0] ?? "";
    const name = steps
      .join("-")
      .replaceAll(/[^A-Za-z0-9_-]+/g, "_")
      .slice(0, 80);
    let path = `inputs/${name}${ending}`;
    for (let number = 2; taken.has(path.toLowerCase()); number++) path = `inputs/${name}-${number}${ending}`;
    taken.add(path.toLowerCase());
    return [{ name: steps.join("."), sha256, path, steps }];
  });
}

/** How long script and installation may take. A called run has no more time than is left to its caller. */
function buildTimeouts({ found, origin, sandboxLifeSeconds, now }: SpecParts) {
  const { timeout_seconds } = found.version.manifest.limits;
  const { caller } = origin;
  const restSeconds = caller ? Math.max(1, Math.floor((caller.deadline_at - now) / 1000)) : Infinity;
  const install = Math.min(
    Math.max(limits.install_timeout_seconds.value, timeout_seconds),
    leftForInstall(timeout_seconds, sandboxLifeSeconds),
  );
  return {
    timeout_seconds: Math.min(timeout_seconds, restSeconds, Math.ceil(origin.timeout_seconds ?? Infinity)),
    install_timeout_seconds: Math.min(install, restSeconds),
  };
}

/** Whom it may reach. A dry run has no network but the edge itself. */
function buildNetwork({ found, origin, apiUrl }: SpecParts): RunSpec["network"] {
  if (origin.dry) return { allow_out: [new URL(apiUrl).hostname], deny_out: [] };
  const { manifest } = found.version;
  // A query reaches what it asks, and no more.
  if (manifest.query !== undefined)
    return { allow_out: [hostOfQuery(manifest.query) ?? new URL(apiUrl).hostname], deny_out: [] };
  const { allow_out, deny_out } = manifest.capabilities.network;
  // An observer reaches what it names, and no more: where it names nothing, nothing.
  if (manifest.runtime?.trust_tier === 1 && allow_out.length === 0)
    return { allow_out: [new URL(apiUrl).hostname], deny_out: [] };
  return { allow_out, deny_out };
}

/** How a run proposes before it acts. The calls of declared tools, of a pipeline and of a council wait one by one, at the gate. */
function phaseRule({ exec, approvals }: Manifest): RunSpec["approvals"] {
  const actsAtOnce = exec.mode === "query" || (runsOnEdge(exec.mode) && exec.mode !== "agent");
  return actsAtOnce ? null : buildApprovalRule(approvals);
}

/** What only some runs have. */
function buildExtras(parts: SpecParts) {
  const { found, origin, event, requester, coRequesters = [], contexts = [] } = parts;
  const { manifest } = found.version;
  return {
    // What the edge carries out by itself has no sandbox.
    usd_per_second: runsOnEdge(manifest.exec.mode) ? 0 : (parts.usdPerSecond ?? 0),
    max_monthly_cost_usd: manifest.limits.max_monthly_cost_usd ?? null,
    // What nothing leaves is let write nothing.
    ...(contexts.length === 0
      ? {}
      : {
          contexts: contexts.map((mount) => ({
            ...mount,
            writeable: mount.writeable && origin.dry !== true,
          })),
        }),
    approvals: phaseRule(manifest),
    approval: null,
    requester: requester ?? null,
    co_requesters: coRequesters,
    concurrency: manifest.concurrency ?? null,
    calls: manifest.calls,
    replay_of: origin.replay_of ?? null,
    kept_stages: [...(origin.from_stage?.kept ?? [])],
    kept_plan: keptPlanOf(origin),
    event: event && { text: event.event },
    dry: origin.dry ?? false,
    transactional: manifest.transactional ?? false,
    lineage: origin.caller ? buildLineage(origin.caller) : null,
  };
}

/** The schemas of a JavaScript function, which cannot say its types itself. */
function findSchema({ exec, actions }: Manifest, name: string | null): RunSpec["action_schema"] {
  const action = /\.m?js$/.test(exec.entry) ? actions?.find((one) => one.name === name) : undefined;
  if (action === undefined) return null;
  return { input_schema: action.input_schema, output_schema: action.output_schema };
}

/** What a function of Python, or a query, says that it returns. */
function findOutputSchema({ exec, actions }: Manifest, name: string | null): RunSpec["output_schema"] {
  const saysTypes = exec.entry.endsWith(".py") || exec.mode === "query";
  const action = saysTypes ? actions?.find((one) => one.name === name) : undefined;
  return action === undefined || Object.keys(action.output_schema).length === 0 ? null : action.output_schema;
}

/** The plan that it goes on with, and what whoever goes on from one of its stages gives that. */
function keptPlanOf({ from_stage: from }: SpecParts["origin"]): RunSpec["kept_plan"] {
  if (from?.plan === undefined) return null;
  const { plan, name, inputs } = from;
  return { plan, edit: inputs === undefined ? null : { name, inputs } };
}

/** Its stages, with what whoever goes on from one of them gives it. */
function pipelineOf({ pipeline }: Manifest, { from_stage: from }: SpecParts["origin"]): RunSpec["pipeline"] {
  if (pipeline === undefined) return null;
  return from === undefined ? pipeline : editStage(pipeline, { name: from.name, inputs: from.inputs ?? {} });
}

/** Freezes everything a run will need; the follow-up of a decision (follow-up.ts) is the one other way to a spec. Pure. */
export function buildSpec(parts: SpecParts): RunSpec {
  const { worker, version } = parts.found;
  const { manifest } = version;
  const models = parts.models ?? { default_model: null, fallback_model: null };
  const agent = buildAgentSpec(manifest, { models, inputs: parts.checked });
  const approvals = phaseRule(manifest);
  const declared = placeFiles(parts);
  const placed = placeActionFiles(parts);
  const files = [...declared, ...placed.map(({ name, sha256, path }) => ({ name, sha256, path }))];
  const atTop = Object.fromEntries(declared.map((file) => [file.name, file.path]));
  const inputs = { ...replaceAt(parts.checked, placed), ...atTop };
  return {
    run_id: parts.runId,
    workspace_id: worker.workspace_id,
    worker_id: worker.id,
    worker_name: worker.name,
    worker_title: manifest.title,
    version_id: version.id,
    version: version.number,
    bundle_digest: version.digest,
    entry: manifest.exec.entry,
    action: parts.action ?? null,
    action_schema: findSchema(manifest, parts.action ?? null),
    output_schema: findOutputSchema(manifest, parts.action ?? null),
    command: manifest.exec.command,
    runtime: manifest.exec.runtime,
    secrets: declaredSecrets(manifest),
    outputs: manifest.exec.outputs,
    input_fields: manifest.exec.inputs,
    inputs: stampPhase({ approvals, inputs }, false),
    given_inputs: parts.given,
    input_files: [...files, ...(parts.event?.files ?? [])],
    network: buildNetwork(parts),
    ...buildTimeouts(parts),
    retry: buildRetry(manifest.retry),
    notify: manifest.notify ?? null,
    priority: parts.priority,
    queue_ttl_seconds: parts.ttlSeconds ?? manifest.concurrency?.ttl_seconds ?? limits.queue_seconds.value,
    trigger_source: parts.triggerSource,
    trigger_ref: parts.triggerRef,
    api_url: parts.apiUrl,
    created_at: parts.now,
    template: parts.template,
    agent,
    http: buildHttpSpec(manifest, parts.action ?? null),
    gate: buildGateRules(manifest),
    pipeline: pipelineOf(manifest, parts.origin),
    query: buildQuerySpec(manifest, parts.action ?? null),
    council: manifest.council ?? null,
    trust: trustOf(manifest),
    connections: listWantedConnections(manifest),
    // A dry run's sandbox has another network than all others.
    reuse: manifest.exec.reuse === "worker" && !parts.origin.dry,
    ...buildExtras(parts),
  };
}
