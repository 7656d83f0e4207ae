import { ZipWriter } from "@zip.js/zip.js";
import "../../platform/configure-zip.ts";
import type { RunDetail } from "#contract/runs/run";
import { attachmentDisposition } from "../../http/attachment.ts";
import { notFound } from "../../platform/app-error.ts";
import { describeError, log } from "../../platform/log.ts";
import type { Files } from "../../platform/files.ts";
import type { RunObjectStub } from "../record/run-api.ts";
import { openRunFile } from "./open-run-file.ts";

interface DownloadDeps {
  files: Files;
  runObject: (runId: string) => RunObjectStub;
}

/** One file of a run. It is the script's word what type it is: browsers are told to save it, and run nothing of it. */
export async function openArtifact(deps: DownloadDeps, runId: string, artifactId: string): Promise<Response> {
  const found = await deps.runObject(runId).findArtifact(artifactId);
  const stored = found && (await openRunFile(deps.files, found.artifact, found.attempt));
  if (!found || !stored) throw notFound("artifact");
  return new Response(stored.body, {
    headers: {
      "content-type": found.artifact.type,
      "content-length": String(stored.size),
      "content-disposition": attachmentDisposition(
        found.artifact.path.split("/").pop() ?? found.artifact.name,
      ),
    },
  });
}

/** A run as a zip that is made while it is sent: metadata.json, outputs.json and artifacts/<path>. */
export function downloadRun(
  deps: DownloadDeps,
  run: RunDetail,
  waitUntil: (work: Promise<unknown>) => void,
): Response {
  const { readable, writable } = new TransformStream<Uint8Array, Uint8Array>();
  waitUntil(
    writeZip(deps, run, writable).catch(async (error: unknown) => {
      log("error", "run.download_failed", { run_id: run.id, error: describeError(error) });
      await writable.abort(error).catch(() => undefined);
    }),
  );
  return new Response(readable, {
    headers: {
      "content-type": "application/zip",
      "content-disposition": attachmentDisposition(`${run.id}.zip`),
    },
  });
}

async function writeZip(
  deps: DownloadDeps,
  run: RunDetail,
  writable: WritableStream<Uint8Array>,
): Promise<void> {
  const zip = new ZipWriter(writable);
  const { logs: _logs, outputs, ...metadata } = run;
  await zip.add("metadata.json", new Blob([JSON.stringify(metadata, null, 2)]).stream());
  await zip.add("outputs.json", new Blob([JSON.stringify(outputs, null, 2)]).stream());
  for (const artifact of run.artifacts) {
    const stored = await openRunFile(deps.files, artifact, run.attempt);
    if (stored) await zip.add(`artifacts/${artifact.path}`, stored.body);
  }
  await zip.close();
}
