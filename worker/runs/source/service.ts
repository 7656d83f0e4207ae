// Owns the look at what a run was made of: the folder of the version it ran, whatever is active now.
// Never opens another version than the run's own. Writes nothing.
import type { Principal } from "#contract/access/access";
import { findWorkerVersion } from "../../catalog/store.ts";
import { notFound } from "../../platform/app-error.ts";
import type { Db } from "../../platform/db/client.ts";
import type { StoredFile } from "../../platform/files.ts";
import type { BundleFile } from "../../registry/bundle/bundle-file.ts";
import { unpackBundle } from "../../registry/unpack-bundle.ts";
import { requireRun } from "../read/read-run.ts";
import type { ReadDeps } from "../read/read-run.ts";

export interface SourceDeps extends ReadDeps {
  db: Db;
}

/** The zip of the version that a run ran. Throws `not_found` for a run that is not there, and once its version is deleted. */
export async function openRunBundle(
  deps: SourceDeps,
  principal: Principal,
  runId: string,
): Promise<{ name: string; file: StoredFile }> {
  const { detail } = await requireRun(deps, principal, runId);
  const found = await findWorkerVersion(deps.db, { workerId: detail.worker_uid }, detail.version);
  const file = found && (await deps.files.getBundle(found.version.digest));
  if (!found || !file) throw notFound("version of this run");
  return { name: `${found.worker.name}-v${found.version.number}.zip`, file };
}

/** One file of that folder, by its path. */
export async function openRunBundleFile(
  deps: SourceDeps,
  principal: Principal,
  of: { runId: string; path: string },
): Promise<BundleFile> {
  const { file } = await openRunBundle(deps, principal, of.runId);
  const { files } = await unpackBundle(await file.bytes());
  const found = files.find(({ path }) => path === of.path);
  if (found === undefined) throw notFound("file in the folder of this run");
  return found;
}
