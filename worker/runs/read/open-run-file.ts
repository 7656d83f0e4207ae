import type { Artifact } from "#contract/runs/run";
import { sha256Hex } from "../../platform/crypto.ts";
import type { Files, StoredFile } from "../../platform/files.ts";

/**
 * A file of a run as its record fixes it: the content with exactly that digest. Null when it is not there. A run that
 * ended before files were kept by their content has them by attempt and path, where nothing is written any more.
 */
export async function openRunFile(
  files: Files,
  { run_id: runId, sha256, path }: Artifact,
  attempt: number,
): Promise<StoredFile | null> {
  const stored = await files.getRunFile({ runId, sha256 });
  return stored ?? files.getEarlierRunFile({ runId, attempt, pathDigest: await sha256Hex(path) });
}
