import { useQuery } from "@tanstack/react-query";
import type { Artifact } from "#contract/runs/run";
import { formatBytes } from "#contract/words";
import { useApi } from "../api/api-context.ts";
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
  const text = useQuery({
    queryKey: ["artifact", run, artifact],
    queryFn: async ({ signal }) => {
      const response = await api.open(routes.downloadArtifact, { params: { run, artifact }, signal });
      return response.text();
    },
    // What a run left never changes.
    staleTime: "static",
  });
  if (text.isPending) return <div className="skeleton" />;
  if (text.isError) return <span className="muted">The preview could not be loaded.</span>;
  return <pre className="raw">{text.data}</pre>;
}
