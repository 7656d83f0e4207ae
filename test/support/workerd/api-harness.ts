import { env, exports } from "cloudflare:workers";
import type { Field, Manifest } from "#contract/manifest/manifest";
import { HOUSE_MEDIA_TYPE } from "#contract/compat/media-type";
import { allScopes } from "#contract/access/access";
import { mintRunToken } from "../../../worker/access/run-token.ts";
import { Host } from "../../../worker/compose/host.ts";
import { newId } from "../../../worker/platform/ids.ts";
import { sha256Hex } from "../../../worker/platform/crypto.ts";
import { strangerWorkspace } from "./stranger.ts";

/** The owner's token in tests; vitest.config.ts hands it to the edge. */
export const ownerToken = "7f3c9ae1b2d84056ac1e";
export const ownerWorkspace = "wsp_00000000000000000000000000";

export interface ApiCall {
  json?: unknown;
  body?: BodyInit;
  headers?: Record<string, string>;
  /** Empty: no token at all. */
  token?: string;
}

/** One request to the edge inside workerd, as the owner and for its own shapes unless told otherwise. */
export function callApi(method: string, path: string, call: ApiCall = {}): Promise<Response> {
  const headers: Record<string, string> = { accept: HOUSE_MEDIA_TYPE, ...call.headers };
  const token = call.token ?? ownerToken;
  if (token !== "") headers["authorization"] = `Bearer ${token}`;
  const init: RequestInit = { method, headers };
  if (call.json !== undefined) {
    headers["content-type"] ??= "application/json";
    init.body = JSON.stringify(call.json);
  } else if (call.body !== undefined) init.body = call.body;
  return exports.default.fetch(new Request(`http://floom.test${path}`, init));
}

/** What the edge itself is built from: its objects, its tables, its files. */
export const testHost = new Host(env, "http://floom.test");

/** The token that the program of a run of the owner's workspace carries, by default in the run's first sandbox. */
export function runTokenOf(runId: string, attempt = 1, launch = 1): Promise<string> {
  const until = Date.now() + 3_600_000;
  return mintRunToken(testHost.config.signingKey, {
    run_id: runId,
    workspace_id: ownerWorkspace,
    attempt,
    launch,
    until,
  });
}

/** A token of another workspace, which may do everything there. */
export async function strangerToken(scopes: readonly string[] = allScopes): Promise<string> {
  const token = `stranger-${scopes.join("-")}`;
  await env.DB.prepare("INSERT OR IGNORE INTO workspaces (id, name, created_at) VALUES (?, 'stranger', 0)")
    .bind(strangerWorkspace)
    .run();
  await env.DB.prepare(
    "INSERT OR REPLACE INTO tokens (id, workspace_id, kind, name, hash, scopes, created_at) VALUES (?, ?, 'token', 'stranger', ?, ?, 0)",
  )
    .bind(`tok_${scopes.length}`, strangerWorkspace, await sha256Hex(token), JSON.stringify(scopes))
    .run();
  return token;
}

/** A worker of the owner's workspace with one version; `change` replaces parts of its exec section. */
export async function seedWorker(
  name: string,
  change: {
    /** Names of the workers it may call. */
    calls?: string[];
    /** Names of the secrets it declares. */
    secrets?: string[];
    inputs?: Field[];
    outputs?: Field[];
    mode?: "script" | "agent";
    approvals?: Manifest["approvals"];
    concurrency?: Manifest["concurrency"];
  } = {},
): Promise<string> {
  const workerId: string = newId("wrk", Date.now());
  const manifest = {
    schema_version: "0.3",
    name,
    title: name,
    description: name,
    is_example: false,
    system_worker: false,
    archived: false,
    visibility: "private",
    paused: false,
    tags: [],
    version: "1.0.0",
    authors: [],
    targets: ["generic"],
    calls: change.calls ?? [],
    ...(change.concurrency ? { concurrency: change.concurrency } : {}),
    limits: { timeout_seconds: 60, max_tool_iterations: 12, max_output_tokens: 1, max_total_tokens: 1 },
    exec: {
      entry: "run.py",
      mode: change.mode ?? "script",
      command: "python run.py",
      runtime: "python311",
      runner: "e2b",
      disable_tools: [],
      inputs: change.inputs ?? [],
      outputs: change.outputs ?? [],
      secrets: change.secrets ?? [],
    },
    triggers: [{ type: "manual" }],
    connections: [],
    contexts: [],
    approvals: change.approvals ?? { required: false, label: "Approve action" },
    capabilities: { secrets: [], files: [], network: { egress: false, allow_out: [], deny_out: [] } },
  };
  const digest = "d".repeat(64);
  await env.FILES.put(`bundles/${digest}.zip`, "zip");
  await env.DB.batch([
    env.DB.prepare(
      "INSERT INTO workers (id, workspace_id, name, active_version, latest_version, created_at, updated_at) VALUES (?, ?, ?, 1, 1, 0, 0)",
    ).bind(workerId, ownerWorkspace, name),
    env.DB.prepare(
      "INSERT INTO versions (id, workspace_id, worker_id, number, digest, manifest, file_count, size_bytes, created_at) VALUES (?, ?, ?, 1, ?, ?, 1, 3, 0)",
    ).bind(newId("ver", Date.now()), ownerWorkspace, workerId, digest, JSON.stringify(manifest)),
  ]);
  return workerId;
}
