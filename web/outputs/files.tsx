import { useId } from "react";
import type { OutputFile } from "#contract/outputs/output";
import { showLine } from "#contract/outputs/show-text";
import { formatBytes } from "#contract/words";
import { runRoutes } from "#contract/runs/routes";
import { useApi } from "../api/api-context.ts";
import { SaveButton } from "../parts/save-button.tsx";

const fileNameOf = (path: string): string => path.split("/").at(-1) ?? path;

/** The files a run left, each with a download. */
export function Files({ run, artifacts }: { run: string; artifacts: readonly OutputFile[] }) {
  const api = useApi();
  const headingId = useId();
  return (
    <section aria-labelledby={headingId}>
      <h2 id={headingId}>Files</h2>
      <ul className="card rows">
        {artifacts.map(({ id, path, size_bytes }) => (
          <li key={id} className="row">
            <span className="row-main">
              <code>{showLine(path, 300)}</code>
              <span className="muted">{formatBytes(size_bytes)}</span>
            </span>
            <SaveButton
              filename={fileNameOf(path)}
              label={`Download ${showLine(path, 300)}`}
              fetchFile={() => api.open(runRoutes.downloadArtifact, { params: { run, artifact: id } })}
            >
              Download
            </SaveButton>
          </li>
        ))}
      </ul>
    </section>
  );
}
