import { useCallback } from "react";
import type { Artifact } from "#contract/runs/run";
import { formatBytes } from "#contract/words";
import { useApi } from "../api/api-context.ts";
import { useResource } from "../api/use-resource.ts";
import { routes } from "../api/routes.ts";

const MAX_PREVIEW_BYTES = 64 * 1024;

/** Whether a file is small text, which can be shown on the page as it is. */
function canPreview({ type, size_bytes }: Pick<Artifact, "type" | "size_bytes">): boolean {
  const isText = type.startsWith("text/") || type.startsWith("application/json");
  return isText && size_bytes <= MAX_PREVIEW_BYTES;
}

/** A file output: its text where it is small text, else its name and size. */
export function FilePreview({ run, artifact }: { run: string; artifact: Artifact }) {
  if (canPreview(artifact)) return <TextPreview run={run} artifact={artifact.id} />;
  return (
    <span>
      <code>{artifact.path}</code> <span className="muted">{formatBytes(artifact.size_bytes)}</span>
    </span>
  );
}

function TextPreview({ run, artifact }: { run: string; artifact: string }) {
  const api = useApi();
  const load = useCallback(
    async (signal: AbortSignal) => {
      const response = await api.open(routes.downloadArtifact, { params: { run, artifact }, signal });
      return response.text();
    },
    [api, run, artifact],
  );
  const [resource] = useResource(load);
  if (resource.state === "loading") return <div className="skeleton" />;
  if (resource.state === "failed") return <span className="muted">The preview could not be loaded.</span>;
  return <pre className="raw">{resource.value}</pre>;
}
