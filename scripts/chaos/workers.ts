import { copyFile, mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { Client } from "#contract/client";
import { routes } from "#contract/routes";
import { packFolder } from "../../cli/bundle/bundle.ts";
import { stagesYaml } from "./stages.ts";

/**
 * `line`: one run at a time, in the order of arrival. `retry`: its first attempt fails. `hook`: started by a webhook.
 * `tick`: started by a schedule. `free`: none of it. `stage`: started by the stages of `pipeline`, which runs no script itself.
 */
export const workerKinds = ["free", "retry", "line", "hook", "tick", "stage", "pipeline"] as const;
export type WorkerKind = (typeof workerKinds)[number];

/** A script's own time limit; far above what it needs, so that only a run that hangs meets it. */
export const SCRIPT_TIMEOUT_SECONDS = 60;

const policies: Readonly<Record<WorkerKind, string>> = {
  free: "",
  hook: "",
  tick: "",
  stage: "",
  pipeline: stagesYaml,
  retry: "retry: { max_attempts: 3, delay_seconds: 1, on: [execution_error] }\n",
  line: "concurrency: { limit: 1, on_conflict: queue }\n",
};

/** The worker's name, which is its address. */
export function workerName(kind: WorkerKind): string {
  return `chaos-${kind}`;
}

/** The longest of all stages one after the other is far below it. */
const PIPELINE_TIMEOUT_SECONDS = 900;

const execs: Readonly<Record<"script" | "pipeline", string>> = {
  script: `  entry: run.py
  runtime: python311
  command: python -u run.py
  outputs:
    - { name: lines, type: integer }
    - { name: report, type: file, path: out/report.txt }`,
  pipeline: "  mode: pipeline",
};

function buildManifest(kind: WorkerKind): string {
  const isPipeline = kind === "pipeline";
  return `schema_version: "0.3"
name: ${workerName(kind)}
title: Chaos (${kind})
description: Prints what the chaos run counts.
version: 0.1.0
exec:
${execs[isPipeline ? "pipeline" : "script"]}
  inputs:
    - { name: lines, type: integer, required: true }
    - { name: pause_ms, type: integer, required: true }
    - { name: failures, type: integer, default: 0 }
limits:
  timeout_seconds: ${isPipeline ? PIPELINE_TIMEOUT_SECONDS : SCRIPT_TIMEOUT_SECONDS}
${policies[kind]}`;
}

/** Pushes the workers; `folder` is theirs to write in. */
export async function pushWorkers(client: Client<Response>, folder: string): Promise<void> {
  for (const kind of workerKinds) {
    const own = join(folder, workerName(kind));
    await mkdir(own, { recursive: true });
    if (kind !== "pipeline")
      await copyFile(join(import.meta.dirname, "script", "run.py"), join(own, "run.py"));
    await writeFile(join(own, "worker.yml"), buildManifest(kind));
    const { zip } = await packFolder(own);
    await client.call(routes.putWorkerBundle, {
      params: { worker: workerName(kind) },
      body: zip,
      headers: { "content-type": "application/zip" },
    });
  }
}
