// Owns what a link shows that leads to no app: a run's result, one file of a run, one file of a context.
// Never shows more than the link names.
import type { ContextId, WorkspaceId } from "#contract/ids";
import { html } from "hono/html";
import { formatBytes } from "#contract/words";
import type { Files } from "../platform/files.ts";
import { openArtifact } from "../runs/read/download.ts";
import { getSharedRun, nothingHere, openShare } from "../shares/visitor-service.ts";
import type { VisitorDeps } from "../shares/visitor-service.ts";
import type { ShareRow } from "../shares/store.ts";
import { fileHeaders, savedHeaders } from "../http/look/file-answer.ts";
import { answerPage } from "./page-shell.ts";
import { buildRunPage } from "./run-page.ts";
import { showLine } from "#contract/outputs/show-text";
import type { WorkerVersion } from "../catalog/store.ts";
import { answerFrame, answerPageChart, answerTable, outputOf } from "./run-output.ts";

export interface SharedDeps extends VisitorDeps {
  files: Files;
  /** A file of a context as it is now; null where it is gone, or must not be shown any more. */
  openContextFile: (of: {
    workspaceId: WorkspaceId;
    contextId: ContextId;
    path: string;
  }) => Promise<{ body: ReadableStream; size: number } | null>;
}

interface Asked {
  token: string;
  /** A file below the link; null for the page. */
  artifact: string | null;
  /** A table of it, by its place on the page; null for none. */
  table: string | null;
  /** HTML of it, by its place on the page; null for none. */
  html: string | null;
  /** The picture of a chart of it, which the query names. */
  isChart: boolean;
  request: Request;
}

/** What a link shows; null for one to an app. Throws `not_found`. */
export async function answerShared(deps: SharedDeps, asked: Asked): Promise<Response | null> {
  const { share, found } = await openShare(deps, asked.token);
  if (share.kind === "worker") return null;
  if (share.kind === "file") return answerContextFile(deps, share, asked);
  return answerResult(deps, { share, found }, asked);
}

const isView = (request: Request) => new URL(request.url).searchParams.has("view");

async function answerResult(
  deps: SharedDeps,
  { share, found }: { share: ShareRow; found: WorkerVersion | null },
  asked: Asked,
): Promise<Response> {
  const whole = await getSharedRun(deps, share);
  const path = `/s/${encodeURIComponent(asked.token)}`;
  const files = whole.files.filter(({ id }) => share.kind === "run" || id === share.artifact_id);
  if (share.kind === "artifact" && files.length === 0) throw nothingHere();
  if (asked.artifact !== null) {
    const file = files.find(({ id }) => id === asked.artifact);
    if (file === undefined) throw nothingHere();
    const { body } = await openArtifact(deps, whole.id, file.id);
    return new Response(body, {
      headers: fileHeaders(file, isView(asked.request)),
    });
  }
  const run = share.kind === "run" ? whole : { ...whole, outputs: {}, files };
  const output = outputOf(run, found);
  if (asked.table !== null) return answerTable(output, asked.table);
  if (asked.html !== null) return answerFrame(output, asked.html);
  if (asked.isChart) return answerPageChart(output, run, asked.request);
  const title = share.kind === "run" ? "A shared result" : "A shared file";
  return answerPage({ title, body: buildRunPage({ run, output, title, base: null, path, shared: null }) });
}

async function answerContextFile(deps: SharedDeps, share: ShareRow, asked: Asked): Promise<Response> {
  if (share.context_id === null || share.path === null) throw nothingHere();
  const { workspace_id: workspaceId, context_id: contextId, path } = share;
  const file = await deps.openContextFile({ workspaceId, contextId, path });
  if (file === null) throw nothingHere();
  const name = share.path.split("/").pop() ?? share.path;
  if (asked.artifact !== null) return new Response(file.body, { headers: savedHeaders(name, file.size) });
  await file.body.cancel();
  const address = `/s/${encodeURIComponent(asked.token)}/files/content`;
  const body = html`<h1>A shared file</h1>
    <p class="row card">
      <a class="button" href="${address}" download>Save ${showLine(name)}</a>
      <span class="muted">${formatBytes(file.size)}</span>
    </p>`;
  return answerPage({ title: "A shared file", body });
}
