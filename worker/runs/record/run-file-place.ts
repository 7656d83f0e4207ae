import { sha256Hex } from "../../platform/crypto.ts";

/** Where a file of the run lies in storage. */
export async function runFilePlace(runId: string, attempt: number, path: string) {
  return { runId, attempt, pathDigest: await sha256Hex(path) };
}
