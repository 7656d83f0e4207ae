// Owns what people read of contexts: files, versions, history, an archive.
// Never answers what a file holds but as a file to be saved.
import type { Principal } from "#contract/access/access";
import type {
  ContextDetail,
  ContextVersion,
  ContextVersionDetail,
  FileVersion,
  SecretFinding,
  SecretScan,
} from "#contract/contexts/context-bundle";
import { limits } from "#contract/limits";
import { notFound } from "../platform/app-error.ts";
import type { Files, StoredFile } from "../platform/files.ts";
import type { ContextPlace } from "../platform/storage/context-files.ts";
import { packBundle } from "../registry/pack-bundle.ts";
import { chooseVersion, describeFile, describeHistory, describeVersion } from "./describe-context.ts";
import { findSecrets } from "./find-secrets.ts";
import type { TreeFile } from "./context-tree.ts";
import { placeOf, requireContext, summarize } from "./service.ts";
import type { ContextDeps } from "./service.ts";
import { findFileRow, listFileHistory, listFileRows, listContextVersionRows } from "./store.ts";
import type { ContextRow, VersionRow } from "./store.ts";

/** Throws `not_found`. */
export async function getContext(
  deps: ContextDeps,
  principal: Principal,
  { name, pathPrefix = "" }: { name: string; pathPrefix?: string | undefined },
): Promise<ContextDetail> {
  const row = await requireContext(deps, principal, name);
  const [summary, files] = await Promise.all([
    summarize(deps, principal, row),
    listFileRows(deps.db, row.id),
  ]);
  const shown = files.filter(({ path }) => path.startsWith(pathPrefix));
  return { ...summary, files: shown.map(describeFile) };
}

/** A context's versions, newest first. Throws `not_found`. */
export async function listContextVersions(
  deps: ContextDeps,
  principal: Principal,
  name: string,
): Promise<ContextVersion[]> {
  const row = await requireContext(deps, principal, name);
  const versions = await listContextVersionRows(deps.db, row.id, limits.context_versions_listed.value);
  return versions.map(describeVersion);
}

/** The version that somebody names. Throws `not_found`. */
export async function requireVersion(
  { db }: Pick<ContextDeps, "db">,
  row: ContextRow,
  named: string,
): Promise<VersionRow> {
  const found = chooseVersion(
    await listContextVersionRows(db, row.id, 2 * limits.context_versions.value),
    named,
  );
  if (found === undefined) throw notFound("version");
  return found;
}

/** Throws `not_found`. */
export async function getContextVersion(
  deps: ContextDeps,
  principal: Principal,
  { name, version }: { name: string; version: string },
): Promise<ContextVersionDetail> {
  const row = await requireContext(deps, principal, name);
  const found = await requireVersion(deps, row, version);
  const files = await listFileRows(deps.db, row.id, found.number);
  return { ...describeVersion(found), files: files.map(describeFile) };
}

/** What became of a file. Throws `not_found` for one that there never was. */
export async function listContextFileVersions(
  deps: ContextDeps,
  principal: Principal,
  { name, path }: { name: string; path: string },
): Promise<FileVersion[]> {
  const row = await requireContext(deps, principal, name);
  const [rows, versions] = await Promise.all([
    listFileHistory(deps.db, row.id, path),
    listContextVersionRows(deps.db, row.id, 2 * limits.context_versions.value),
  ]);
  if (rows.length === 0) throw notFound("file");
  return describeHistory(rows, versions);
}

/** A file as it is, or as it was in a version. Throws `not_found`. */
export async function openContextFile(
  deps: ContextDeps,
  principal: Principal,
  { name, path, version }: { name: string; path: string; version: string | null },
): Promise<{ file: StoredFile; sha256: string }> {
  const row = await requireContext(deps, principal, name);
  const number = version === null ? null : (await requireVersion(deps, row, version)).number;
  const found = await findFileRow(deps.db, row.id, { path, version: number });
  const file = found && (await deps.files.getContextFile(placeOf(row), found.sha256));
  if (!found || !file) throw notFound("file");
  return { file, sha256: found.sha256 };
}

/** Writes files of a context as a plain zip, one at a time. Throws when what one holds is not in storage. */
export async function packFiles(
  files: Pick<Files, "getContextFile">,
  { place, tree }: { place: ContextPlace; tree: readonly TreeFile[] },
  sink: WritableStream<Uint8Array>,
): Promise<void> {
  const packed = tree.map(({ path, size, sha256 }) => ({
    path,
    size,
    executable: false,
    hash: () => Promise.resolve(sha256),
    read: async () => {
      const found = await files.getContextFile(place, sha256);
      if (found === null) throw new Error(`What ${path} of a context holds is not in storage.`);
      return found.bytes();
    },
  }));
  await packBundle(packed, sink);
}

/** The files of a context, to be packed while they are sent. Throws `not_found`. */
export async function openContextArchive(
  deps: ContextDeps,
  principal: Principal,
  { name, version }: { name: string; version: string | null },
): Promise<{ row: ContextRow; write: (sink: WritableStream<Uint8Array>) => Promise<void> }> {
  const row = await requireContext(deps, principal, name);
  const number = version === null ? null : (await requireVersion(deps, row, version)).number;
  const tree = await listFileRows(deps.db, row.id, number);
  return { row, write: (sink) => packFiles(deps.files, { place: placeOf(row), tree }, sink) };
}

/** Where a context's files look as if they held secrets. Throws `not_found`. */
export async function scanContext(
  deps: ContextDeps,
  principal: Principal,
  name: string,
): Promise<SecretScan> {
  const row = await requireContext(deps, principal, name);
  const findings: SecretFinding[] = [];
  for (const { path, sha256 } of await listFileRows(deps.db, row.id)) {
    const file = await deps.files.getContextFile(placeOf(row), sha256);
    if (file !== null) findings.push(...findSecrets(path, await file.bytes()));
  }
  return { version: row.version, findings };
}
