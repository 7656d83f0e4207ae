import { expect, it } from "vitest";
import type { RunId, WorkerId, WorkerName, WorkspaceId } from "#contract/ids";
import type { Manifest } from "#contract/manifest/manifest";
import { verifies } from "../../../test/verifies.ts";
import type { WorkerVersion } from "../../catalog/store.ts";
import { buildLifeMs } from "../../dependencies/build-lifecycle.ts";
import { mostTimeoutSeconds } from "../../registry/sandbox-life.ts";
import { parseManifest } from "../../registry/parse-manifest.ts";
import { secondsToBuild } from "../engine/require-built.ts";
import { sandboxLifeMs } from "../lifecycle/run-state.ts";
import type { DependencyOrder } from "../ports/dependency-builds.ts";
import { buildSpec } from "./build-spec.ts";
import type { SpecParts } from "./build-spec.ts";
import { findTriggerEvent } from "./run-origin.ts";
import type { Caller, RunOrigin, TriggerEvent } from "./run-origin.ts";

const start = Date.parse("2026-03-02T09:00:00Z");

function foundOf(change: { timeout_seconds?: number; deny_out?: string[]; file?: boolean }): WorkerVersion {
  const { timeout_seconds = 60, deny_out = [], file = false } = change;
  const manifest = {
    name: "leaf",
    title: "Leaf",
    calls: [],
    connections: [],
    approvals: {
      required: false,
      label: "Approve",
    },
    limits: { timeout_seconds },
    exec: {
      entry: "run.py",
      command: "python run.py",
      runtime: "python311",
      secrets: [],
      created_at: 0,
      outputs: [],
      inputs: file
        ? [
            {
              name: "table",
              kind: "file",
              type: "file",
              label: "Table",
              required: true,
            },
          ]
        : [],
    },
    capabilities: {
      secrets: [],
      created_at: 0,
      network: {
        allow_out: [],
        deny_out,
      },
    },
  } as unknown as Manifest;
  const worker = { id: "wrk_leaf", workspace_id: "wsp_1", name: "leaf", archived_at: null, paused_at: null };
  const version = { id: "ver_1", worker_id: "wrk_leaf", number: 1, digest: "d".repeat(64), manifest };
  return { worker, version } as unknown as WorkerVersion;
}

function specOf(
  change: { origin?: RunOrigin; event?: TriggerEvent | null; now?: number } & Partial<SpecParts> = {},
) {
  return buildSpec({
    runId: "run_1" as RunId,
    found: foundOf({}),
    given: {},
    checked: {},
    uploads: [],
    priority: "normal",
    ttlSeconds: null,
    triggerSource: "manual",
    triggerRef: null,
    apiUrl: "http://127.0.0.1:8787",
    sandboxLifeSeconds: 86_400,
    origin: {},
    event: null,
    template: null,
    now: start,
    ...change,
  });
}

const caller: Caller = {
  run_id: "run_top" as RunId,
  workspace_id: "wsp_1" as WorkspaceId,
  requester: null,
  co_requesters: [],
  calls: ["leaf"],
  most_calls: 50,
  secrets: [],
  created_at: 0,
  worker_id: "wrk_top" as WorkerId,
  worker_name: "top" as WorkerName,
  callers: ["wrk_first" as WorkerId],
  root_run_id: "run_first" as RunId,
  depth: 1,
  deadline_at: start + 1e5,
  ended: false,
  dry: false,
  replay_of: null,
};

it("a child has no more time than is left to its caller", () => {
  verifies("calls:deadline:inherited");
  const late = { found: foundOf({ timeout_seconds: 3600 }), now: start + 70_000 };
  expect(specOf({ ...late, origin: { caller } })).toMatchObject({
    timeout_seconds: 30,
    install_timeout_seconds: 30,
    lineage: { parent_run_id: "run_top", root_run_id: "run_first", depth: 2, deadline_at: start + 100_000 },
  });
  expect(specOf({ ...late, origin: { caller, timeout_seconds: 5 } }).timeout_seconds).toBe(5);
  expect(specOf({ origin: { caller } }).lineage?.callers).toEqual(["wrk_first", "wrk_top"]);
});

it("a query's sandbox reaches the host of its source alone, or nobody but the edge", () => {
  verifies("queries:network:its-host-alone");
  const specOfQuery = (source: string) => {
    const { manifest } = parseManifest(
      `{schema_version: "0.3", name: sales, title: Sales, version: 0.1.0, exec: {mode: query}, query: {source: {${source}}, columns: {id: integer}, id_column: id}}`,
    );
    const { worker, version } = foundOf({});
    return specOf({
      found: { worker, version: { ...version, manifest: manifest ?? version.manifest } },
      action: "get",
    });
  };
  const fetched = specOfQuery("url: 'https://data.example.com/sales.csv'");
  expect(fetched.network).toEqual({ allow_out: ["data.example.com"], deny_out: [] });
  expect(fetched.query?.action).toMatchObject({ kind: "get" });
  expect(fetched.output_schema).toMatchObject({ required: ["document"] });
  expect(fetched.approvals).toBeNull();
  expect(specOfQuery("file: sales.csv").network).toEqual({ allow_out: ["127.0.0.1"], deny_out: [] });
});

it("no sandbox, of a run or of what its version needs, is asked to live longer than the provider's plan lets it", () => {
  verifies("run:limits:sandbox-life");
  for (const sandboxLifeSeconds of [900, 3600, 86_400]) {
    const most = mostTimeoutSeconds(sandboxLifeSeconds);
    for (const timeout_seconds of [1, Math.ceil(most / 2), most]) {
      for (const origin of [{}, { caller }]) {
        const spec = specOf({ found: foundOf({ timeout_seconds }), origin, sandboxLifeSeconds });
        const order = { install_timeout_seconds: secondsToBuild(spec) } as DependencyOrder;
        expect(sandboxLifeMs(spec)).toBeLessThanOrEqual(sandboxLifeSeconds * 1000);
        expect(buildLifeMs(order)).toBeLessThanOrEqual(sandboxLifeSeconds * 1000);
      }
    }
  }
});

it("a dry run has no network but the edge", () => {
  verifies("replay:dry:nothing-leaves");
  const found = foundOf({ deny_out: ["x.example"] });
  const dry = specOf({ found, origin: { replay_of: "run_0" as RunId, dry: true } });
  expect(dry).toMatchObject({
    dry: true,
    replay_of: "run_0" as RunId,
    network: { allow_out: ["127.0.0.1"], deny_out: [] },
  });
  expect(specOf({ found }).network).toEqual({ allow_out: [], deny_out: ["x.example"] });
});

it("a replay finds what had come in from outside for the run it replays, and not the other files", () => {
  verifies("replay:same:version-and-inputs");
  const file = { name: "event", sha256: "a".repeat(64), path: "event.json" };
  const upload = { sha256: "b".repeat(64), filename: "t.csv" };
  const table = { found: foundOf({ file: true }), checked: { table: upload.sha256 }, uploads: [upload] };
  const small = specOf({ event: { event: "{}", files: [] } });
  const large = specOf({ ...table, event: { event: null, files: [file] } });
  expect(large.input_files.map(({ path }) => path)).toEqual(["inputs/table.csv", "event.json"]);
  expect(findTriggerEvent(specOf())).toBeNull();
  expect(specOf({ event: findTriggerEvent(small) })).toMatchObject({
    event: { text: "{}" },
    input_files: [],
  });
  expect(specOf({ event: findTriggerEvent(large) })).toMatchObject({
    event: { text: null },
    input_files: [file],
  });
});
