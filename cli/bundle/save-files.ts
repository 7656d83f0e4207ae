import { createWriteStream } from "node:fs";
import { mkdir, rename, rm } from "node:fs/promises";
import { dirname, isAbsolute, join, relative, resolve, sep } from "node:path";
import { pipeline } from "node:stream/promises";
import { runRoutes } from "#contract/runs/routes";
import type { Artifact } from "#contract/runs/run";
import type { Api } from "../api.ts";
import { CliError } from "../cli-error.ts";

/** A place below `dir` for a path that somebody else chose. Throws CliError for a path that leads out of it. */
export function placeBelow(dir: string, path: string): string {
  const place = resolve(dir, path);
  const inside = relative(dir, place);
  const leadsOut = inside === "" || inside === ".." || inside.startsWith(`..${sep}`) || isAbsolute(inside);
  if (leadsOut || path.includes("\0")) {
    throw new CliError(`A file's path leads out of ${dir}: ${JSON.stringify(path)}`, {
      exit: "conflict",
      code: "path_leads_out",
    });
  }
  return place;
}

/** Writes an answer's body to a file; the file appears whole or not at all. */
export async function saveBody(response: Response, file: string): Promise<void> {
  await mkdir(dirname(file), { recursive: true });
  const partial = `${file}.part`;
  try {
    await pipeline(response.body ?? [], createWriteStream(partial));
    await rename(partial, file);
  } finally {
    await rm(partial, { force: true });
  }
}

/** Saves a run's files below `dir`, each at its own path; answers where they are. */
export async function saveArtifacts(
  api: Api,
  { runId, artifacts, dir }: { runId: string; artifacts: readonly Artifact[]; dir: string },
): Promise<string[]> {
  const places = artifacts.map((artifact) => placeBelow(dir, artifact.relative_path));
  for (const [index, artifact] of artifacts.entries()) {
    const response = await api.open(runRoutes.downloadArtifact, {
      params: { run: runId, artifact: artifact.id },
    });
    await saveBody(response, places[index] ?? join(dir, artifact.name));
  }
  return places;
}
