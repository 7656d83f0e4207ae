import { ApiProblem } from "#contract/client";
import { limits } from "#contract/limits";
import { runRoutes } from "#contract/runs/routes";
import type { Artifact, RunDetail } from "#contract/runs/run";
import { toBase64 } from "../platform/bytes.ts";
import type { McpCaller } from "./caller.ts";
import { describeRun, LAST_LINES } from "./describe-run.ts";
import { linkFiles, linkLog } from "./resources/link-to.ts";
import { runFileUri } from "./resources/resource-uri.ts";
import type { ToolContent, ToolResult } from "./tool-result.ts";

/** What the usual models see and hear; a file of any other type is read as text or named by its address alone. */
const SEEN = ["image/png", "image/jpeg", "image/gif", "image/webp"];
const HEARD = ["audio/wav", "audio/x-wav", "audio/mpeg", "audio/ogg", "audio/flac"];
const READ = /^(?:text\/[\w.+-]+|application\/json)(?:;|$)/;

/** By whom files are fetched, as whoever made the call. */
type Shower = Pick<McpCaller, "api" | "publicUrl">;
type FileKind = "image" | "audio" | "text";

function kindOf({ type }: Artifact): FileKind | null {
  const [media = ""] = type.toLowerCase().split(";");
  if (SEEN.includes(media)) return "image";
  if (HEARD.includes(media)) return "audio";
  return READ.test(media) ? "text" : null;
}

/**
 * The files of a run that its result shows as they are, in the run's order: such as a model takes in, each small enough,
 * as many as fit together. The others are named by their address alone. Pure.
 */
export function chooseShown(artifacts: readonly Artifact[]): { file: Artifact; kind: FileKind }[] {
  let left: number = limits.mcp_shown_files_bytes.value;
  return artifacts.flatMap((file) => {
    const kind = kindOf(file);
    const most = kind === "text" ? limits.mcp_shown_text_bytes.value : left;
    if (kind === null || file.size_bytes === 0 || file.size_bytes > Math.min(most, left)) return [];
    left -= file.size_bytes;
    return [{ file, kind }];
  });
}

/** A run as a model needs it, with the small files that it has left behind. A failed run is an error. */
export async function showRun(caller: Shower, run: RunDetail, verbose = false): Promise<ToolResult> {
  const told = describeRun(run, caller.publicUrl, verbose);
  const chosen = run.status === "completed" ? chooseShown(run.artifacts) : [];
  const shown = await Promise.all(chosen.map((one) => showFile(caller, one)));
  const isShown = new Set(chosen.flatMap(({ file }, at) => (shown[at] === null ? [] : [file.id])));
  const links = [...linkFiles(run.artifacts, isShown), ...linkLog(run, LAST_LINES)];
  return {
    ...told,
    content: told.content.concat(
      shown.filter((content) => content !== null),
      links,
    ),
  };
}

/** Null for a file that this caller may not have, or that is gone: the result tells of the run all the same. */
async function showFile(
  caller: Shower,
  { file, kind }: { file: Artifact; kind: FileKind },
): Promise<ToolContent | null> {
  try {
    const params = { run: file.run_id, artifact: file.id };
    const answer = await caller.api.open(runRoutes.downloadArtifact, { params });
    if (kind === "text") {
      const uri = runFileUri(file.run_id, file.path);
      return { type: "resource", resource: { uri, mimeType: file.type, text: await answer.text() } };
    }
    const data = toBase64(new Uint8Array(await answer.arrayBuffer()));
    return { type: kind, data, mimeType: file.type };
  } catch (error) {
    if (error instanceof ApiProblem) return null;
    throw error;
  }
}
