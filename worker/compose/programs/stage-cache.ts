import * as z from "zod";
import type { StoredStage } from "#contract/pipelines/stage";
import { findWorkerVersion } from "../../catalog/store.ts";
import type { StageCache } from "../../pipelines/pipeline-program.ts";
import { attempt as tryTo } from "../../platform/attempt.ts";
import { canonicalJson } from "../../platform/canonical-json.ts";
import { defineUnmarked } from "../../platform/objects/stored-document.ts";
import { sha256Hex } from "../../platform/crypto.ts";
import { readChild } from "../../runs/calls/calls.ts";
import type { RunSpec } from "../../runs/spec/run-spec.ts";
import { callDeps } from "../run-deps.ts";
import type { Host } from "../host.ts";

const entryForm = defineUnmarked("run of a cached stage", z.object({ run_id: z.string() }));
const DIRECT = { staged: null };

/**
 * Runs of stages that completed, in the pipeline's own store, under `stage-cache/<stage>/<digest>`: of the worker, its active
 * version, the action and the inputs. People see them there, and delete what they do not trust. A dry run has none.
 */
export function openStageCache(host: Host, { worker_id, workspace_id, dry }: RunSpec): StageCache {
  const store = host.store({ kind: "worker", worker_id });
  const keyOf = async ({ name, worker, action }: StoredStage, inputs: Parameters<StageCache["find"]>[1]) => {
    const found = await findWorkerVersion(host.db, { workspaceId: workspace_id, workerName: worker });
    if (found === undefined) return null;
    const of = [found.worker.id, found.version.number, action ?? null, inputs];
    return `stage-cache/${name}/${await sha256Hex(canonicalJson(of))}`;
  };
  return {
    find: async (stage, inputs) => {
      const key = dry ? null : await keyOf(stage, inputs);
      const entry = key === null ? null : await store.read(key, DIRECT);
      const kept = entry === null ? null : readEntry(entry.value);
      if (kept === null) return null;
      // It may be deleted by now.
      const child = await tryTo(() => readChild(callDeps(host), { workspace_id }, kept));
      const isGood = child.ok && child.value.status === "completed" && child.value.worker === stage.worker;
      return isGood ? child.value : null;
    },
    keep: async (stage, inputs, runId) => {
      const key = dry || stage.cache === undefined ? null : await keyOf(stage, inputs);
      if (key === null) return;
      const value = new TextEncoder().encode(JSON.stringify({ run_id: runId }));
      const ttl_seconds = stage.cache?.ttl_seconds ?? null;
      const write = { op: "set", key, kind: "json", value, ttl_seconds, if_version: null } as const;
      // A store that is full keeps nothing: the stage then runs the next time, too.
      await store.write({ staged: null, once: null, write });
    },
  };
}

/** Null for what a person has put there instead. */
function readEntry(value: Uint8Array): string | null {
  try {
    return entryForm.readText(new TextDecoder().decode(value)).run_id;
  } catch {
    return null;
  }
}
