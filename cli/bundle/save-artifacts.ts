import { runRoutes } from "#contract/runs/routes";
import type { Artifact } from "#contract/runs/run";
import type { Api } from "../api.ts";
import { saveFiles } from "./save-files.ts";
import type { SaveFolder, SaveOptions } from "./save-files.ts";

/** Saves a run's files below a folder, each at its own path; answers where they are. Throws as saveFiles does. */
export async function saveArtifacts(
  api: Api,
  { runId, artifacts, into }: { runId: string; artifacts: readonly Artifact[]; into: SaveFolder },
  options: SaveOptions,
): Promise<string[]> {
  const files = artifacts.map((artifact) => ({
    path: artifact.relative_path,
    sha256: artifact.sha256,
    open: async () => {
      const params = { run: runId, artifact: artifact.id };
      const response = await api.open(runRoutes.downloadArtifact, { params });
      return response.body ?? [];
    },
  }));
  return saveFiles(into, files, options);
}
