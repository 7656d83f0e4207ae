import { limits } from "#contract/limits";
import { sandboxPathsOf } from "#contract/runner/runner";
import type { RunnerConfig } from "#contract/runner/runner";
import type { DependencyPlace, Files, StoredBundle, StoredFile } from "../../platform/files.ts";
import type { LaunchRequest } from "../ports/executor.ts";
import { sandboxLifeMs, spareLifeMs } from "../lifecycle/run-state.ts";
import type { AttemptContext } from "../lifecycle/run-state.ts";
import { parseUse } from "#contract/runner/sandbox-use";
import type { RunSpec } from "../spec/run-spec.ts";
import { buildQueryPlan } from "../spec/query-spec.ts";

const FLUSH_MS = 100;

/** What the runner's orders need besides the spec. */
export interface OrderOptions {
  attempt: number;
  runToken: string;
  secrets: Record<string, string>;
  /** Hex SHA-256 of the version's dependencies, when an archive of them is to be handed over. */
  dependencies: string | null;
  contexts: readonly AttemptContext[];
  /** The turn in a sandbox of earlier runs; null for a sandbox that has had none. */
  turn: string | null;
  /** Ids of the declared connections by name. */
  connections: Readonly<Record<string, string>>;
  now: number;
}

/** What a launch needs besides the spec. */
export interface LaunchOptions extends Pick<
  LaunchRequest,
  "attempt" | "launch" | "chosen" | "turn" | "turnEndsAt" | "order" | "heard"
> {
  /** The contexts' archives, each opened when the sandbox is there. */
  contexts: readonly (() => Promise<ReadableStream>)[];
  bundle: StoredBundle;
  headers: LaunchRequest["network"]["headers"];
  withDependencies: boolean;
}

type Paths = ReturnType<typeof sandboxPathsOf>;

function uploadPath(paths: Paths, index: number): string {
  return `${paths.uploads}/${index}`;
}

function contextPath(paths: Paths, index: number): string {
  return `${paths.contexts}/${index}.zip`;
}

/** The runner's orders for one attempt. Pure. */
export function buildRunnerConfig(spec: RunSpec, options: OrderOptions): RunnerConfig {
  const value = (name: keyof typeof limits) => limits[name].value;
  const seconds = spec.timeout_seconds + spec.install_timeout_seconds + limits.run_grace_seconds.value;
  const { decision } = spec.inputs;
  const use = options.turn === null ? 1 : parseUse(options.turn).use;
  const paths = sandboxPathsOf(use);
  return {
    run_id: spec.run_id,
    worker: spec.worker_name,
    attempt: options.attempt,
    api_url: spec.api_url,
    run_token: options.runToken,
    bundle_path: paths.bundle,
    work_dir: paths.work_dir,
    entry: spec.entry,
    command: spec.command,
    runtime: spec.runtime,
    inputs: spec.inputs,
    input_files: spec.input_files.map((file, index) => ({
      source: uploadPath(paths, index),
      path: file.path,
    })),
    output_files: spec.outputs
      .filter((field) => field.kind === "file")
      .map((field) => ({
        name: field.name,
        path: field.path ?? `out/${field.name}`,
        media_type: field.media_type ?? "application/octet-stream",
        required: field.required,
        ...(field.columns ? { columns: field.columns } : {}),
        ...(field.json_required_keys ? { json_required_keys: field.json_required_keys } : {}),
      })),
    output_scalars: spec.outputs
      .filter((field) => field.kind === "scalar")
      .map((field) => ({ name: field.name, required: field.required, type: field.type })),
    secrets: options.secrets,
    environment: {
      ...(spec.action === null ? {} : { FLOOM_ACTION: spec.action }),
      ...(spec.action_schema === null ? {} : { FLOOM_ACTION_SCHEMA: JSON.stringify(spec.action_schema) }),
      ...(spec.query === null ? {} : { FLOOM_QUERY: JSON.stringify(buildQueryPlan(spec.query)) }),
      // Of a worker that asks; what its caller calls `decision` never comes here.
      ...(spec.approvals === null || typeof decision !== "string" ? {} : { FLOOM_DECISION: decision }),
      ...(spec.dry ? { FLOOM_DRY_RUN: "1" } : {}),
      ...(spec.event === null ? {} : { FLOOM_EVENT: `${paths.work_dir}/event.json` }),
    },
    ...(spec.event?.text ? { event: spec.event.text } : {}),
    ...(options.dependencies === null
      ? {}
      : { dependencies: { path: paths.dependencies, sha256: options.dependencies } }),
    ...(options.contexts.length === 0
      ? {}
      : {
          contexts: options.contexts.map(({ name, writeable }, index) => ({
            name,
            writeable,
            archive: contextPath(paths, index),
          })),
        }),
    ...(use === 1 ? {} : { use }),
    ...(spec.reuse ? { reuse: true } : {}),
    ...(Object.keys(options.connections).length === 0 ? {} : { connections: { ...options.connections } }),
    timeout_seconds: spec.timeout_seconds,
    install_timeout_seconds: spec.install_timeout_seconds,
    give_up_at: options.now + seconds * 1000,
    flush_ms: FLUSH_MS,
    limits: {
      log_bytes: value("log_bytes"),
      log_tail_bytes: value("log_tail_bytes"),
      log_line_bytes: value("log_line_bytes"),
      journal_post_bytes: value("journal_post_bytes"),
      result_bytes: value("result_bytes"),
      inline_outputs_bytes: value("inline_outputs_bytes"),
      artifact_bytes: value("artifact_bytes"),
      artifacts_per_run: value("artifacts_per_run"),
      context_written_files: value("context_written_files"),
      context_file_bytes: value("context_file_bytes"),
    },
  };
}

async function openOrThrow<Kept extends StoredFile>(file: Promise<Kept | null>, what: string): Promise<Kept> {
  const found = await file;
  if (found === null) throw new Error(`${what} is not in storage`);
  return found;
}

/** The bundle of a version. Throws when it is not in storage. */
export function openBundle(files: Files, digest: string): Promise<StoredBundle> {
  return openOrThrow(files.getBundle(digest), "the bundle");
}

/** A bundle that was opened already, as a sandbox is filled with it: opened anew when it is asked for again. */
export function handBundle(files: Files, digest: string, opened: StoredBundle): LaunchRequest["bundle"] {
  let first: ReadableStream | null = opened.body;
  return {
    size: opened.size,
    open: async () => {
      const body = first ?? (await openBundle(files, digest)).body;
      first = null;
      return body;
    },
  };
}

/** Where a version's dependencies are kept. */
export function dependencyPlace(spec: Pick<RunSpec, "worker_id" | "bundle_digest">): DependencyPlace {
  return { workerId: spec.worker_id, bundleDigest: spec.bundle_digest };
}

/** What lies beside the bundle: opened from storage only when the sandbox is there. */
function handFiles(
  spec: RunSpec,
  files: Files,
  { withDependencies, contexts }: Pick<LaunchOptions, "withDependencies" | "contexts">,
): LaunchRequest["files"] {
  // The executor moves them where the nth run of a sandbox has its own.
  const paths = sandboxPathsOf(1);
  const archives = contexts.map((open, index) => ({ path: contextPath(paths, index), open }));
  const inputs = spec.input_files.map((file, index) => ({
    path: uploadPath(paths, index),
    open: async () => {
      const { sha256, run_id: runId } = file;
      const found = runId
        ? files.getRunFile({ runId, sha256 })
        : files.getUpload({ workspaceId: spec.workspace_id, sha256 });
      return (await openOrThrow(found, `the file for ${file.name}`)).body;
    },
  }));
  if (!withDependencies) return [...archives, ...inputs];
  const kept = () => openOrThrow(files.getDependencies(dependencyPlace(spec)), "the archive of dependencies");
  return [{ path: paths.dependencies, open: async () => (await kept()).body }, ...archives, ...inputs];
}

/** The whole launch order. */
export function buildLaunch(spec: RunSpec, files: Files, options: LaunchOptions): LaunchRequest {
  return {
    runId: spec.run_id,
    workspaceId: spec.workspace_id,
    workerId: spec.worker_id,
    attempt: options.attempt,
    launch: options.launch,
    recover: options.launch > 1,
    chosen: options.chosen,
    turn: options.turn,
    turnEndsAt: options.turnEndsAt,
    apiUrl: spec.api_url,
    order: options.order,
    heard: options.heard,
    bundle: handBundle(files, spec.bundle_digest, options.bundle),
    files: handFiles(spec, files, options),
    network: { ...spec.network, headers: options.headers },
    template: spec.template?.name ?? null,
    lifetimeMs: sandboxLifeMs(spec),
    spareMs: spareLifeMs(spec),
  };
}
